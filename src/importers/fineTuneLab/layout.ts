import type { SourceFile } from '../importer';

/** How the rows of a file lie in it. */
export interface Layout {
  readonly container: 'array' | 'lines' | 'csv' | 'database';
  /** Of the array, for `SourceIo.items`. */
  readonly pointer: string;
  /** Why there is nothing to import in it. */
  readonly skipped?: string;
}

type Names = ReadonlySet<string>;

/** How FineTuneLab wrote the file; undefined for anything else. Columns come first in its files, whatever follows. */
export function layoutOf({ head, tables }: SourceFile): Layout | undefined {
  if (tables) return databaseLayout(tables);
  const start = /\S/.exec(head)?.[0];
  if (start === '[') return rowsLayout(keysAt(head, 2), head, 'array');
  return start === '{' ? objectLayout(head) : csvLayout(head);
}

function objectLayout(head: string): Layout | undefined {
  const top = keysAt(head, 1);
  if (top.has('export') && (top.has('_type') || top.has('metadata') || top.has('data')))
    return exportLayout(head, top);
  const pointer = ['data', 'traces'].find((name) => top.has(name));
  if (pointer !== undefined) return isSpan(keysAt(head, 3)) ? { container: 'array', pointer } : undefined;
  // One row over several lines is no newline JSON.
  return /^\s*\{[^\r\n]*\}/.test(head) ? rowsLayout(top, head, 'lines') : undefined;
}

/** The unified export has other data than traces, too. */
function exportLayout(head: string, top: Names): Layout | undefined {
  const kind = /"exportType"\s*:\s*"(\w+)"/.exec(head)?.[1];
  if (kind === undefined) return undefined;
  const container = top.has('_type') ? 'lines' : 'array';
  const layout: Layout = { container, pointer: 'data.traces' };
  return kind === 'trace' ? layout : { ...layout, skipped: `an export of its ${kind} data` };
}

function csvLayout(head: string): Layout | undefined {
  const header = /^[^\r\n]*/.exec(head)?.[0] ?? '';
  const names = new Set(header.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1')));
  if (hasAll(names, 'trace_id', 'input_tokens', 'output_tokens', 'retry_count', 'status'))
    return { container: 'csv', pointer: '' };
  return rowsLayout(names, head, 'csv');
}

function databaseLayout(tables: NonNullable<SourceFile['tables']>): Layout | undefined {
  const has = (table: string, tells: (names: Names) => boolean): boolean => {
    const columns = tables.get(table);
    return columns !== undefined && tells(new Set(columns));
  };
  const known =
    has('llm_traces', isSpan) || has('conversations', isConversation) || has('llm_models', isModel);
  return known ? { container: 'database', pointer: '' } : undefined;
}

function rowsLayout(names: Names, head: string, container: Layout['container']): Layout | undefined {
  const layout: Layout = { container, pointer: '' };
  return isSpan(names) || isConversation(names) || (isModel(names) && uuid.test(head)) ? layout : undefined;
}

const uuid = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/i;

const hasAll = (names: Names, ...wanted: readonly string[]): boolean =>
  wanted.every((name) => names.has(name));

const isSpan = (names: Names): boolean =>
  hasAll(names, 'trace_id', 'operation_type') &&
  ['span_id', 'parent_trace_id', 'session_tag', 'span_name'].some((name) => names.has(name));

const isConversation = (names: Names): boolean =>
  hasAll(names, 'id', 'user_id') &&
  (names.has('llm_model_id') || hasAll(names, 'experiment_name', 'session_id'));

const isModel = (names: Names): boolean => hasAll(names, 'id', 'name', 'model_id', 'provider');

/** Strings, of which the end of the head may cut the last one, and brackets. */
const tokens = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|"[^]*$|[[\]{}]/g;

/** The names of the members of all objects that lie so deep. */
function keysAt(head: string, depth: number): Names {
  const found = new Set<string>();
  let level = 0;
  for (const [token, name, colon] of head.matchAll(tokens)) {
    if (token === '{' || token === '[') level++;
    else if (token === '}' || token === ']') level--;
    else if (colon !== undefined && name !== undefined && level === depth) found.add(name);
  }
  return found;
}
