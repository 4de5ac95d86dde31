import data from './priceSets.json';
import { matches } from './corrections';
import { compileRates } from './rates';
import type { AudioTokens, PriceRow, Rates } from './rates';

/** Prices that some document names, for those who want to see its figures; each with its source. */
interface PriceSet {
  readonly label: string;
  readonly source: string;
  readonly checked: string;
  /** Exact names, or with `*` for any text. Other models have their own prices. */
  readonly models: readonly string[];
  readonly audioTokens?: AudioTokens;
  readonly prices: PriceRow;
}

/** Importer id -> name of the price set for its calls. `list`, and a name that is not known, mean list prices. */
export type ChosenSets = Readonly<Record<string, string>>;

const sets = new Map(Object.entries(data.sets as Readonly<Record<string, PriceSet>>));

export const setsVersion: string = data.version;

/** Importer id -> names of the sets that can be chosen for it. */
export const setsByImporter: Readonly<Record<string, readonly string[]>> = data.importers;

/** The rates for a model of an importer, if the set chosen for that has it. Never exact: nobody was billed by them. */
export function ratesOfSet(chosen: ChosenSets): (importer: string, model: string) => Rates | undefined {
  const known = new Map<string, (model: string) => Rates | undefined>();
  for (const [importer, name] of Object.entries(chosen)) {
    const set = setsByImporter[importer]?.includes(name) ? sets.get(name) : undefined;
    if (!set) continue;
    known.set(importer, ratesByModel(name, set));
  }
  return (importer, model) => known.get(importer)?.(model);
}

function ratesByModel(name: string, set: PriceSet): (model: string) => Rates | undefined {
  const { models, prices, audioTokens, checked } = set;
  const source = { kind: 'set', where: set.source, listedAs: name, checked } as const;
  const rates = compileRates(prices, { assumed: true, source, ...(audioTokens ? { audioTokens } : {}) });
  const known = new Map<string, Rates | undefined>();
  return (model) => {
    if (!known.has(model)) known.set(model, matches(models, model.trim().toLowerCase()) ? rates : undefined);
    return known.get(model);
  };
}
