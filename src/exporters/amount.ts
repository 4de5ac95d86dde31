import type { NanoUsd } from '../shared/model';

/** Nano-dollars as a number in USD; the nearest double prints as the exact decimal again. */
export const usd = (nano: NanoUsd): number => nano / 1e9;
export const usdOrNull = (nano: NanoUsd | null): number | null => (nano === null ? null : usd(nano));

/** A number in decimal notation, without an exponent: `0.000000001`, not `1e-9`. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return '';
  const text = String(value);
  return text.includes('e') ? value.toFixed(9).replace(/\.?0+$/, '') : text;
}
