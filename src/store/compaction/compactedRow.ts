import { detailOf } from '../details';
import { flag, measureColumns, measuresOf, usageColumns } from '../measures';
import { slotOf } from '../slots';
import type { PlacedCall } from '../callRow';
import type { Measures, StoredCall } from '../measures';
import type { PricedCall } from '../../pricing/cost';
import type { SqlValue } from '../../sqlite/connection';

/** What is added up of the calls of a row, in this order. */
export const compactedSums = [
  ...usageColumns,
  'web_searches',
  'recorded',
  'recorded_elsewhere',
  'computed',
] as const;

/** What calls of one row have in common, in the order of the table's columns. */
export const keyColumns = [
  ...[
    'session',
    'slot',
    'model',
    'source',
    'agent',
    'command',
    'error',
    'tier',
    'class',
    'above',
    'priced_by',
  ],
] as const;

export const compactedColumns = [
  ...keyColumns,
  ...['daily', 'calls', 'first_at', 'last_at', 'least_input', 'most_input'],
  ...compactedSums,
];

/** Calls that are kept as sums: all of one quarter hour or day, and priced in one way. */
export interface CompactedRow {
  readonly session: number;
  readonly slot: number;
  readonly model: number;
  readonly source: number;
  /** 0: the session itself. */
  readonly agent: number;
  /** '' for none; the same of the class of error, and of the tier. */
  readonly command: string;
  readonly error: string;
  readonly tier: string;
  readonly class: number;
  readonly above: number;
  /** Id in `price_version`; 0 where it was not kept. */
  readonly pricedBy: number;
  readonly daily: boolean;
  readonly calls: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly leastInput: number;
  readonly mostInput: number;
  /** In the order of `compactedSums`. */
  readonly sums: readonly number[];
}

/**
 * Bits of `class`, above those of `call.flags`: which amounts are known, whether the calls used anything, and whether their
 * parts are at odds with their wholes.
 */
const known = {
  ...{ recorded: 1 << 16, recordedElsewhere: 1 << 17, computed: 1 << 18, used: 1 << 19, odd: 1 << 20 },
} as const;

/** Flags that say nothing any more once a call is a part of a sum. */
const spent = flag.joins | flag.acrossFormats | flag.cachedInside | flag.cachedPutBack;

const classOf = ({ flags, recorded, recordedElsewhere, computed, usage }: StoredCall): number =>
  (flags & ~spent) |
  (recorded === undefined ? 0 : known.recorded) |
  (recordedElsewhere === undefined ? 0 : known.recordedElsewhere) |
  (computed === undefined ? 0 : known.computed) |
  (usage.some((count) => count > 0) ? known.used : 0) |
  (isOdd(usage) ? known.odd : 0);

/** More reasoning than output, more kept for an hour than written: what a price makes of these is no sum. */
const isOdd = (usage: readonly number[]): boolean =>
  usage[4]! > usage[3]! || usage[8]! > usage[2]! || usage.some((count) => count < 0);

export const isOddRow = (row: CompactedRow): boolean => (row.class & known.odd) !== 0;

/** By what price tiers go. */
export const totalInputOf = (usage: readonly number[]): number => usage[0]! + usage[1]! + usage[2]!;

/** A call with a known time as a row of its own. `boundaries`: from how much input on its price is another one. */
export function rowOfCall(call: PlacedCall, at: number, boundaries: readonly number[]): CompactedRow {
  const input = totalInputOf(call.usage);
  const [command, error] = detailOf(call);
  // Written out like `callRow.ts`, and for the same reason.
  return {
    session: call.session,
    slot: slotOf(at),
    model: call.model,
    source: call.source,
    agent: call.agent ?? 0,
    command,
    error,
    tier: call.tier ?? '',
    class: classOf(call),
    above: boundaries.reduce((above, over) => (input > over ? Math.max(above, over) : above), 0),
    pricedBy: call.pricedBy ?? 0,
    daily: false,
    calls: 1,
    firstAt: at,
    lastAt: at,
    leastInput: input,
    mostInput: input,
    sums: [
      ...call.usage,
      call.webSearches ?? 0,
      call.recorded ?? 0,
      call.recordedElsewhere ?? 0,
      call.computed ?? 0,
    ],
  };
}

export const keyOfRow = (row: CompactedRow): string => JSON.stringify(keyValuesOf(row));

/** What of a row follows from its price. */
export interface RowPrice extends Pick<CompactedRow, 'class' | 'pricedBy'> {
  /** Of all its calls together. */
  readonly computed: number;
}

