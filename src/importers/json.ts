import type { Millis, NanoUsd } from '../shared/model';

/** Readers of fields that someone else wrote: what is not there, or is not what it should be, is `undefined`. */
export type Json = Readonly<Record<string, unknown>>;

/** String literals, so that they can be passed over, and the bare words that Python writes for floats JSON lacks. */
const stringsAndNonFinite = /"(?:[^"\\]+|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * The value of a JSON text, with bare NaN and Infinity read as null; undefined if it is no JSON. (`undefined` is no
 * JSON value, so the two cannot be confused.)
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined;
    try {
      return JSON.parse(
        text.replace(stringsAndNonFinite, (found) => (found.startsWith('"') ? found : 'null')),
      ) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** The value as an object; undefined for anything else, arrays included. */
export const object = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : [];

/** A text that says something; undefined when blank. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** An id or a name, which some writers store as a number. */
export const label = (value: unknown): string | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? String(value) : text(value);

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A finite number: as such, as a bigint, or as a decimal string. */
export function number(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && decimal.test(value) ? Number(value) : undefined;
}

/** More of anything in one call is nonsense, and sums of it could not be stored. */
const mostCounted = 1e12;
const mostNanoUsd = 1e15;

/** A count of tokens, rows or milliseconds: whole, not negative, at most 10^12. */
export function count(value: unknown): number | undefined {
  const read = number(value);
  return read === undefined || read < 0 || read > mostCounted ? undefined : Math.trunc(read);
}

/** An amount of USD in nano-dollars, rounded half up; undefined for none, a negative one and more than a million. */
export function usd(value: unknown): NanoUsd | undefined {
  const read = number(value);
  return read === undefined || read < 0 || read * 1e9 > mostNanoUsd ? undefined : Math.round(read * 1e9);
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * A point in time: ISO 8601 with `T` or a space, with a zone or without (then UTC), or a number (also as text) of
 * seconds, milli-, micro- or nanoseconds since the epoch. 1970-01-01 and before mean that it is not known.
 */
export function instant(value: unknown): Millis | undefined {
  if (typeof value === 'string') {
    const parts = iso.exec(value.trim());
    if (parts) return known(fromIso(parts));
  }
  const epoch = number(value);
  return known(epoch && Math.round(toMillis(epoch)));
}

/** The last millisecond of the year 9999. */
const latest = 253_402_300_799_999;

/** Writers with no time at hand write the zero of theirs: 1970, or the year 1 (Go, .NET). */
const known = (at: Millis | undefined): Millis | undefined =>
  at !== undefined && at > 0 && at <= latest ? at : undefined;

const toMillis = (epoch: number): number => {
  if (epoch < 1e11) return epoch * 1e3;
  if (epoch < 1e14) return epoch;
  return epoch < 1e17 ? epoch / 1e3 : epoch / 1e6;
};

function fromIso(parts: RegExpExecArray): Millis | undefined {
  const part = (index: number) => Number(parts[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  const millis = Math.floor(Number(`0.${parts[7] ?? '0'}`) * 1000);
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + millis - offset(parts[8]);
}

function offset(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

/** A vendor's name as the ledger writes it: lower case, `gemini` as `google`; undefined for none and for `unknown`. */
export function provider(value: unknown): string | undefined {
  const name = text(value)?.trim().toLowerCase();
  if (name === undefined || name === 'unknown' || name === 'none') return undefined;
  return name === 'gemini' ? 'google' : name;
}
