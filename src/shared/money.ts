import { decimalUsd, formatCount } from './format';
import type { Currency } from './currency';
import type { NanoUsd, Totals } from './model';

/**
 * How amounts are put into words, in US dollars or another currency. Takes nano-dollars and converts once, when it
 * shows: add up first. Amounts that are US dollars whatever is chosen (rates, limits of the settings) go by `usd`.
 */
export interface Money {
  /** Absent for US dollars. */
  readonly currency?: Currency;
  /** With enough digits to be true and no more: `$1,234`, `$12.34`, `$0.123`, `$0.00012`, `$0`. */
  readonly format: (nano: NanoUsd) => string;
  /** For hovers and details: `$1,234.000000001`, beside it what that is in another currency: `$0.0125 ≈ €0.012`. */
  readonly exact: (nano: NanoUsd) => string;
  /** A difference: `-$1.17`, `+$0.03`, `$0`. */
  readonly signed: (nano: NanoUsd) => string;
  /** `EUR at 0.92 per USD, 2026-11-01`: stands once where a total does. Empty for US dollars. */
  readonly note: string;
  /** For drawing: in whole units of the currency. */
  readonly units: (nano: NanoUsd) => number;
  /** One of the marks of an axis, which are in units: cents only where some mark needs them. */
  readonly mark: (units: number, marks: readonly number[]) => string;
}

/** The format for a currency; without one for US dollars. Made once, and again when the settings change. */
export function moneyFormat(currency?: Currency): Money {
  const say = amountFormat(currency?.code ?? 'USD');
  const rate = currency?.perUsd ?? 1;
  // What a decimal of 15 digits cannot hold is an error of binary fractions: 12.345, not 12.344999999999999.
  const units = (nano: NanoUsd): number => Number(((nano / 1e9) * rate).toPrecision(15));
  const format = (nano: NanoUsd): string => say(units(nano));
  const exact = (nano: NanoUsd): string =>
    currency && nano !== 0 ? `${exactUsd(nano)} ≈ ${format(nano)}` : exactUsd(nano);
  return {
    ...(currency ? { currency } : {}),
    format,
    exact,
    signed: (nano) => `${nano > 0 ? '+' : ''}${format(nano)}`,
    note: currency ? rateText(currency) : '',
    units,
    mark: (value, marks) => say(value, marks.every(Number.isInteger)),
  };
}

function rateText({ code, perUsd, asOf }: Currency): string {
  const rate = perUsd.toLocaleString('en-US', { maximumSignificantDigits: 15 });
  return `${code} at ${rate} per USD${asOf === undefined ? '' : `, ${asOf}`}`;
}

type Digits = readonly [least: number, most: number];

/** Amounts of a currency, each to its digits; formats are made when they are first needed, since that takes a while. */
function amountFormat(code: string): (units: number, isWhole?: boolean) => string {
  const made = new Map<string, Intl.NumberFormat>();
  const formatOf = ([least, most]: Digits): Intl.NumberFormat => {
    const key = `${least} ${most}`;
    let format = made.get(key);
    if (!format) {
      const digits = { minimumFractionDigits: least, maximumFractionDigits: most };
      made.set(
        key,
        (format = new Intl.NumberFormat('en-US', { style: 'currency', currency: code, ...digits })),
      );
    }
    return format;
  };
  let minor: number | undefined;
  return (units, isWhole = false) => {
    if (units === 0 || isWhole) return formatOf([0, 0]).format(units || 0);
    minor ??= minorDigits(code);
    return formatOf(digitsOf(Math.abs(units), minor)).format(units);
  };
}

/** Two for cents; none for yen, three for dinars. */
const minorDigits = (code: string): number =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: code }).resolvedOptions()
    .maximumFractionDigits ?? 2;

/** None from a thousand on, cents from a hundred cents on, a tenth of them from ten on, two digits of what is smaller. */
function digitsOf(units: number, minor: number): Digits {
  if (units >= 1000 - 0.5 * 10 ** -minor) return [0, 0];
  const cents = units * 10 ** minor;
  if (cents >= 100) return [minor, minor];
  if (cents >= 10) return [minor, minor + 1];
  const power = Number(units.toExponential().split('e')[1]);
  return [minor, Math.min(20, 1 - power)];
}

/** The exact amount for people, all decimals that there are. */
function exactUsd(nano: NanoUsd): string {
  const [whole = '0', fraction] = decimalUsd(Math.abs(nano)).split('.');
  return `${nano < 0 ? '-' : ''}$${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** Amounts that stay US dollars, whatever currency is chosen. */
export const usd = moneyFormat();

/** A sum and what it is not made of: `$12.34 · 3 calls unpriced · 2 inexact`. */
export function costLabel(
  totals: Pick<Totals, 'cost' | 'calls' | 'unpricedCalls' | 'inexactCalls' | 'includedCalls'>,
  amount: (nano: NanoUsd) => string,
): string {
  const { calls, unpricedCalls, inexactCalls, includedCalls } = totals;
  const nothingPriced = calls > 0 && unpricedCalls === calls;
  return [
    nothingPriced ? '' : amount(totals.cost),
    unpricedCalls > 0
      ? `${formatCount(unpricedCalls)} ${unpricedCalls === 1 ? 'call' : 'calls'} unpriced`
      : '',
    inexactCalls > 0 ? `${formatCount(inexactCalls)} inexact` : '',
    includedCalls > 0 ? `${formatCount(includedCalls)} included` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
