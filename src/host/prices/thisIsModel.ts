import * as vscode from 'vscode';
import { modelOf } from './modelOf';
import { modelLabel } from './modelPriceItem';
import { entryName, writePrice } from './writePrice';
import { register } from '../contributions';
import { reported } from '../report';
import { joined, oneLine } from '../tree/rowText';
import { UserError } from '../../shared/errors';
import { priceText } from '../../shared/priceText';
import type { PriceTarget } from './priceTarget';
import type { Services } from '../services';
import type { Views } from '../tree/views';
import type { Disposable } from '../../shared/emitter';
import type { ModelPrice } from '../../shared/modelPrices';

interface ModelPick extends vscode.QuickPickItem {
  readonly sameAs?: string;
}

/** "This Is Model...": says which listed model a name means; its prices are taken, each at its time. */
export function registerThisIsModel(services: Services, views: Views): Disposable {
  const run = async (target?: PriceTarget, given?: unknown): Promise<void> => {
    const row = await modelOf(services, views, target);
    if (!row) return;
    if (row.label === null)
      throw new UserError('These calls name no model that could be another. Choose another model.');
    // From a context menu the second argument is the list of selected rows.
    const sameAs = typeof given === 'string' ? given : await pick(services, row);
    if (sameAs !== undefined) await writePrice(services, { ...entryName(row.name), sameAs });
  };
  return register('traceLedger.thisIsModel', reported(services.report, run));
}

async function pick({ ledger, question }: Services, row: ModelPrice): Promise<string | undefined> {
  const [met, listed] = await Promise.all([ledger.modelPrices(question()), ledger.listedModels()]);
  const known = new Set(listed.map(({ name }) => name));
  const used = met.flatMap((other): ModelPick[] => {
    const sameAs = other.price?.source?.listedAs;
    if (other.id === row.id || other.price === null || sameAs === undefined || !known.has(sameAs)) return [];
    return [
      {
        ...{ sameAs, label: modelLabel(other) },
        description: joined(priceText(other.price), sameAs),
      },
    ];
  });
  const all = listed.map((model): ModelPick => ({
    ...{ sameAs: model.name, label: oneLine(model.name) },
    description: priceText(model),
  }));
  const items: readonly ModelPick[] = [
    ...(used.length === 0 ? [] : [separator('Used here'), ...used]),
    separator('Every listed model'),
    ...all,
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `Which model is ${modelLabel(row)}?`,
    placeHolder: 'Its prices are taken, in US dollars per million tokens of input and output',
    matchOnDescription: true,
  });
  return picked?.sameAs;
}

const separator = (label: string): ModelPick => ({ label, kind: vscode.QuickPickItemKind.Separator });
