import { DateTime } from 'luxon';

/** A currency that amounts are shown in; what is stored, exported and priced stays US dollars. */
export interface Currency {
  /** ISO 4217, such as `EUR`. */
  readonly code: string;
  /** How much of it one US dollar is. */
  readonly perUsd: number;
  /** YYYY-MM-DD: the day of the rate. */
  readonly asOf?: string;
}

/** A currency, none for US dollars, or what is wrong with it as a sentence. */
export interface ParsedCurrency {
  readonly currency?: Currency;
  readonly problem?: string;
}

const keys = ['code', 'perUsd', 'asOf'];

/** As it stands in the settings: `{ "code": "EUR", "perUsd": 0.92, "asOf": "2026-11-01" }`; null is US dollars. */
export function parseCurrency(value: unknown): ParsedCurrency {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    return { problem: 'It has to be an object with "code", "perUsd" and "asOf".' };
  const stray = Object.keys(value).find((key) => !keys.includes(key));
  if (stray !== undefined) return { problem: `There is no "${stray}" in it, only ${keys.join(', ')}.` };
  const { code, perUsd, asOf } = value as Readonly<Record<string, unknown>>;
  const { currency, problem } = currencyAt(code, perUsd);
  if (problem !== undefined) return { problem };
  if (!isDay(asOf)) return { problem: '"asOf" has to be the day of the rate, such as "2026-11-01".' };
  return currency ? { currency: { ...currency, asOf } } : {};
}

/** A currency at a rate of no known day. */
export function currencyAt(code: unknown, perUsd: unknown): ParsedCurrency {
  if (!isCode(code)) return { problem: '"code" has to be a code of ISO 4217, such as "EUR".' };
  if (typeof perUsd !== 'number' || !isRate(perUsd))
    return {
      problem: `"perUsd" has to be a number from 0.000001 to 1,000,000,000: how much ${code} one US dollar is.`,
    };
  if (code !== 'USD') return { currency: { code, perUsd } };
  return perUsd === 1 ? {} : { problem: 'A US dollar is worth one: set "perUsd" to 1, or another "code".' };
}

const isCode = (code: unknown): code is string =>
  typeof code === 'string' && Intl.supportedValuesOf('currency').includes(code);

/** Beyond these a rate is a slip of the pen, and digits would be lost. */
const isRate = (perUsd: number): boolean => perUsd >= 1e-6 && perUsd <= 1e9;

const isDay = (day: unknown): day is string =>
  typeof day === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(day) && DateTime.fromISO(day).isValid;
