import * as vscode from 'vscode';
import { figures, markdown, totalsFigures } from '../session/figures';
import { counted, joined, oneLine } from '../tree/rowText';
import { priceSourceText } from '../../shared/explanationText';
import { escapeMarkdown, firstLine, formatCount } from '../../shared/format';
import { costLabel } from '../../shared/money';
import { forceText, priceText, rateName, rateText } from '../../shared/priceText';
import type { ModelPrice } from '../../shared/modelPrices';
import type { Money } from '../../shared/money';

export const modelLabel = ({ label }: Pick<ModelPrice, 'label'>): string =>
  label === null ? 'Unknown model' : oneLine(label);

/** A model: what it costs and what it has cost. What no price was found for is marked. */
export function modelPriceItem(row: ModelPrice, { format }: Money): vscode.TreeItem {
  const item = new vscode.TreeItem(modelLabel(row), vscode.TreeItemCollapsibleState.Collapsed);
  const isUnpriced = row.unpricedCalls > 0;
  item.description = joined(
    row.price ? priceText(row.price) : 'no price',
    costLabel(row, format),
    // "3 calls unpriced" says it already where all are.
    row.unpricedCalls < row.calls && counted(row.calls, formatCount(row.calls), 'call'),
    oneLine(row.name.provider),
    row.note && oneLine(firstLine(row.note.text, 120)),
  );
  item.contextValue = row.label === null ? 'unknownModel' : `model.${row.price ? 'priced' : 'unpriced'}`;
  item.iconPath = isUnpriced
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon('tag');
  item.accessibilityInformation = { label: `Model ${modelLabel(row)}, ${item.description}` };
  return item;
}

/** Everything to the last digit. */
export function modelPriceTooltip(row: ModelPrice, money: Money): vscode.MarkdownString {
  const { price, note, why, name } = row;
  const escape = (text: string): string => escapeMarkdown(oneLine(text, 500));
  const force = price ? forceText(price) : '';
  return markdown(
    `**${escapeMarkdown(modelLabel(row))}**${name.provider === '' ? '' : ` · ${escape(name.provider)}`}`,
    why === null ? '' : escape(why),
    figures([
      ...(price?.rates ?? []).map((rate): [string, string] => [rateName(rate), escape(rateText(rate))]),
      ['In force', force],
    ]),
    price?.source ? priceSourceText(price.source, escape) : '',
    figures(totalsFigures({ ...row, sessions: 0 }, money)),
    note ? `Price note: ${escape(note.text)}` : '',
  );
}
