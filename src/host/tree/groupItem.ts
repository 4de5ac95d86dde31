import * as vscode from 'vscode';
import { counted, joined, oneLine } from './rowText';
import { figures, markdown, timesOf, totalsFigures } from '../session/figures';
import { escapeMarkdown, formatCount } from '../../shared/format';
import { costLabel } from '../../shared/money';
import type { GroupNode } from './nodes';
import type { SessionGroup } from '../../shared/model';
import type { Money } from '../../shared/money';

/** An experiment or a project, or the sessions that have neither. */
export function groupItem({ row, only }: GroupNode, money: Money): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(groupName(row), only ? Expanded : Collapsed);
  item.description = joined(
    costLabel(row, money.format),
    row.excludedCalls > 0 && `${counted(row.excludedCalls, formatCount(row.excludedCalls), 'call')} excluded`,
    counted(row.sessions, formatCount(row.sessions), 'session'),
  );
  item.contextValue = row.kind === 'none' ? 'experiment.none' : row.kind;
  item.iconPath = new vscode.ThemeIcon(icons[row.kind]);
  item.accessibilityInformation = { label: `${spoken[row.kind]}${groupName(row)}, ${item.description}` };
  return item;
}

const icons = { experiment: 'beaker', project: 'repo', none: 'folder' } as const;
const spoken = { experiment: 'Experiment ', project: 'Project ', none: '' } as const;

const groupName = ({ kind, name, id }: SessionGroup): string =>
  kind === 'none' ? name : oneLine(name) || oneLine(id ?? '') || 'Unnamed experiment';

export function groupTooltip(row: SessionGroup, zone: string, money: Money): vscode.MarkdownString {
  const id = row.id === null ? undefined : escapeMarkdown(oneLine(row.id));
  return markdown(
    `**${escapeMarkdown(groupName(row))}**`,
    row.description === undefined ? '' : escapeMarkdown(oneLine(row.description, 500)),
    figures([
      ...totalsFigures(row, money),
      ...timesOf(row.createdAt, row.lastAt, zone),
      ['Source', row.source === '' ? undefined : escapeMarkdown(oneLine(row.source))],
      [row.kind === 'project' ? 'Folder' : 'Experiment ID', id],
    ]),
  );
}
