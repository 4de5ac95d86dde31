import type { ModelPrice } from '../../shared/modelPrices';
import type * as vscode from 'vscode';

/** A model that was met, with its prices. */
export interface ModelPriceNode {
  readonly kind: 'modelPrice';
  readonly row: ModelPrice;
}

/** Something to know of a model's price: a rate, where it is from, another price. */
export interface PriceDetailNode {
  readonly kind: 'priceDetail';
  /** Unlike that of any other detail of the model. */
  readonly id: string;
  readonly of: ModelPriceNode;
  readonly label: string;
  readonly description: string;
  /** Beside what the row shows. */
  readonly tooltip?: vscode.MarkdownString;
  readonly icon?: string;
  readonly details?: readonly PriceDetailNode[];
}

export type PricesNode = ModelPriceNode | PriceDetailNode;

export const priceNodeId = (node: PricesNode): string =>
  node.kind === 'modelPrice' ? `model ${node.row.id}` : `${priceNodeId(node.of)} ${node.id}`;
