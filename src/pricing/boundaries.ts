import type { Rates } from './rates';

/** From how many input tokens on a model has other prices, the lowest first. */
export function boundariesOf(rates: Rates | undefined): readonly number[] {
  if (!rates) return [];
  const all = Object.values(rates).flatMap((rate) =>
    isTiered(rate) ? rate.tiers.map(({ over }) => over) : [],
  );
  return [...new Set(all)].sort((a, b) => a - b);
}

const isTiered = (rate: unknown): rate is { readonly tiers: readonly { readonly over: number }[] } =>
  typeof rate === 'object' && rate !== null && 'tiers' in rate && Array.isArray(rate.tiers);
