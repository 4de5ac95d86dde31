import { providerId } from './modelNames';
import { isListed } from './prices';
import type { PriceRow, PriceValue } from './rates';
import type { UserPrice } from './userPrices';
import type { Millis } from '../shared/model';

type Members = Readonly<Record<string, unknown>>;

class Wrong extends Error {}

/** What is wrong with the user's prices, a sentence an entry; none of them may be used then. */
export interface ParsedPrices {
  readonly prices: readonly UserPrice[];
  readonly problems: readonly string[];
}

const mostEntries = 1000;
const longestName = 200;
const mostStars = 5;
/** US dollars: more for a million tokens or an hour is a slip of a unit. */
const highestPrice = 1_000_000;

const tokenColumns: Readonly<Record<string, string>> = {
  input: 'input_mtok',
  output: 'output_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  audioInput: 'input_audio_mtok',
  audioCached: 'cache_audio_read_mtok',
  audioOutput: 'output_audio_mtok',
  reasoning: 'output_reasoning_mtok',
};
const hourColumns: Readonly<Record<string, string>> = {
  audioInput: 'input_audio_hours',
  audioOutput: 'output_audio_hours',
};
/** The table counts requests and searches in thousands. */
const feeColumns: Readonly<Record<string, readonly [column: string, times: number]>> = {
  perRequest: ['requests_kcount', 1000],
  perWebSearch: ['web_searches_kcount', 1000],
  perImage: ['images', 1],
};
const factorNames = ['batch', 'flex', 'priority', 'fast'];
const entryNames = [
  ...['provider', 'model', 'from', 'until', 'prices', 'tiers', 'perHour'],
  ...[...Object.keys(feeColumns), 'factors', 'sameAs', 'source', 'note'],
];
/** What says what a model costs: with `sameAs` the other model does. */
const pricingNames = ['prices', 'tiers', 'perHour', ...Object.keys(feeColumns), 'factors'];

const theSetting = 'the setting traceLedger.prices';

/** A list of prices as somebody wrote it: all of it, or what is wrong with each entry that is. `where`: where it stands. */
export function parseUserPrices(value: unknown, where: string = theSetting): ParsedPrices {
  const place = `${where[0]!.toUpperCase()}${where.slice(1)}`;
  if (!Array.isArray(value)) return refused(`${place} is to be a list of prices.`);
  if (value.length > mostEntries)
    return refused(`${place} has more than ${mostEntries} entries; leave out some.`);
  const read = (value as unknown[]).map((entry, i) => readEntry(entry, i, where));
  const problems = read.filter((one) => typeof one === 'string');
  if (problems.length > 0) return { prices: [], problems };
  const prices = read as readonly UserPrice[];
  const overlaps = overlapsOf(prices, where);
  return overlaps.length > 0
    ? { prices: [], problems: overlaps }
    : { prices: consecutive(prices), problems: [] };
}

const refused = (problem: string): ParsedPrices => ({ prices: [], problems: [problem] });

const said = (i: number, name: unknown, where: string, reason: string): string =>
  `Entry ${i + 1}${typeof name === 'string' && name !== '' ? ` (${name.slice(0, 60)})` : ''} of ${where}: ${reason}.`;

function readEntry(entry: unknown, i: number, where: string): UserPrice | string {
  try {
    const price = priceOf(membersOf(entry, 'it is to be an object'));
    return where === theSetting || price.source !== undefined ? price : { ...price, source: where };
  } catch (error) {
    if (error instanceof Wrong) return said(i, (entry as Members | null)?.model, where, error.message);
    throw error;
  }
}

