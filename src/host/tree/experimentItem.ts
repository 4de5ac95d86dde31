import * as vscode from 'vscode';
import { counted, joined, oneLine } from './rowText';
import { figures, markdown, timesOf, totalsFigures } from '../session/figures';
import { costLabel, escapeMarkdown, formatCount } from '../../shared/format';
import type { ExperimentNode } from './nodes';
import type { ExperimentRow } from '../../shared/model';

/** An experiment, or the sessions without one. */
export function experimentItem({ row, only }: ExperimentNode): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(experimentName(row), only ? Expanded : Collapsed);
  item.description = joined(
    costLabel(row),
    row.excludedCalls > 0 && `${counted(row.excludedCalls, formatCount(row.excludedCalls), 'call')} excluded`,
    counted(row.sessions, formatCount(row.sessions), 'session'),
  );
  item.contextValue = row.key === null ? 'experiment.none' : 'experiment';
  item.iconPath = new vscode.ThemeIcon(row.key === null ? 'folder' : 'beaker');
  item.accessibilityInformation = { label: `Experiment ${experimentName(row)}, ${item.description}` };
  return item;
}

const experimentName = (row: ExperimentRow): string =>
  row.key === null ? 'No experiment' : oneLine(row.name) || oneLine(row.id ?? '') || 'Unnamed experiment';

export function experimentTooltip(row: ExperimentRow, zone: string): vscode.MarkdownString {
  return markdown(
    `**${escapeMarkdown(experimentName(row))}**`,
    row.description === undefined ? '' : escapeMarkdown(oneLine(row.description, 500)),
    figures([
      ...totalsFigures(row),
      ...timesOf(row.createdAt, row.lastAt, zone),
      ['Source', row.source === '' ? undefined : escapeMarkdown(oneLine(row.source))],
      ['Experiment ID', row.id === null ? undefined : escapeMarkdown(oneLine(row.id))],
    ]),
  );
}
