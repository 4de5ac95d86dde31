import type { SourceFile } from '../importer';

/** How the records of a file lie in it. `answer`: under `data`; `document`: one record over several lines. */
export interface Layout {
  readonly container: 'array' | 'answer' | 'lines' | 'document' | 'csv';
  /** Why there is nothing to import in it. */
  readonly skipped?: string;
}

type Has = (...names: readonly string[]) => boolean;

const sums = 'sums of spend by day, which repeat what the requests say';

/** How LiteLLM wrote the file; undefined for anything else. */
export function layoutOf({ head, tables }: SourceFile): Layout | undefined {
  if (tables) return undefined;
  const start = /\S/.exec(head)?.[0];
  if (start !== '[' && start !== '{') return csvLayout(head);
  const has: Has = (...names) => names.every((name) => new RegExp(`"${name}"\\s*:`).test(head));
  if (isRequest(has)) return { container: containerOf(head, start) };
  return isSums(has) ? { container: 'array', skipped: sums } : undefined;
}

/** A row of LiteLLM_SpendLogs, or a StandardLoggingPayload. */
const isRequest = (has: Has): boolean =>
  (has('request_id', 'spend', 'startTime') &&
    (has('call_type') || has('api_key') || has('custom_llm_provider'))) ||
  (has('id', 'call_type', 'response_cost', 'startTime') && (has('trace_id') || has('custom_llm_provider')));

/** The tables LiteLLM_Daily...Spend, answers of `/.../daily/activity`, and `/spend/logs` by day. */
const isSums = (has: Has): boolean =>
  (has('date', 'spend', 'successful_requests', 'failed_requests') &&
    (has('api_requests') || has('metrics'))) ||
  (has('spend', 'startTime', 'models', 'users') && !has('request_id'));

function containerOf(head: string, start: string): Layout['container'] {
  if (start === '[') return 'array';
  if (/^\s*\{\s*(?:"\w+"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,\s*)*"data"\s*:\s*\[/.test(head)) return 'answer';
  return /^\s*\{\s*[\r\n]/.test(head) ? 'document' : 'lines';
}

function csvLayout(head: string): Layout | undefined {
  const names = (/^[^\r\n]*/.exec(head)?.[0] ?? '')
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const has: Has = (...wanted) => wanted.every((name) => names.includes(name));
  if (isRequest(has)) return { container: 'csv' };
  return isSums(has) ? { container: 'csv', skipped: sums } : undefined;
}
