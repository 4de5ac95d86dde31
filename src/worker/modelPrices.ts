import { priceNotes, savePriceNote } from './priceNotes';
import { explainCall } from '../pricing/explain';
import { listedModels } from '../pricing/listedModels';
import { identityKey, modelIdentity } from '../pricing/modelIdentity';
import { inferProvider } from '../pricing/modelNames';
import { placePrice } from '../pricing/placePrice';
import { toldPrice } from '../pricing/toldPrice';
import { noMeasures, sumsOf } from '../store/measures';
import { modelSums } from '../store/queries/modelSums';
import type { Costs } from './costs';
import type { Notebook } from './notebook';
import type { PriceNotes } from './priceNotes';
import type { Question } from '../shared/model';
import type { ModelPrice, ModelPricesApi } from '../shared/modelPrices';
import type { ModelSum } from '../store/queries/modelSums';

type Prices = Pick<ModelPrice, 'price' | 'others' | 'why'>;

/** What of an open ledger it is answered from. */
interface Opened {
  readonly costs: Costs;
  readonly notebook: Notebook;
  /** To be called when something was saved. */
  readonly changed: () => void;
}

/** What the prices view, and whoever prices a model from it, asks. */
export const modelPricesApi = (opened: () => Opened): ModelPricesApi => ({
  modelPrices: async (question) => {
    const { costs } = opened();
    costs.store.prepareZone(question.zone);
    return modelPrices(costs, question);
  },
  listedModels: async () => listedModels(opened().costs.book),
  placePrice: async (prices, entry) => placePrice(prices, entry),
  priceNote: async ({ provider, model }) => priceNotes(opened().costs.store.db)(provider, model),
  savePriceNote: async (name, text) => {
    const { costs, notebook, changed } = opened();
    const note = savePriceNote(notebook, costs.store.db, name, text);
    changed();
    return note;
  },
});

/** Every model met, with its prices: those with unpriced calls first, then the dearest. */
export function modelPrices(
  { store, book }: Costs,
  question: Question,
  now = Date.now(),
): readonly ModelPrice[] {
  const sums = store.db.read(() => modelSums(store, question));
  const notes = priceNotes(store.db);
  const byModel = new Map<string, { readonly prices: Prices; readonly named: ModelSum[] }>();
  for (const sum of sums) {
    const prices = pricesOf(book, sum, now);
    // Spellings of one model may have prices of the user's own that fit one of them alone.
    const key = `${identityKey(modelIdentity(sum.provider, sum.model))}\n${JSON.stringify(prices.price?.rates)}`;
    const known = byModel.get(key);
    if (known) known.named.push(sum);
    else byModel.set(key, { prices, named: [sum] });
  }
  return [...byModel.values()]
    .map(({ prices, named }) => rowOf(named, prices, question, notes))
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => rank(a) - rank(b) || b.cost - a.cost || b.calls - a.calls || a.id.localeCompare(b.id));
}

/** Calls without a price that could be given one, then those that used what has none. */
const rank = ({ unpricedCalls, price }: ModelPrice): number => (unpricedCalls === 0 ? 2 : price ? 1 : 0);

function pricesOf(book: Costs['book'], { provider, model }: ModelSum, now: number): Prices {
  const at = provider || undefined;
  const rates = model === '' ? undefined : book.priceOf(at, model, now);
  const periods = model === '' ? [] : book.periodsOf(at, model);
  const present = periods.find(
    (period) => period.rates === rates || isFrom(period.rates.source, rates?.source),
  );
  const why = explainCall({ ...(at ? { provider: at } : {}), model, inputTokens: 1 }, book).unpriced ?? null;
  return {
    price: rates ? toldPrice(present ?? { rates }) : null,
    others: periods.filter((period) => period !== present).map(toldPrice),
    why,
  };
}

const isFrom = (a: object | undefined, b: object | undefined): boolean => a !== undefined && a === b;

const callsOf = ({ sums }: ModelSum): number => sums[0]!;

function rowOf(
  named: readonly ModelSum[],
  prices: Prices,
  { mode }: Question,
  notes: PriceNotes,
): ModelPrice {
  const met = [...named].sort((a, b) => callsOf(b) - callsOf(a));
  const [{ provider, model }] = met as [ModelSum, ...ModelSum[]];
  const total = noMeasures();
  for (const { sums } of met) sums.forEach((value, i) => (total[i]! += value));
  const name = modelIdentity(provider, model);
  const told = inferProvider(model);
  return {
    ...sumsOf(total, mode),
    ...prices,
    id: `${name.provider}/${model}`,
    name,
    label: model === '' ? null : model,
    toldByName: told !== undefined && modelIdentity(told, model).provider === name.provider,
    met: met.map((one) => ({ provider: one.provider, model: one.model, calls: callsOf(one) })),
    note: notes(provider, model) ?? null,
  };
}