/** Two rows with the same key as one. */
export const joinRows = (a: CompactedRow, b: CompactedRow): CompactedRow => ({
  session: a.session,
  slot: a.slot,
  model: a.model,
  source: a.source,
  agent: a.agent,
  command: a.command,
  error: a.error,
  tier: a.tier,
  class: a.class,
  above: a.above,
  pricedBy: a.pricedBy,
  daily: a.daily && b.daily,
  calls: a.calls + b.calls,
  firstAt: Math.min(a.firstAt, b.firstAt),
  lastAt: Math.max(a.lastAt, b.lastAt),
  leastInput: Math.min(a.leastInput, b.leastInput),
  mostInput: Math.max(a.mostInput, b.mostInput),
  sums: a.sums.map((sum, i) => sum + b.sums[i]!),
});

export function compactedFrom(row: readonly SqlValue[]): CompactedRow {
  const [
    session,
    slot,
    model,
    source,
    agent,
    command,
    error,
    tier,
    ofClass,
    above,
    pricedBy,
    daily,
    ...rest
  ] = row;
  const [calls, firstAt, lastAt, leastInput, mostInput, ...sums] = rest as number[];
  return {
    session: session as number,
    slot: slot as number,
    model: model as number,
    source: source as number,
    agent: agent as number,
    command: command as string,
    error: error as string,
    tier: tier as string,
    class: ofClass as number,
    above: above as number,
    pricedBy: pricedBy as number,
    daily: daily === 1,
    calls: calls!,
    firstAt: firstAt!,
    lastAt: lastAt!,
    leastInput: leastInput!,
    mostInput: mostInput!,
    sums,
  };
}

/** In the order of `keyColumns`. */
export const keyValuesOf = (row: CompactedRow): SqlValue[] => [
  ...[row.session, row.slot, row.model, row.source, row.agent],
  ...[row.command, row.error, row.tier, row.class, row.above, row.pricedBy],
];

export const valuesOf = (row: CompactedRow): SqlValue[] => [
  ...keyValuesOf(row),
  ...[row.daily ? 1 : 0, row.calls, row.firstAt, row.lastAt, row.leastInput, row.mostInput],
  ...row.sums,
];

const sumAt = (name: (typeof compactedSums)[number]): number => compactedSums.indexOf(name);
const [recordedAt, elsewhereAt, computedAt, searchesAt] = [
  ...[sumAt('recorded'), sumAt('recorded_elsewhere'), sumAt('computed'), sumAt('web_searches')],
] as [number, number, number, number];

/** The calls of a row as if they were one: amounts are theirs together, all else is true of each. */
export function asOneCall(row: CompactedRow): StoredCall & { readonly webSearches: number } {
  const amount = (at: number, isKnown: number): number | undefined =>
    (row.class & isKnown) === 0 ? undefined : row.sums[at]!;
  return {
    usage: row.sums.slice(0, usageColumns.length),
    recorded: amount(recordedAt, known.recorded),
    recordedElsewhere: amount(elsewhereAt, known.recordedElsewhere),
    computed: amount(computedAt, known.computed),
    flags: row.class & 0xffff,
    webSearches: row.sums[searchesAt]!,
  };
}

export const priceOfRow = (row: CompactedRow): RowPrice => ({
  ...{ class: row.class, pricedBy: row.pricedBy, computed: row.sums[computedAt]! },
});

/** The row of the same calls with another price. */
export const withPrice = (row: CompactedRow, price: RowPrice): CompactedRow => ({
  ...row,
  class: price.class,
  pricedBy: price.pricedBy,
  sums: row.sums.map((sum, i) => (i === computedAt ? price.computed : sum)),
});

/** The same, priced as was worked out of all its calls together. */
export function atPrice(row: CompactedRow, priced: PricedCall, pricedBy: number): CompactedRow {
  const { computed, computedExact, included } = priced;
  const told = row.class & ~(flag.computedExact | flag.included | known.computed);
  const follows =
    (computedExact ? flag.computedExact : 0) |
    (included ? flag.included : 0) |
    (computed === undefined ? 0 : known.computed);
  return withPrice(row, { class: told | follows, pricedBy, computed: computed ?? 0 });
}

const counts: ReadonlySet<string> = new Set([
  ...['calls', 'errors', 'unpriced_auto', 'unpriced_recorded', 'unpriced_computed'],
  ...['inexact_auto', 'inexact_recorded', 'inexact_computed', 'included_calls'],
]);
const isCount = measureColumns.map((name) => counts.has(name));

/** What the calls of a row add to every rollup: the same as they did one by one. */
export const measuresOfRow = (row: CompactedRow): Measures =>
  measuresOf(asOneCall(row)).map((value, i) => (isCount[i] ? value * row.calls : value));

/** SQL: rows of calls, not of failures that never were one. */
export const isOfCalls = `class & ${flag.noCall} = 0`;
