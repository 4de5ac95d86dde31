import * as vscode from 'vscode';
import { formatCount } from '../../shared/format';
import type { Commands } from '../contributions';
import type { MoreNode } from './nodes';

/** The last row of a list that goes on. */
export function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem('Load more…');
  item.description = `${formatCount(node.shown)} shown`;
  item.contextValue = 'more';
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  const command: keyof Commands = 'traceLedger.loadMore';
  item.command = { command, title: 'Load More', arguments: [node] };
  return item;
}
