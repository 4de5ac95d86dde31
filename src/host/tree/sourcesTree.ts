import * as vscode from 'vscode';
import { moreItem } from './moreItem';
import { nodeId } from './nodes';
import { sourceGroupItem } from './sourceGroupItem';
import { moreProblemsItem, problemItem, sourceItem, sourceTooltip } from './sourceItem';
import { measured } from '../measure';
import type { MoreNode, SourceGroupNode, SourceNode, SourcesNode } from './nodes';
import type { Services } from '../services';

const shownProblems = 100;
const pageSize = 100;
/** More files than that are listed by format: an agent writes one a session. */
const flatLimit = 50;

/** Every file that was imported, by format where there are many, and below it what could not be read. */
export class SourcesTree implements vscode.TreeDataProvider<SourcesNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<SourcesNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  private readonly pages = new Map<string, number>();

  constructor(private readonly services: Services) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  /** Shows one more page of the format that `more` stands at the end of. */
  loadMore({ parent, shown }: MoreNode): void {
    if (parent?.kind !== 'sourceGroup') return;
    this.pages.set(nodeId(parent), Math.floor(shown / pageSize) + 1);
    this.changed.fire(parent);
  }

  async getChildren(node?: SourcesNode): Promise<SourcesNode[]> {
    try {
      if (!node) return await this.roots();
      if (node.kind === 'sourceGroup') return await this.sourcesOf(node);
    } catch (error) {
      this.services.report(error);
      return [];
    }
    return node.kind === 'source' ? problemsOf(node) : [];
  }

  private async roots(): Promise<SourcesNode[]> {
    const { ledger } = this.services;
    const groups = await ledger.sourceGroups();
    if (groups.reduce((files, group) => files + group.files, 0) > flatLimit)
      return groups.map((row) => ({ kind: 'sourceGroup', row }));
    return (await ledger.sources()).map((row) => ({ kind: 'source', row }));
  }

  private async sourcesOf(node: SourceGroupNode): Promise<SourcesNode[]> {
    const limit = pageSize * (this.pages.get(nodeId(node)) ?? 1);
    const rows = await this.services.ledger.sources({ importer: node.row.importer, limit });
    const nodes = rows.map((row): SourcesNode => ({ kind: 'source', row }));
    return rows.length < node.row.files
      ? [...nodes, { kind: 'more', parent: node, shown: rows.length }]
      : nodes;
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
      case 'sourceGroup':
        return sourceGroupItem(node);
      case 'more':
        return moreItem(node);
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
