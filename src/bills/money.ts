import { BillProblem } from './problem';

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Sums of a bill have to stay exact integers: at most nine million units of a currency. */
const mostNano = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A decimal text as an integer of 10^-`places`, rounded half away from zero, without a float on the way. Undefined for
 * what is no number. @throws BillProblem for more than a bill can be.
 */
export function exactInteger(text: string, places: number): number | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = decimal.exec(text.trim()) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const shift = places + Number(exponent) - fraction.length;
  if (shift > 60) throw tooMuch(text);
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : rounded(digits, -shift);
  if (value > mostNano) throw tooMuch(text);
  return value === 0n ? 0 : Number(sign === '-' ? -value : value);
}

/** Of USD in dollars. */
export const nanoOfUnits = (text: string): number | undefined => exactInteger(text, 9);
/** Of USD in cents. */
export const nanoOfCents = (text: string): number | undefined => exactInteger(text, 7);

/** A count of tokens or requests, also as `12.0`; undefined for a negative one and for none. */
export function countOf(text: string): number | undefined {
  const count = exactInteger(text, 0);
  return count === undefined || count < 0 ? undefined : count;
}

const rounded = (digits: bigint, places: number): bigint => {
  const unit = 10n ** BigInt(places);
  return (digits + unit / 2n) / unit;
};

const tooMuch = (text: string): BillProblem =>
  new BillProblem(`it has an amount of ${text.slice(0, 40)}, which is more than can be kept: correct it`);

const symbols: Readonly<Record<string, string>> = {
  $: 'USD',
  US$: 'USD',
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
};

/** An amount as people write it, in parts. */
interface Written {
  readonly negative: boolean;
  /** Digits with separators. */
  readonly digits: string;
  readonly currency: string | undefined;
}

const written = /^([^\d.,()+-]*)(\d[\d.,]*|[.,]\d+)((?:[eE][+-]?\d+)?)([^\d.,()+-]*)$/;

function writtenIn(text: string): Written | undefined {
  const plain = text.replace(/[\s\u00a0\u202f'’_]/g, '').replace(/\u2212/g, '-');
  const negative = /^\(.*\)$/.test(plain) || /^[^\d]*-|-$/.test(plain);
  const unsigned = plain.replace(/^\((.*)\)$/, '$1').replace(/[+-](?=[^\d]*\d)|-$/, '');
  const [, before = '', digits, exponent = '', after = ''] = written.exec(unsigned) ?? [];
  if (digits === undefined || (before !== '' && after !== '')) return undefined;
  return { negative, digits: digits + exponent, currency: currencyIn(before || after) };
}

function currencyIn(unit: string): string | undefined {
  if (unit === '') return undefined;
  return symbols[unit] ?? (/^[A-Za-z]{3}$/.test(unit) ? unit.toUpperCase() : unit);
}

/** What a value says of the decimal sign: itself, its opposite, or nothing. */
function signTold(digits: string): ',' | '.' | undefined {
  const last = /[.,](?=[^.,]*$)/.exec(digits)?.[0] as ',' | '.' | undefined;
  if (last === undefined) return undefined;
  const other = last === ',' ? '.' : ',';
  if (digits.includes(other)) return last;
  if (digits.split(last).length > 2) return other;
  // One separator with three digits after it may be either.
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) ? undefined : last;
}

/** Reads the amounts of a column in one way. */
export type AmountReader = (
  text: string,
) => { readonly nano: number; readonly currency?: string } | undefined;

/**
 * How the amounts of a column are written: `1,234.56`, `1.234,56`, `$5`, `(5.00)`, `5 EUR`. @throws BillProblem where
 * the decimal sign cannot be told.
 */
export function amountReader(values: readonly string[]): AmountReader {
  const all = values.map(writtenIn).filter((value) => value !== undefined);
  const told = new Set(all.map(({ digits }) => signTold(digits)));
  if (told.has(',') && told.has('.'))
    throw new BillProblem('its amounts have commas and points as decimal signs: write them in one way');
  const unclear = all.find(({ digits }) => digits.includes(',') && signTold(digits) === undefined);
  if (unclear && !told.has(',') && !told.has('.'))
    throw new BillProblem(
      `it cannot be told whether ${unclear.digits} has decimals or thousands: export it with points as decimal signs`,
    );
  const sign = told.has(',') ? ',' : '.';
  return (text) => {
    const value = writtenIn(text);
    if (!value) return undefined;
    const grouping = sign === ',' ? /\./g : /,/g;
    const nano = nanoOfUnits(value.digits.replace(grouping, '').replace(',', '.'));
    if (nano === undefined) return undefined;
    const signed = value.negative && nano !== 0 ? -nano : nano;
    return { nano: signed, ...(value.currency === undefined ? {} : { currency: value.currency }) };
  };
}
