import * as vscode from 'vscode';
import { modelLabel } from './modelPriceItem';
import { counted, joined, oneLine } from '../tree/rowText';
import { UserError } from '../../shared/errors';
import { formatCount } from '../../shared/format';
import { costLabel } from '../../shared/money';
import { priceText } from '../../shared/priceText';
import type { PriceTarget } from './priceTarget';
import type { Services } from '../services';
import type { Views } from '../tree/views';
import type { ModelName, ModelPrice } from '../../shared/modelPrices';
import type { Money } from '../../shared/money';

/** The model that a command is about; asks when it was not told, the most used first. Undefined when the user gave up. */
export async function modelOf(
  services: Services,
  views: Views,
  target: PriceTarget | undefined,
): Promise<ModelPrice | undefined> {
  const told = toldBy(views, target);
  // What a row showed may be out of date by now.
  const rows = await services.ledger.modelPrices(services.question());
  if (!told) return pick(rows, services.money());
  const found = rows.find((row) => isOf(row, told));
  if (!found)
    throw new UserError(
      `There are no calls of ${oneLine(told.model) || 'an unknown model'} any more. Choose another model.`,
    );
  return found;
}

function toldBy(
  views: Views,
  target: PriceTarget | undefined,
): (ModelName & { readonly id?: string }) | undefined {
  if (target === undefined) return undefined;
  if ('selected' in target) return views.selectedModel();
  if (!('kind' in target)) return target;
  const { row } = target.kind === 'modelPrice' ? target : target.of;
  return { ...row.name, id: row.id };
}

const isOf = (row: ModelPrice, { id, provider, model }: ModelName & { readonly id?: string }): boolean =>
  id === undefined
    ? [row.name, ...row.met].some((name) => name.model === model && name.provider === provider)
    : row.id === id;

async function pick(rows: readonly ModelPrice[], { format }: Money): Promise<ModelPrice | undefined> {
  const named = rows.filter(({ label }) => label !== null).sort((a, b) => b.calls - a.calls);
  if (named.length === 0) throw new UserError('There is no model in the ledger yet. Import traces first.');
  const items = named.map((row) => ({
    row,
    label: modelLabel(row),
    description: joined(row.price ? priceText(row.price) : 'no price', oneLine(row.name.provider)),
    detail: joined(
      counted(row.calls, formatCount(row.calls), 'call'),
      costLabel(row, format),
      row.note && oneLine(row.note.text),
    ),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Choose a model',
    placeHolder: 'Model, provider or words of its price note',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.row;
}
