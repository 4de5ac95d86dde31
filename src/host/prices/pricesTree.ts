import * as vscode from 'vscode';
import { modelPriceItem, modelPriceTooltip } from './modelPriceItem';
import { priceDetails } from './priceDetails';
import { priceNodeId } from './priceNodes';
import { measured } from '../measure';
import { formatCount } from '../../shared/format';
import type { PriceDetailNode, PricesNode } from './priceNodes';
import type { Services } from '../services';

/** Every model met, unpriced ones first, and below each what its price is made of. Holds no figures. */
export class PricesTree implements vscode.TreeDataProvider<PricesNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<PricesNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  /** `summarize` is told what stands beside the title. */
  constructor(
    private readonly services: Services,
    private readonly summarize: (text: string) => void,
  ) {}

  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: PricesNode): Promise<PricesNode[]> {
    if (node?.kind === 'modelPrice') return priceDetails(node);
    if (node) return [...(node.details ?? [])];
    try {
      return await this.models();
    } catch (error) {
      this.services.report(error);
      return [];
    }
  }

  /** So that a row can be revealed. */
  getParent(node: PricesNode): PricesNode | undefined {
    return node.kind === 'priceDetail' ? node.of : undefined;
  }

  readonly getTreeItem = measured('row of the prices tree', (node: PricesNode): vscode.TreeItem => {
    const item =
      node.kind === 'modelPrice' ? modelPriceItem(node.row, this.services.money()) : detailItem(node);
    item.id = priceNodeId(node);
    return item;
  });

  resolveTreeItem(item: vscode.TreeItem, node: PricesNode): vscode.TreeItem {
    if (node.kind === 'modelPrice') item.tooltip = modelPriceTooltip(node.row, this.services.money());
    return item;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async models(): Promise<PricesNode[]> {
    const { ledger, question } = this.services;
    const rows = await ledger.modelPrices(question());
    const unpriced = rows.filter(({ unpricedCalls }) => unpricedCalls > 0).length;
    this.summarize(unpriced === 0 ? '' : `${formatCount(unpriced)} unpriced`);
    return rows.map((row) => ({ kind: 'modelPrice', row }));
  }
}

function detailItem(node: PriceDetailNode): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(node.label, node.details ? Collapsed : None);
  item.description = node.description;
  item.tooltip = node.tooltip ?? `${node.label}: ${node.description}`;
  item.contextValue = `price.${node.id.split(' ', 1)[0]}`;
  if (node.icon !== undefined) item.iconPath = new vscode.ThemeIcon(node.icon);
  item.accessibilityInformation = { label: `${node.label}, ${node.description}` };
  return item;
}
