import type { TreeDataProvider } from 'vscode';
import { measuredTurn } from '../measure';

/** Made in one go, with what VS Code does for each; more of them would hold the extension host up. */
const rowsAtOnce = 10;

/** The same tree, with the host free for others between one lot of rows and the next. */
export function rowsInTurns<Node>(tree: TreeDataProvider<Node>): TreeDataProvider<Node> {
  let asked = 0;
  let turn = Promise.resolve();
  const nextTurn = (): Promise<void> =>
    new Promise((resolve) => setImmediate(measuredTurn('rows of a tree', resolve)));
  return {
    ...(tree.onDidChangeTreeData ? { onDidChangeTreeData: tree.onDidChangeTreeData } : {}),
    ...(tree.resolveTreeItem ? { resolveTreeItem: tree.resolveTreeItem.bind(tree) } : {}),
    ...(tree.getParent ? { getParent: tree.getParent.bind(tree) } : {}),
    getChildren: (node) => tree.getChildren(node),
    async getTreeItem(node) {
      if (++asked % rowsAtOnce === 0) turn = turn.then(nextTurn);
      await turn;
      return tree.getTreeItem(node);
    },
  };
}
