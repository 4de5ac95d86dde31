import * as vscode from 'vscode';
import { counted, joined, oneLine } from './rowText';
import { formatBytes, formatCount } from '../../shared/format';
import type { SourceGroupNode } from './nodes';

/** All files of one format. */
export function sourceGroupItem({ row }: SourceGroupNode): vscode.TreeItem {
  const name = oneLine(row.label);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.description = joined(
    counted(row.files, formatCount(row.files), 'file'),
    row.incomplete > 0 && `${formatCount(row.incomplete)} not whole`,
    counted(row.calls, formatCount(row.calls), 'call'),
    row.problems > 0 && counted(row.problems, formatCount(row.problems), 'problem'),
    formatBytes(row.bytes),
  );
  item.contextValue = 'sources';
  item.iconPath = new vscode.ThemeIcon(row.problems > 0 ? 'warning' : 'files');
  item.accessibilityInformation = { label: `Sources of ${name}, ${item.description}` };
  return item;
}
