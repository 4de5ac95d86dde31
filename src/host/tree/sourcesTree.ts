import * as vscode from 'vscode';
import { nodeId, type SourceNode, type SourcesNode } from './nodes';
import { moreProblemsItem, problemItem, sourceItem, sourceTooltip } from './sourceItem';
import { measured } from '../measure';
import type { Services } from '../services';

const shownProblems = 100;

/** Every file that was imported, and below it what could not be read. */
export class SourcesTree implements vscode.TreeDataProvider<SourcesNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<SourcesNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly services: Services) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: SourcesNode): Promise<SourcesNode[]> {
    if (node) return node.kind === 'source' ? problemsOf(node) : [];
    try {
      const sources = await this.services.ledger.sources();
      return sources.map((row) => ({ kind: 'source', row }));
    } catch (error) {
      this.services.report(error);
      return [];
    }
  }

  readonly getTreeItem = measured('row of the sources tree', (node: SourcesNode): vscode.TreeItem => {
    const item = this.itemOf(node);
    item.id = nodeId(node);
    return item;
  });

  resolveTreeItem(item: vscode.TreeItem, node: SourcesNode): vscode.TreeItem {
    if (node.kind === 'source') item.tooltip = sourceTooltip(node.row, this.services.question().zone);
    return item;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private itemOf(node: SourcesNode): vscode.TreeItem {
    switch (node.kind) {
      case 'source':
        return sourceItem(node.row, this.services.question().zone);
      case 'problem':
        return problemItem(node);
      case 'moreProblems':
        return moreProblemsItem(node);
    }
  }
}

function problemsOf({ row }: SourceNode): SourcesNode[] {
  const shown = row.problems.slice(0, shownProblems);
  const nodes = shown.map((issue, index): SourcesNode => ({ kind: 'problem', issue, source: row, index }));
  const hidden = row.problems.length - shown.length;
  return hidden > 0 ? [...nodes, { kind: 'moreProblems', source: row, hidden }] : nodes;
}
