import * as vscode from 'vscode';
import { counted, joined, oneLine } from './rowText';
import { costLabel, formatCount } from '../../shared/format';
import type { Commands } from '../contributions';
import type { SessionRow } from '../../shared/model';

/** A session: its id, what it cost, how many calls, and the first line of its note. The tooltip comes when asked for. */
export function sessionItem(row: SessionRow): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const name = oneLine(row.id) || 'session without an id';
  const item = new vscode.TreeItem(name, row.calls > 0 ? Collapsed : None);
  const note = row.noteLine === null ? '' : oneLine(row.noteLine, 80);
  item.description = joined(costLabel(row), counted(row.calls, formatCount(row.calls), 'call'), note);
  item.contextValue = row.noteLine === null ? 'session' : 'session.noted';
  item.iconPath = new vscode.ThemeIcon(row.noteLine === null ? 'comment-discussion' : 'note');
  item.accessibilityInformation = {
    label: `Session ${name}, ${item.description}${note === '' ? ', no note' : ''}`,
  };
  const command: keyof Commands = 'traceLedger.showSession';
  item.command = { command, title: 'Show Session', arguments: [row.key, { preserveFocus: true }] };
  return item;
}
