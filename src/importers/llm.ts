import { count, instant, label, text } from './json';
import { generationsIn, unknownIn } from './llm/tables';
import { usageOf } from './llm/usage';
import { tablePages } from './tablePages';
import type { Importer, SourceIo, SqlValue } from './importer';
import type { Generation } from './llm/tables';
import type { CallFact, Cursor, ImportBatch } from '../shared/facts';
import type { Issue } from '../shared/model';

/**
 * Simon Willison's `llm`: the database `logs.db` of every generation. A call is one response (one turn since 0.32), known
 * by its id. It records no cost and no provider. Docs: docs/sources/llm.md.
 */
export const llm: Importer = {
  id: 'llm',
  label: 'llm logs',

  detect: ({ tables }) => tables !== undefined && generationsIn(tables).length > 0,

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import({ path }, io, cursor) {
    const db = await io.sqlite(path);
    let reached: Cursor = { version: 1 };
    const known = cursor?.version === 1 ? cursor : undefined;
    for (const generation of generationsIn(db.tables)) {
      reached = { ...reached, ...markOf(generation, known) };
      for await (const { rows, mark } of tablePages(db, generation, known)) {
        reached = { ...reached, ...mark };
        yield { ...factsOf(path, generation, rows, io), cursor: reached };
      }
    }
    const issues = unknownIn(db.tables).map((table) => ({
      path,
      message: `Its table ${table} has the columns of a version that is not known, and is left out: update the extension.`,
    }));
    yield { cursor: reached, share: 1, issues };
  },
};

/** What was reached of a table in which there is nothing new stays reached. */
const markOf = ({ table }: Generation, cursor: Cursor | undefined): Cursor =>
  Object.fromEntries(Object.entries(cursor ?? {}).filter(([name]) => name.startsWith(`${table}.`)));

type Rows = readonly { readonly rowid: number; readonly values: readonly SqlValue[] }[];

function factsOf(path: string, { table, counted }: Generation, rows: Rows, io: SourceIo): ImportBatch {
  const calls: CallFact[] = [];
  const issues: Issue[] = [];
  for (const { rowid, values } of rows) {
    const call = callOf(counted ? unique(values, io) : values);
    if (call) calls.push(call);
    else
      issues.push({
        path,
        place: `${table}.${rowid}`,
        message: 'It has no id, so it cannot be told from others.',
      });
  }
  const sessions = [...new Set(calls.map(({ session }) => session))].map((id) => ({ id }));
  return { sessions, calls, issues };
}

/** Rows of 2023 are numbered in each file; their number, time and model together are theirs alone. */
function unique(values: readonly SqlValue[], io: SourceIo): readonly SqlValue[] {
  const [id, model, resolved, chat, at, ...rest] = values;
  const own = `log-${io.hash(JSON.stringify([id, model, at]))}`;
  const session = text(chat) === undefined ? own : `chat-${io.hash(String(text(chat)))}`;
  return [own, model!, resolved!, session, at!, ...rest];
}

function callOf(values: readonly SqlValue[]): CallFact | undefined {
  const [id, model, resolved, session, at, duration, input, output, details] = values;
  const own = label(id);
  if (own === undefined) return undefined;
  return {
    id: own,
    session: label(session) ?? own,
    at: instant(at),
    model: text(resolved) ?? text(model),
    ...usageOf(input, output, details),
    latencyMs: count(duration),
  };
}
