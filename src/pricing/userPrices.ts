import { matches } from './corrections';
import { candidates, providerId } from './modelNames';
import { compileRow, freeRates, isFree } from './rates';
import type { PriceRow, Rates } from './rates';
import type { PriceSource } from '../shared/explanation';
import type { Millis } from '../shared/model';

/** A price of the user's own, as the setting has it; see `parseUserPrices`. */
export interface UserPrice {
  /** As `providerId` spells it; absent: whoever sells the model. */
  readonly provider?: string;
  /** In lower case; `*` stands for any text. */
  readonly model: string;
  readonly from?: Millis;
  /** Not in force any more. */
  readonly until?: Millis;
  /** Its rates, or none where those of another model are taken. */
  readonly row?: PriceRow;
  /** A model of the list, `anthropic/claude-sonnet-4-5`: its dated prices are taken. */
  readonly sameAs?: string;
  /** By what the rates are multiplied at a service tier. */
  readonly factors?: Readonly<Record<string, number>>;
  /** Where the figures are from. */
  readonly source?: string;
  readonly note?: string;
  /** The entry as it was written: entries with the same text are the same. */
  readonly text: string;
}

/** A price of the user's own that fits a model. */
export interface FittingPrice extends Pick<UserPrice, 'from' | 'until' | 'text' | 'sameAs'> {
  /**
   * Its rates; fees for searches and factors of service tiers that it does not name are those that are listed for the
   * model. With `sameAs`, the listed rates of that model, which are to be given.
   */
  over(listed: Rates | undefined): Rates | undefined;
}

/**
 * Which of these fit a model as a trace names it, the closest first: exact names, then patterns by how much they say, then
 * those that name the provider. Asked once a model, then remembered.
 */
export function ownPrices(
  prices: readonly UserPrice[],
): (provider: string | undefined, model: string) => readonly FittingPrice[] {
  if (prices.length === 0) return () => none;
  const sorted = [...prices].sort((a, b) => closeness(b) - closeness(a));
  const compiled = sorted.map((price) => ({ price, fitting: compiledPrice(price) }));
  const known = new Map<string, readonly FittingPrice[]>();
  return (provider, model) => {
    const key = `${provider ?? ''}\n${model}`;
    let fitting = known.get(key);
    if (!fitting) {
      const place = placeOf(provider, model);
      fitting = compiled.filter(({ price }) => fits(price, place)).map((entry) => entry.fitting);
      known.set(key, fitting);
    }
    return fitting;
  };
}

const none: readonly FittingPrice[] = [];

/** The one that holds at an instant, or now if the instant is unknown. */
export function inForceOf(
  prices: readonly FittingPrice[],
  at: Millis | undefined,
  now: Millis,
): FittingPrice | undefined {
  const time = at ?? now;
  const price = prices.find(
    ({ from, until }) => (from === undefined || time >= from) && (until === undefined || time < until),
  );
  if (!price || at !== undefined || (price.from === undefined && price.until === undefined)) return price;
  return { ...price, over: (listed) => assumed(price.over(listed)) };
}

const assumed = (rates: Rates | undefined): Rates | undefined => rates && { ...rates, assumed: true };

interface Place {
  readonly names: ReadonlySet<string>;
  readonly provider: string | undefined;
}

/** All names under which a price table may know the model, and who is paid for it. */
function placeOf(provider: string | undefined, model: string): Place {
  const places = candidates(provider, model);
  const payee = provider ? providerId(provider) : places[0]?.provider;
  return {
    names: new Set([model.trim().toLowerCase(), ...places.map((place) => place.model)]),
    provider: payee,
  };
}

const fits = (price: UserPrice, { names, provider }: Place): boolean =>
  (price.provider === undefined || price.provider === provider) &&
  [...names].some((name) => matches([price.model], name));

function closeness({ model, provider }: UserPrice): number {
  const literal = model.replace(/\*/g, '').length;
  return (model.includes('*') ? 0 : 100_000) + 10 * literal + (provider === undefined ? 0 : 1);
}

function compiledPrice(price: UserPrice): FittingPrice {
  const { from, until, text, sameAs } = price;
  const made = sameAs === undefined ? ownRates(price) : ratesOfOther(price);
  const overListed = new Map<Rates | undefined, Rates | undefined>();
  const over = (listed: Rates | undefined): Rates | undefined => {
    // Rates are known by their identity, and there are few of a model: one a period.
    if (!overListed.has(listed)) {
      if (overListed.size > 1000) overListed.clear();
      overListed.set(listed, made(listed));
    }
    return overListed.get(listed);
  };
  return {
    ...{ text, over },
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(sameAs === undefined ? {} : { sameAs }),
  };
}

function ownRates(price: UserPrice): FittingPrice['over'] {
  const own: Rates = { ...compileRow(price.row ?? {}), fixedFee: true, source: sourceOf(price) };
  return (listed) => ({
    ...(listed && listed !== freeRates ? termsOfListed(listed, own) : {}),
    ...own,
    ...(price.factors || listed?.tiers ? { tiers: { ...listed?.tiers, ...price.factors } } : {}),
  });
}

/** The listed rates of the other model as they are, with where they come from by way of this entry. */
function ratesOfOther(price: UserPrice): FittingPrice['over'] {
  const source = sourceOf(price);
  return (listed) =>
    listed === undefined || isFree(listed)
      ? listed
      : { ...listed, source: listed.source ? { ...source, takenFrom: listed.source } : source };
}

function sourceOf({ provider, model, from, source, note }: UserPrice): PriceSource {
  return {
    kind: 'user',
    where: source ?? 'the setting traceLedger.prices',
    listedAs: provider === undefined ? model : `${provider}/${model}`,
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(note === undefined ? {} : { note }),
  };
}

const termsOfListed = (listed: Rates, own: Rates): Rates => ({
  ...(own.webSearch || !listed.webSearch ? {} : { webSearch: listed.webSearch }),
  ...(own.webSearch || !listed.searches ? {} : { searches: listed.searches }),
  ...(listed.audioTokens ? { audioTokens: listed.audioTokens } : {}),
  ...(listed.minimumSeconds === undefined ? {} : { minimumSeconds: listed.minimumSeconds }),
});
