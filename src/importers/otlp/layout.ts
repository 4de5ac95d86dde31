import { parseJson } from '../json';
import type { SourceFile } from '../importer';

/** Pointers to the arrays of resources in a document over several lines; `lines`: one request a line. */
export type Layout = 'lines' | { readonly pointers: readonly string[] };

const signal = 'resource(?:Spans|Logs|Metrics|_spans|_logs|_metrics)';
const begins = new RegExp(
  `^\\s*(?:\\[\\s*)?\\{\\s*(?:"trace"\\s*:\\s*\\{\\s*)?"(?:${signal})"\\s*:\\s*(?:\\[|null)`,
);
/** Tempo's first interface. */
const tempo = /^\s*\{\s*"batches"\s*:\s*\[\s*\{\s*"(?:resource|scopeSpans|instrumentationLibrarySpans)"\s*:/;
const anywhere = new RegExp(
  `^\\s*\\{[^\\n]*"(?:${signal})"\\s*:\\s*\\[\\s*\\{\\s*"(?:resource|scope|schema|instrum)`,
  'm',
);

/** How the requests lie in a file; undefined if there are none. */
export function layoutOf({ head, tables }: SourceFile): Layout | undefined {
  if (tables || !(begins.test(head) || tempo.test(head) || anywhere.test(head))) return undefined;
  const first = head.trimStart().split('\n', 2);
  // A first line that is longer than what is looked at is a request, or all there is.
  const isLine = first.length === 1 || parseJson(first[0]!) !== undefined;
  return isLine ? 'lines' : { pointers: pointersOf(head) };
}

/** Where the resources are in a document that is no line: spans, then logs. */
export function pointersOf(head: string): readonly string[] {
  if (/^\s*\[/.test(head)) return [''];
  if (tempo.test(head)) return ['batches'];
  const inside = /^\s*\{\s*"trace"/.test(head) ? 'trace.' : '';
  const names = /"resource_(?:spans|logs|metrics)"/.test(head)
    ? ['resource_spans', 'resource_logs']
    : ['resourceSpans', 'resourceLogs'];
  return names.map((name) => inside + name);
}
