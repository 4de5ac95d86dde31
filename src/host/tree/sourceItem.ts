import { basename } from 'node:path';
import * as vscode from 'vscode';
import { inclusionCheckbox } from './inclusion';
import { counted, joined, oneLine } from './rowText';
import { watchText, watchWords } from './watchText';
import { figures, markdown } from '../session/figures';
import { escapeMarkdown, formatCount, formatWhen } from '../../shared/format';
import type { MoreProblemsNode, ProblemNode } from './nodes';
import type { Commands } from '../contributions';
import type { DaysCompared } from '../../shared/claims';
import type { SourceRow, SourceState } from '../../shared/model';

const looks: Readonly<
  Record<SourceState, readonly [icon: string, color: string | undefined, words: string]>
> = {
  imported: ['database', undefined, ''],
  partial: ['warning', 'list.warningForeground', 'read in part'],
  failed: ['error', 'list.errorForeground', 'could not be read'],
  missing: ['question', undefined, 'file is gone, figures stay'],
};

/** A source: what was read from it, and what was not. */
export function sourceItem(row: SourceRow, zone: string): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const name = oneLine(basename(row.path)) || oneLine(row.path);
  const item = new vscode.TreeItem(name, row.problems.length > 0 ? Collapsed : None);
  const [icon, color, words] = looks[row.state];
  const problems = row.problems.length;
  item.description = joined(
    row.excluded && 'excluded',
    words,
    ...newFrom(row),
    row.compared && comparedWords(row.compared),
    problems > 0 && counted(problems, formatCount(problems), 'problem'),
    row.state !== 'missing' && watchWords(row.watch),
    formatWhen(row.importedAt, zone),
  );
  item.contextValue = `source.${row.state}`;
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.accessibilityInformation = { label: `Source ${name}, ${item.description}` };
  item.checkboxState = inclusionCheckbox(`source ${name}`, row.excluded);
  return item;
}

/** What came from this file first; a file that only repeats others has told nothing new. */
function newFrom({ sessions, calls, state, compared }: SourceRow): string[] {
  if (sessions === 0 && calls === 0) return state === 'imported' && !compared ? ['nothing new'] : [];
  return [
    // A file of a sub-agent adds calls to a session that another file told of first.
    sessions > 0 ? counted(sessions, formatCount(sessions), 'session') : '',
    calls > 0 ? counted(calls, formatCount(calls), 'call') : '',
  ];
}

/** How totals that the source tells of days compare with the calls; what differs first, since rows are narrow. */
function comparedWords({ days, differ, absent }: DaysCompared): string {
  const all = counted(days, formatCount(days), 'day');
  if (absent === days) return `totals of ${all} · its calls are not here`;
  return joined(
    differ > 0 && `totals of ${differ === days ? all : `${formatCount(differ)} of ${all}`} differ`,
    differ === 0 && `totals of ${all} compared`,
    absent > 0 && `calls of ${formatCount(absent)} are not here`,
  );
}

export const sourceTooltip = (row: SourceRow, zone: string): vscode.MarkdownString =>
  markdown(
    `**${escapeMarkdown(oneLine(row.path, 500))}**`,
    figures([
      ['Format', escapeMarkdown(row.label)],
      ['State', looks[row.state][2] || 'imported'],
      ['Analytics', row.excluded ? 'Excluded from analytics' : undefined],
      ['Checks', row.compared && comparedWords(row.compared)],
      ['Sessions', formatCount(row.sessions)],
      ['Calls', formatCount(row.calls)],
      ['Size', `${formatCount(row.bytes)} bytes`],
      ['Changes', watchText(row.watch)],
      ['Last import', formatWhen(row.importedAt, zone)],
    ]),
  );

/** A problem; choosing it opens the file at the place. */
export function problemItem({ issue }: ProblemNode): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(issue.message, 200));
  item.description = issue.place ?? '';
  item.tooltip = joined(issue.place, issue.message, issue.path);
  item.contextValue = 'problem';
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.accessibilityInformation = { label: `Problem: ${oneLine(joined(issue.place, issue.message), 500)}` };
  const command: keyof Commands = 'traceLedger.openProblem';
  item.command = { command, title: 'Open Problem', arguments: [issue] };
  return item;
}

export function moreProblemsItem({ source, hidden }: MoreProblemsNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`${counted(hidden, formatCount(hidden), 'more problem')}`);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  const command: keyof Commands = 'traceLedger.showProblems';
  item.command = { command, title: 'Show Problems', arguments: [source.problems] };
  return item;
}
