import { totalsFigures } from '../exporters/records';
import { formatCount, formatTokens } from '../shared/format';
import { costLabel } from '../shared/money';
import type { ExportRecord } from '../exporters/exporter';
import type { Group, GroupBy, Issue, Report, Totals } from '../shared/model';
import type { Money } from '../shared/money';

const figures = (totals: Totals): ExportRecord => ({ ...totalsFigures(totals), sessions: totals.sessions });

export function reportJson({ total, groups }: Report, issues: readonly Issue[]): string {
  return `${JSON.stringify({
    total: figures(total),
    groups: groups.map((group) => ({ key: group.key, label: group.label, ...figures(group) })),
    issues: issues.map(({ path, place, message }) => ({ path, place: place ?? null, message })),
  })}\n`;
}

const headings = [
  '',
  'Cost',
  'Recorded',
  'Computed',
  'Calls',
  'Input',
  'Cached',
  'Output',
  'Errors',
  'Sessions',
];

const cells = (label: string, totals: Totals, { format }: Money): string[] => [
  label,
  format(totals.cost),
  format(totals.recorded),
  format(totals.computed),
  formatCount(totals.calls),
  formatTokens(totals.inputTokens + totals.cacheWriteTokens),
  formatTokens(totals.cacheReadTokens),
  formatTokens(totals.outputTokens),
  formatCount(totals.errors),
  formatCount(totals.sessions),
];

/** A table for people: one row a group, then the total and what it is made of. */
export function reportText({ total, groups }: Report, groupBy: GroupBy | null, money: Money): string {
  const rows = [
    [groupBy ?? '', ...headings.slice(1)],
    ...groups.map((group: Group) => cells(printable(group.label), group, money)),
    cells('Total', total, money),
  ];
  const { format, note } = money;
  const made = [costLabel(total, format), ...leftOut(total), ...(note ? [note] : [])].join(' · ');
  return `${textTable(rows)}\n\n${made}\n`;
}

/** Rows of equally many cells below each other, the first column to the left, the others to the right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => [...row[column]!].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column]!, column === 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What is in no total: by the user's wish, or because nobody knows when it was. */
const leftOut = ({ excludedCalls, untimedCalls }: Totals): string[] => [
  ...(excludedCalls > 0 ? [`${callCount(excludedCalls)} excluded`] : []),
  ...(untimedCalls > 0 ? [`${callCount(untimedCalls)} without a time left out`] : []),
];

const callCount = (count: number): string => `${formatCount(count)} ${count === 1 ? 'call' : 'calls'}`;

const pad = (text: string, width: number, left: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - [...text].length));
  return left ? text + space : space + text;
};

/** Ids are anybody's text: nothing in them may move the cursor of a terminal. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\uFFFD');
