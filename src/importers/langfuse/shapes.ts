import type { SourceFile } from '../importer';

/**
 * How the records of a file are laid out. `array`: a JSON array. `answer`: an API answer, its records under `data`.
 * `lines`: one JSON document a line. `document`: one object over several lines. `csv`: a table with a header.
 */
export type Layout = 'array' | 'answer' | 'lines' | 'document' | 'csv';

export interface Shape {
  readonly layout: Layout;
  /** Why there is nothing to import. */
  readonly skipped?: string;
}

type Has = (...names: readonly string[]) => boolean;

/** What the file is, from its beginning; undefined if it is not of Langfuse. */
export function shapeOf({ head, tables }: SourceFile): Shape | undefined {
  if (tables || head.trim() === '') return undefined;
  if (!/^\s*[[{]/.test(head)) return isTable(head) ? { layout: 'csv' } : undefined;
  const layout = layoutOf(head);
  if (/^\s*\[\s*[^\s{]/.test(head)) return undefined;
  const skipped = skips.find(({ tells }) => tells(head))?.why;
  if (skipped !== undefined) return { layout, skipped };
  return tellsRecords(inJson(head), head) ? { layout } : undefined;
}

/** Records of an API answer: scalars and small objects such as `_deprecation` and `meta` may stand before. */
const answer = /^\s*\{\s*(?:"\w+"\s*:\s*(?:\{[^{}]*\}|"[^"]*"|[\w.+-]+)\s*,\s*)*"data"\s*:\s*\[/;

function layoutOf(head: string): Layout {
  if (/^\s*\[/.test(head)) return 'array';
  const [first = '', second = ''] = head.trimStart().split(/\r?\n/);
  if (/\}\s*$/.test(first) || /^\s*(?:\{|$)/.test(second)) return 'lines';
  return answer.test(head) ? 'answer' : 'document';
}

export const isAnswer = (head: string): boolean => answer.test(head);

const inJson =
  (head: string): Has =>
  (...names) =>
    names.every((name) => new RegExp(`"${name}"\\s*:`).test(head));

const observationTypes =
  'GENERATION|SPAN|EVENT|EMBEDDING|AGENT|TOOL|CHAIN|RETRIEVER|EVALUATOR|GUARDRAIL'.replaceAll('|', '"|"');
const typed = new RegExp(`"type"\\s*:\\s*(?:"${observationTypes}")`);

function tellsRecords(has: Has, head: string): boolean {
  const observation = has('id', 'traceId', 'startTime') && (typed.test(head) || tellsUsage(has));
  return observation || tellsTraces(has) || tellsDays(has) || tellsSessions(has, head);
}

const tellsUsage = (has: Has): boolean =>
  ['usageDetails', 'costDetails', 'inputUsage', 'completionStartTime', 'providedModelName'].some((name) =>
    has(name),
  );

const tellsTraces = (has: Has): boolean =>
  has('id', 'timestamp') &&
  (has('sessionId') || has('userId')) &&
  (has('htmlPath') || has('bookmarked') || has('tags', 'release') || has('public', 'environment'));

const tellsDays = (has: Has): boolean => has('date', 'countTraces', 'countObservations');

/** `id`, `createdAt` and `projectId` alone are little; so they must be all that the first session says. */
function tellsSessions(has: Has, head: string): boolean {
  if (has('id', 'userIds', 'countTraces')) return true;
  const first = /^\s*(?:\{[^[{]*"data"\s*:\s*\[|\[)?\s*(\{[^{}[\]]*)(?:\}|"traces"\s*:\s*\[)/.exec(head)?.[1];
  return first !== undefined && inJson(first)('id', 'createdAt', 'projectId', 'environment');
}

const skips: readonly { readonly tells: (head: string) => boolean; readonly why: string }[] = [
  {
    tells: (head) =>
      /"data"\s*:\s*\[\s*\{/.test(head) &&
      /"(?:sum|avg|min|max|count|p\d\d|histogram)_(?:count|\w*(?:[cC]ost|[tT]okens|[lL]atency)\w*)"\s*:/.test(
        head,
      ) &&
      !inJson(head)('traceId'),
    why: 'sums of observations',
  },
  {
    tells: (head) =>
      /^\s*\{\s*"data"\s*:\s*\[\s*\]\s*,\s*"meta"\s*:/.test(head) && inJson(head)('totalItems', 'totalPages'),
    why: 'a page without records',
  },
];

/** Observations, traces or sessions as a CSV with the column names of the JSON exports. */
function isTable(head: string): boolean {
  const names = (/^[^\r\n]*/.exec(head)?.[0] ?? '')
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const has: Has = (...wanted) => wanted.every((name) => names.includes(name));
  const observations = has('id', 'traceId', 'startTime') && (has('type', 'level') || tellsUsage(has));
  return observations || tellsTraces(has) || has('id', 'userIds', 'countTraces');
}
