import * as vscode from 'vscode';
import { formatCount, formatSeconds, formatWhen } from '../../shared/format';
import { costLabel } from '../../shared/money';
import type { Millis, Totals, Usage } from '../../shared/model';
import type { Money } from '../../shared/money';

/** A label and its value, which is Markdown; an absent value leaves the figure out. */
export type Figure = readonly [label: string, value: string | undefined];

/** A two-column table of figures. */
export function figures(all: readonly Figure[]): string {
  const rows = all.flatMap(([label, value]) =>
    // A narrow tooltip would break labels rather than values.
    value === undefined || value === '' ? [] : [`| ${label.replaceAll(' ', '\u00a0')} | ${value} |`],
  );
  return rows.length === 0 ? '' : ['| | |', '| :-- | :-- |', ...rows].join('\n');
}

/** A Markdown table, its first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? ':--' : '--:'))), ...rows.map(line)].join('\n');
}

/** Blocks of Markdown below each other. Never trusted: it holds text of foreign files. */
export function markdown(...blocks: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString(blocks.filter((block) => block !== '').join('\n\n'));
  text.isTrusted = false;
  text.supportHtml = false;
  return text;
}

const some = (count: number): string | undefined => (count > 0 ? formatCount(count) : undefined);

/** What a set of calls cost and used, to the last digit. */
export function totalsFigures(totals: Totals, { exact, note }: Money): Figure[] {
  return [
    ['Cost', costLabel(totals, exact)],
    ['Recorded', exact(totals.recorded)],
    ['Computed', exact(totals.computed)],
    [
      'Included',
      totals.includedCalls > 0
        ? `${formatCount(totals.includedCalls)} calls, worth ${exact(totals.included)}`
        : undefined,
    ],
    ['Currency', note],
    ['Calls', formatCount(totals.calls)],
    ['Excluded calls', some(totals.excludedCalls)],
    ['Errors', some(totals.errors)],
    ...tokenFigures(totals),
  ];
}

function tokenFigures(totals: Totals): Figure[] {
  return [
    ['Input tokens', formatCount(totals.inputTokens)],
    ['Cache read tokens', some(totals.cacheReadTokens)],
    ['Cache write tokens', some(totals.cacheWriteTokens)],
    ['Output tokens', formatCount(totals.outputTokens)],
    ['of them reasoning', some(totals.reasoningTokens)],
    ...mediaFigures(totals),
  ];
}

const seconds = (length: number): string | undefined => (length > 0 ? formatSeconds(length) : undefined);

/** Audio and pictures, where there are any. Audio tokens are parts of the tokens. */
export function mediaFigures(usage: Usage): Figure[] {
  return [
    ['Audio input tokens', some(usage.audioInputTokens)],
    ['of them cached', some(usage.audioCachedTokens)],
    ['Audio output tokens', some(usage.audioOutputTokens)],
    ['Audio input', seconds(usage.audioInputSeconds)],
    ['Audio output', seconds(usage.audioOutputSeconds)],
    ['Images', some(usage.images)],
  ];
}

export const timesOf = (first: Millis | undefined, last: Millis | undefined, zone: string): Figure[] => [
  ['Started', first === undefined ? undefined : formatWhen(first, zone)],
  ['Last call', last === undefined ? undefined : formatWhen(last, zone)],
];
