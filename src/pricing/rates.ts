import type { PriceSource } from '../shared/explanation';

/** A price in integer pico-dollars (1 USD = 10^12) per unit; a tier counts once total input is *more* than `over`. */
export interface Rate {
  readonly base: number;
  readonly tiers: readonly { readonly over: number; readonly price: number }[];
}

/** What one model costs at one time: pico-dollars per token, per hour of audio, per request. Absent: no such price. */
export interface Rates {
  readonly input?: Rate;
  readonly output?: Rate;
  readonly cacheRead?: Rate;
  readonly cacheWrite?: Rate;
  readonly cacheWrite1h?: Rate;
  readonly audioInput?: Rate;
  readonly audioCached?: Rate;
  readonly audioOutput?: Rate;
  readonly reasoning?: Rate;
  readonly audioInputHour?: Rate;
  readonly audioOutputHour?: Rate;
  readonly request?: Rate;
  readonly webSearch?: Rate;
  readonly image?: Rate;
  /** Shortest audio that is billed, in seconds. */
  readonly minimumSeconds?: number;
  /** How many tokens a second of audio is, by the vendor's word. */
  readonly audioTokens?: AudioTokens;
  /** By what every rate but fees is multiplied for a call of that service tier or speed. */
  readonly tiers?: Readonly<Record<string, number>>;
  /** The price table does not say which of several prices applied, because the call's time is unknown. */
  readonly assumed?: boolean;
  /** How searches of the web are charged where it is not each of them. */
  readonly searches?: SearchTerms;
  /** The fee a request is always the same. */
  readonly fixedFee?: boolean;
  /** Where these prices are from. */
  readonly source?: PriceSource;
}

export interface AudioTokens {
  readonly input: number;
  readonly output: number;
}

export interface SearchTerms {
  /** However many searches a request made, it is charged once. */
  readonly perRequest?: boolean;
  /** A trace does not tell what they cost: so many a day are free, or it depends on the tool that searched. */
  readonly uncertain?: boolean;
}

/** What belongs to the prices of a model and is no price. */
export type Terms = Pick<
  Rates,
  'minimumSeconds' | 'audioTokens' | 'tiers' | 'assumed' | 'searches' | 'fixedFee' | 'source'
>;

export type RateName = Exclude<keyof Rates, keyof Terms>;

/** A row of a price table: US dollars per million tokens, per hour, per thousand requests or searches, per image. */
export type PriceRow = Readonly<Record<string, PriceValue | undefined>>;
export type PriceValue =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };

/** Where several columns say one rate, the first that is there counts. */
const perUnit: readonly (readonly [column: string, name: RateName, picoPerDollar: number])[] = [
  ['input_mtok', 'input', 1e6],
  ['output_mtok', 'output', 1e6],
  ['cache_read_mtok', 'cacheRead', 1e6],
  ['cache_write_mtok', 'cacheWrite', 1e6],
  ['cache_write_1h_mtok', 'cacheWrite1h', 1e6],
  ['input_audio_mtok', 'audioInput', 1e6],
  ['cache_audio_read_mtok', 'audioCached', 1e6],
  ['output_audio_mtok', 'audioOutput', 1e6],
  ['output_reasoning_mtok', 'reasoning', 1e6],
  ['input_audio_hours', 'audioInputHour', 1e12],
  ['output_audio_hours', 'audioOutputHour', 1e12],
  ['audio_hours', 'audioInputHour', 1e12],
  ['audio_hours', 'audioOutputHour', 1e12],
  ['requests_kcount', 'request', 1e9],
  ['web_searches_kcount', 'webSearch', 1e9],
  ['images', 'image', 1e12],
];

/** What ids that end in `:free` cost. A row without prices is never this, but no price at all. */
export const freeRates: Rates = {};
export const isFree = (rates: Rates): boolean => rates === freeRates;

/** Fees cost the same at every service tier. */
const fees: ReadonlySet<RateName> = new Set(['request', 'webSearch', 'image']);

/** A table row as exact integers; undefined for a row without any price above zero, which is no price at all. */
export function compileRates(row: PriceRow, terms: Terms = {}): Rates | undefined {
  const rates = compileRow(row);
  const prices = Object.values(rates).flatMap((rate) => [rate.base, ...rate.tiers.map((tier) => tier.price)]);
  return prices.some((price) => price > 0) ? { ...rates, ...terms } : undefined;
}

/** The same for a row whose zeros are meant. */
export function compileRow(row: PriceRow): Readonly<Partial<Record<RateName, Rate>>> {
  const rates: Partial<Record<RateName, Rate>> = {};
  for (const [column, name, scale] of perUnit) {
    const value = row[column];
    if (value !== undefined) rates[name] ??= compileRate(value, scale);
  }
  return rates;
}

const atTiers = new WeakMap<Rates, Map<string, Rates>>();

/** What a call of that service tier costs; by the standard rates, and not for sure, where its factor is not known. */
export function ratesAtTier(rates: Rates, tier: string): Rates {
  const known = atTiers.get(rates) ?? new Map<string, Rates>();
  atTiers.set(rates, known);
  // A tier is what a source wrote, be it the name of a member that every object has.
  const factor = Object.hasOwn(rates.tiers ?? {}, tier) ? rates.tiers?.[tier] : undefined;
  const priced = known.get(tier) ?? multiplied(rates, factor);
  known.set(tier, priced);
  return priced;
}

function multiplied(rates: Rates, factor: number | undefined): Rates {
  if (factor === undefined) return { ...rates, assumed: true };
  const scaled: Partial<Record<RateName, Rate>> = {};
  for (const [, name] of perUnit) {
    const rate = rates[name];
    if (!rate || fees.has(name)) continue;
    const tiers = rate.tiers.map(({ over, price }) => ({ over, price: Math.round(price * factor) }));
    scaled[name] = { base: Math.round(rate.base * factor), tiers };
  }
  return { ...rates, ...scaled };
}

function compileRate(value: PriceValue, scale: number): Rate {
  if (typeof value === 'number') return { base: Math.round(value * scale), tiers: [] };
  const tiers = value.tiers.map(({ start, price }) => ({ over: start, price: Math.round(price * scale) }));
  return { base: Math.round(value.base * scale), tiers: tiers.sort((a, b) => a.over - b.over) };
}

/** The price per unit for a request with `totalInput` input tokens, cached ones included. */
export function priceAt(rate: Rate, totalInput: number): number {
  let price = rate.base;
  for (const tier of rate.tiers) if (totalInput > tier.over) price = tier.price;
  return price;
}
