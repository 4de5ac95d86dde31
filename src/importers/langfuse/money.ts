import type { NanoUsd } from '../../shared/model';

const parts = /^\s*\+?(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?\s*$/i;
/** Prices have up to 12 digits behind the point; 18 keep the sum of a few buckets exact. */
const digits = 18;
/** A million USD for one call is nonsense. */
const largest = 1e15;
const nano = 10n ** BigInt(digits - 9);

/**
 * The sum of amounts in USD, as decimal texts or numbers, added up exactly and rounded once to nano-dollars, half up.
 * Undefined if one of them is no amount, is negative (-1 stands for "not asked for"), or if there are none.
 */
export function nanoUsd(...amounts: readonly unknown[]): NanoUsd | undefined {
  let sum = 0n;
  for (const amount of amounts) {
    const read = scaled(amount);
    if (read === undefined) return undefined;
    sum += read;
  }
  const rounded = Number((sum + nano / 2n) / nano);
  return amounts.length > 0 && rounded <= largest ? rounded : undefined;
}

/** The amount times ten to the power of `digits`. A number's shortest decimal spelling is what the file says. */
function scaled(amount: unknown): bigint | undefined {
  if (typeof amount !== 'string' && typeof amount !== 'number') return undefined;
  const found = parts.exec(String(amount));
  const whole = found?.[1] ?? '';
  const fraction = found?.[2] ?? '';
  if (whole + fraction === '' || whole.length + fraction.length > 100) return undefined;
  const shift = digits + Number(found![3] ?? 0) - fraction.length;
  if (shift > 2 * digits) return undefined;
  const value = BigInt(whole + fraction);
  return shift >= 0 ? value * 10n ** BigInt(shift) : value / 10n ** BigInt(-shift);
}
