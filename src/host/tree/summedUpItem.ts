import * as vscode from 'vscode';
import { counted } from './rowText';
import { formatCount, formatWhen } from '../../shared/format';
import type { SessionRow } from '../../shared/model';

/** Old calls of a session of which only sums are kept: so many, and until when. */
export function summedUpItem({ summedUp }: SessionRow, zone: string): vscode.TreeItem {
  const { calls, until } = summedUp!;
  const item = new vscode.TreeItem(
    `${counted(calls, formatCount(calls), 'call')} until ${formatWhen(until, zone)} ${calls === 1 ? 'is' : 'are'} kept as ${calls === 1 ? 'a sum' : 'sums'}`,
  );
  item.iconPath = new vscode.ThemeIcon('archive');
  item.contextValue = 'summedUp';
  item.tooltip =
    'Their costs and tokens are in every total. The single calls, their latency and errors are not kept any more: see the settings under traceLedger.retention.';
  return item;
}