function priceOf(entry: Members): UserPrice {
  known(entry, entryNames, '');
  const priced = entry.sameAs === undefined ? { row: rowOf(entry) } : { sameAs: otherModelOf(entry) };
  const provider = textOf(entry.provider, 'provider');
  return {
    model: modelOf(entry.model),
    ...priced,
    text: JSON.stringify(entry),
    ...datesOf(entry),
    ...given({
      provider: provider === undefined ? undefined : providerId(provider),
      factors: entry.factors === undefined ? undefined : factorsOf(entry.factors),
      source: textOf(entry.source, 'source'),
      note: textOf(entry.note, 'note'),
    }),
  };
}

function datesOf(entry: Members): Pick<UserPrice, 'from' | 'until'> {
  const from = instantOf(entry.from, 'from');
  const until = instantOf(entry.until, 'until');
  if (from !== undefined && until !== undefined && until <= from) throw new Wrong('until is not after from');
  return given({ from, until });
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are undefined. */
const given = <T extends object>(members: T): Given<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;

function modelOf(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > longestName)
    throw new Wrong('model is to name a model, exactly or with * for any text');
  const model = value.trim().toLowerCase();
  if (!/[\p{L}\p{N}]/u.test(model)) throw new Wrong(`the model ${value} fits everything; name a part of it`);
  if (model.split('*').length - 1 > mostStars) throw new Wrong(`model has more than ${mostStars} *`);
  return model;
}

/** Only a listed model can be named: so what is taken is a price, and never another entry. */
function otherModelOf(entry: Members): string {
  const name = textOf(entry.sameAs, 'sameAs')!;
  const stray = pricingNames.find((one) => entry[one] !== undefined);
  if (stray !== undefined)
    throw new Wrong(`sameAs takes the prices of another model, so ${stray} is to be left out`);
  if (!isListed(name))
    throw new Wrong(
      `no list has a price of ${name.slice(0, 60)}, which sameAs names; name one such as anthropic/claude-sonnet-4-5`,
    );
  return name;
}

function rowOf(entry: Members): PriceRow {
  const tokens = entry.prices === undefined ? {} : columnsOf(entry.prices, tokenColumns, 'prices');
  const hours = entry.perHour === undefined ? {} : columnsOf(entry.perHour, hourColumns, 'perHour');
  const fees = Object.entries(feeColumns).flatMap(([name, [column, times]]) =>
    entry[name] === undefined ? [] : [[column, times * amountOf(entry[name], name)] as const],
  );
  const row = { ...withTiers(tokens, entry.tiers), ...hours, ...Object.fromEntries(fees) };
  if (Object.keys(row).every((column) => column === 'web_searches_kcount'))
    throw new Wrong('it names no price: prices, perHour, perRequest or perImage is missing');
  return row;
}

type Row = Readonly<Record<string, number>>;

function columnsOf(value: unknown, columns: Readonly<Record<string, string>>, where: string): Row {
  const members = membersOf(value, `${where} is to be an object of prices by name`);
  known(members, Object.keys(columns), `${where}.`);
  return Object.fromEntries(
    Object.entries(members).map(([name, price]) => [columns[name]!, amountOf(price, `${where}.${name}`)]),
  );
}

/** Prices of long requests, put to those of short ones. */
function withTiers(base: Row, value: unknown): PriceRow {
  if (value === undefined) return base;
  if (!Array.isArray(value) || value.length === 0)
    throw new Wrong('tiers is to be a list of {above, prices}');
  const tiers = (value as unknown[]).map((tier) => tierOf(tier, base));
  const starts = tiers.map(({ start }) => start);
  if (new Set(starts).size < starts.length) throw new Wrong('two tiers are above the same number of tokens');
  const columns = Object.entries(base).map(([column, price]): [string, PriceValue] => {
    const steps = tiers.flatMap(({ start, row }) =>
      row[column] === undefined ? [] : [{ start, price: row[column] }],
    );
    return [column, steps.length === 0 ? price : { base: price, tiers: steps }];
  });
  return Object.fromEntries(columns);
}

