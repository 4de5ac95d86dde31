import * as vscode from 'vscode';
import type { SessionNode, SessionsNode, SourceNode, SourcesNode } from './nodes';
import type { LedgerApi } from '../../shared/protocol';

/** A row that can be excluded from analytics. */
export type ExcludableNode = SessionNode | SourceNode;

/** The checkbox "Include in Analytics" of a row; `name` is read out with it. */
export const inclusionCheckbox = (
  name: string,
  excluded: boolean,
): NonNullable<vscode.TreeItem['checkboxState']> => ({
  state: excluded ? vscode.TreeItemCheckboxState.Unchecked : vscode.TreeItemCheckboxState.Checked,
  tooltip: excluded ? 'Excluded: check to Include in Analytics' : 'Include in Analytics',
  accessibilityInformation: { label: `Include ${name} in Analytics`, role: 'checkbox' },
});

type Change = readonly [node: SessionsNode | SourcesNode, state: vscode.TreeItemCheckboxState];

/** Takes over what was checked and unchecked in a tree. Views follow by the change of the store. */
export async function applyCheckboxes(
  ledger: Pick<LedgerApi, 'setExcluded'>,
  changes: readonly Change[],
): Promise<void> {
  for (const [node, state] of changes) {
    if (node.kind === 'session' || node.kind === 'source')
      await setNodeExcluded(ledger, node, state === vscode.TreeItemCheckboxState.Unchecked);
  }
}

/** Excludes what a row stands for, or includes it again. */
export const setNodeExcluded = (
  ledger: Pick<LedgerApi, 'setExcluded'>,
  node: ExcludableNode,
  excluded: boolean,
): Promise<void> =>
  node.kind === 'session'
    ? ledger.setExcluded('session', node.row.key, excluded)
    : ledger.setExcluded('source', node.row.path, excluded);
