import * as vscode from 'vscode';
import { inclusionCheckbox } from './inclusion';
import { counted, joined, oneLine, shortId } from './rowText';
import { formatCount } from '../../shared/format';
import { costLabel } from '../../shared/money';
import { tagBadge } from '../../tags/sessionTag';
import type { Commands } from '../contributions';
import type { SessionRow } from '../../shared/model';
import type { Money } from '../../shared/money';

/**
 * A session: its id, what it cost, how many calls, its tag, and the first line of its note. A long id is shortened: its
 * tooltip, which comes when asked for, has it whole, and it is read out whole.
 */
export function sessionItem(row: SessionRow, money: Money): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const name = oneLine(row.id) || 'session without an id';
  const item = new vscode.TreeItem(shortId(row.id) || name, row.calls > 0 ? Collapsed : None);
  const note = row.noteLine === null ? '' : oneLine(row.noteLine, 80);
  const calls = counted(row.calls, formatCount(row.calls), 'call');
  const hidden = row.excludedCalls > 0 && `${formatCount(row.excludedCalls)} excluded`;
  const agents = row.agents > 0 && counted(row.agents, formatCount(row.agents), 'agent');
  item.description = joined(
    row.excluded && 'excluded',
    costLabel(row, money.format),
    calls,
    agents,
    hidden,
    badgeOf(row),
    note,
  );
  item.contextValue = ['session', row.tag !== null && 'tagged', row.noteLine !== null && 'noted']
    .filter(Boolean)
    .join('.');
  item.iconPath = new vscode.ThemeIcon(row.noteLine === null ? 'comment-discussion' : 'note');
  item.accessibilityInformation = {
    label: `Session ${name}, ${item.description}${note === '' ? ', no note' : ''}`,
  };
  item.checkboxState = inclusionCheckbox(`session ${name}`, row.excluded);
  const command: keyof Commands = 'traceLedger.showSession';
  item.command = { command, title: 'Show Session', arguments: [row.key, { preserveFocus: true }] };
  return item;
}

/** `[gpt-4o #015]`, short enough to leave room for the note. */
export const badgeOf = ({ tag, tagModel }: SessionRow): string =>
  tag === null ? '' : oneLine(tagBadge(tag, tagModel), 60);
