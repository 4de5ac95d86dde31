import data from './corrections.json';
import type { Candidate } from './modelNames';
import type { AudioTokens, PriceRow, PriceValue, SearchTerms, Terms } from './rates';

/** Where the price library is wrong, stale or silent; each with its source and the day it was looked up. */
export interface Correction {
  readonly providers: readonly string[];
  /** Exact names, or with `*` for any text. */
  readonly models: readonly string[];
  readonly source: string;
  readonly checked: string;
  /** What in it no source was found for. */
  readonly unverified?: string;
  /** Prices from a moment on; one without `from` replaces all that the library knows. */
  readonly periods?: readonly {
    readonly from?: string;
    /** Only at these times of the UTC day. */
    readonly daily?: { readonly start: string; readonly end: string };
    readonly prices: PriceRow;
  }[];
  /** Prices added to every row of the model. */
  readonly add?: PriceRow;
  /** Tiers that start after `from` tokens start after `to` tokens. */
  readonly tierStart?: { readonly from: number; readonly to: number };
  /** The shortest audio that is billed. */
  readonly minimumSeconds?: number;
  /** How many tokens a second of audio is. */
  readonly audioTokens?: AudioTokens;
  /** By what every rate is multiplied for a call of that service tier or speed. */
  readonly tiers?: Readonly<Record<string, number>>;
  /** How searches of the web are charged; what they cost is a price. */
  readonly searches?: SearchTerms;
  /** What the library would answer is some other product's price. */
  readonly unpriced?: boolean;
}

export const corrections = data.corrections as unknown as readonly Correction[];

/** Day of the newest correction. */
export const correctionsVersion: string = data.version;

export const correctionsOf = ({ provider, model }: Candidate): readonly Correction[] =>
  corrections.filter((entry) => matches(entry.providers, provider) && matches(entry.models, model));

/** Of several entries the first that says something counts, of each service tier by itself. */
export function termsOf(applied: readonly Correction[]): Terms {
  const minimumSeconds = applied.find((entry) => entry.minimumSeconds !== undefined)?.minimumSeconds;
  const audioTokens = applied.find((entry) => entry.audioTokens)?.audioTokens;
  const tiers = Object.assign({}, ...[...applied].reverse().map((entry) => entry.tiers)) as Record<
    string,
    number
  >;
  const searches = applied.find((entry) => entry.searches)?.searches;
  return {
    ...(Object.keys(tiers).length === 0 ? {} : { tiers }),
    ...(searches === undefined ? {} : { searches }),
    ...(minimumSeconds === undefined ? {} : { minimumSeconds }),
    ...(audioTokens === undefined ? {} : { audioTokens }),
  };
}

export const matches = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) =>
    pattern.includes('*')
      ? new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(text)
      : pattern === text,
  );

/** Prices of ours, with additions to what they do not name. */
export const complete = (own: PriceRow, applied: readonly Correction[]): PriceRow => ({
  ...(Object.assign({}, ...applied.map((entry) => entry.add)) as PriceRow),
  ...own,
});

/** A library row with additions and moved tiers applied. */
export function amend(row: PriceRow, applied: readonly Correction[]): PriceRow {
  const amended: Record<string, PriceValue | undefined> = { ...row };
  for (const { add, tierStart } of applied) {
    Object.assign(amended, add);
    if (tierStart) for (const key of Object.keys(amended)) amended[key] = moveTiers(amended[key], tierStart);
  }
  return amended;
}

function moveTiers(
  value: PriceValue | undefined,
  { from, to }: { from: number; to: number },
): PriceValue | undefined {
  if (value === undefined || typeof value === 'number') return value;
  const tiers = value.tiers.map((tier) => (tier.start === from ? { ...tier, start: to } : tier));
  return { base: value.base, tiers };
}