function tierOf(value: unknown, base: Row): { readonly start: number; readonly row: Row } {
  const tier = membersOf(value, 'tiers is to be a list of {above, prices}');
  known(tier, ['above', 'prices'], 'tiers.');
  const start = amountOf(tier.above, 'tiers.above', Number.MAX_SAFE_INTEGER);
  if (!Number.isInteger(start)) throw new Wrong('tiers.above is to be a whole number of input tokens');
  const row = columnsOf(tier.prices, tokenColumns, 'tiers.prices');
  const stray = Object.keys(row).find((column) => base[column] === undefined);
  if (stray !== undefined) {
    const [name] = Object.entries(tokenColumns).find(([, column]) => column === stray)!;
    throw new Wrong(`tiers.prices.${name} has no price for short requests in prices.${name}`);
  }
  return { start, row };
}

function factorsOf(value: unknown): Row {
  const factors = membersOf(value, 'factors is to be an object of factors by service tier');
  known(factors, factorNames, 'factors.');
  return Object.fromEntries(
    Object.entries(factors).map(([name, factor]) => [name, amountOf(factor, `factors.${name}`, 100)]),
  );
}

function amountOf(value: unknown, name: string, most = highestPrice): number {
  if (value === undefined) throw new Wrong(`${name} is missing`);
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Wrong(`${name} is to be a number`);
  if (value < 0) throw new Wrong(`${name} is negative`);
  if (value > most) throw new Wrong(`${name} is more than ${most}`);
  return value;
}

/** A day, which begins at midnight UTC, or an instant with its offset. */
function instantOf(value: unknown, name: string): Millis | undefined {
  if (value === undefined) return undefined;
  const parts =
    typeof value === 'string'
      ? /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(value)
      : null;
  const [text = '', day = ''] = parts ?? [];
  // Days that no month has are not passed on to the next.
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day);
  const at = isDay ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new Wrong(`${name} is to be a date such as 2026-03-01`);
  return at;
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > 1000)
    throw new Wrong(`${name} is to be a text of at most 1000 characters`);
  return value.trim();
}

function membersOf(value: unknown, sentence: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Wrong(sentence);
  return value as Members;
}

function known(members: Members, names: readonly string[], where: string): void {
  const stray = Object.keys(members).find((name) => !names.includes(name));
  if (stray !== undefined) throw new Wrong(`there is no ${where}${stray}; it has ${names.join(', ')}`);
}

const keyOf = ({ provider, model }: UserPrice): string => `${provider ?? ''}\n${model}`;
const startOf = ({ from }: UserPrice): number => from ?? -Infinity;

/** Of the same model and provider, the one that began before it; undefined for the first. */
function before(prices: readonly UserPrice[], price: UserPrice): UserPrice | undefined {
  const earlier = prices.filter(
    (other) => other !== price && keyOf(other) === keyOf(price) && startOf(other) <= startOf(price),
  );
  return earlier.sort((a, b) => startOf(b) - startOf(a))[0];
}

function overlapsOf(prices: readonly UserPrice[], where: string): readonly string[] {
  return prices.flatMap((price, i) => {
    const last = before(prices, price);
    if (!last) return [];
    const sameStart = startOf(last) === startOf(price);
    if (sameStart && prices.indexOf(last) > i) return [];
    if (!sameStart && (last.until === undefined || last.until <= startOf(price))) return [];
    const other = prices.indexOf(last) + 1;
    const reason = `its dates overlap those of entry ${other}; correct from or until`;
    return [said(i, price.model, where, reason)];
  });
}

/** An entry without an end holds until the next of its model begins. */
const consecutive = (prices: readonly UserPrice[]): readonly UserPrice[] =>
  prices.map((price) => {
    if (price.until !== undefined) return price;
    const next = prices
      .filter((other) => keyOf(other) === keyOf(price) && startOf(other) > startOf(price))
      .sort((a, b) => startOf(a) - startOf(b))[0];
    return next?.from === undefined ? price : { ...price, until: next.from };
  });
