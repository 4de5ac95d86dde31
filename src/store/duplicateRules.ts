import { flag } from './measures';
import type { PlacedCall } from './callRow';

/** A call with what tells it from others. */
export interface Told {
  readonly id: number;
  readonly call: Pick<PlacedCall, 'usage' | 'at' | 'flags' | 'rank'>;
  readonly importer: string;
  readonly model: string;
  readonly key: string;
}

/** Calls of different formats are one only if they are nearer than that. */
export const pairingMillis = 60_000;

export const tokensOf = ({ usage }: Pick<PlacedCall, 'usage'>): number =>
  usage.slice(0, 4).reduce((sum, tokens) => sum + tokens, 0);

/**
 * The calls of one account that do not count, each with one that counts in its stead: those of a higher rank than the
 * lowest there is, then of each call that does not say which of the others it is and that other, the smaller.
 */
export function accountDuplicates(told: readonly Told[]): Map<number, number> {
  const duplicates = new Map<number, number>();
  const lowest = told.reduce((low, { call }) => Math.min(low, call.rank ?? 0), Infinity);
  const counting = told.filter(({ call }) => (call.rank ?? 0) === lowest).sort(largestFirst);
  const named = counting.filter(({ call }) => (call.flags & flag.joins) === 0);
  for (const [at, other] of counting.filter(({ call }) => (call.flags & flag.joins) !== 0).entries()) {
    const one = named[Math.min(at, named.length - 1)];
    if (!one) continue;
    // Of two joining ones only the larger may take its place.
    const isLarger = at < named.length && tokensOf(other.call) > tokensOf(one.call);
    if (isLarger) duplicates.set(one.id, other.id);
    else duplicates.set(other.id, duplicates.get(one.id) ?? one.id);
  }
  const winner = counting.find(({ id }) => !duplicates.has(id));
  for (const { id, call } of told) if ((call.rank ?? 0) > lowest && winner) duplicates.set(id, winner.id);
  return duplicates;
}

const largestFirst = (a: Told, b: Told): number => tokensOf(b.call) - tokensOf(a.call) || byKey(a, b);

const byKey = (a: Told, b: Told): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id);

/**
 * The calls with one response id that another format tells too, each with the one that counts: model and all token
 * buckets equal, less than `pairingMillis` apart, each call paired once. The format that recorded exact costs goes first,
 * and before all of them `settled` ones, which count or not whatever else is told.
 */
export function crossFormatDuplicates(
  told: readonly Told[],
  settled: readonly SettledUse[] = [],
): Map<number, number> {
  const duplicates = new Map<number, number>();
  const fixed = new Map(settled.map((one) => [one.id, one]));
  for (const near of groupsOf([...told, ...settled], signatureOf).flatMap(nearEachOther)) {
    let winners = near.filter(({ id }) => fixed.get(id)?.counts === true);
    const spent = near.filter(({ id }) => fixed.get(id)?.counts === false);
    const open = near.filter(({ id }) => !fixed.has(id));
    for (const format of groupsOf(open, ({ importer }) => importer).sort(exactFirst)) {
      const own = pair(format, freeFor(format[0]!.importer, winners, spent), duplicates);
      winners = [...winners, ...own].sort(byTime);
    }
  }
  return duplicates;
}

/** A use that counts, or does not because one of another format does. */
export interface SettledUse extends Told {
  readonly counts: boolean;
}

/** Those that a format's calls may be paired with: of other formats, and not the pair of a settled call of its own. */
function freeFor(importer: string, winners: readonly Told[], spent: readonly Told[]): readonly Told[] {
  const others = winners.filter((one) => one.importer !== importer);
  const pairs = new Map<number, number>();
  pair(
    spent.filter((one) => one.importer === importer),
    others,
    pairs,
  );
  const taken = new Set(pairs.values());
  return taken.size === 0 ? others : others.filter(({ id }) => !taken.has(id));
}

const timeOf = ({ call }: Told): number => call.at ?? 0;
const byTime = (a: Told, b: Told): number => timeOf(a) - timeOf(b) || byKey(a, b);

/** Where no call of one part is near one of another: what is decided in one says nothing of the others. */
function nearEachOther(told: Told[]): Told[][] {
  const parts: Told[][] = [];
  for (const one of told.sort(byTime)) {
    const part = parts.at(-1);
    if (part && timeOf(one) - timeOf(part.at(-1)!) < pairingMillis) part.push(one);
    else parts.push([one]);
  }
  return parts;
}

/** Both in the order of time, so that as many are paired as can be. @returns those without a winner. */
function pair(format: readonly Told[], winners: readonly Told[], duplicates: Map<number, number>): Told[] {
  let next = 0;
  return format.filter((one) => {
    while (next < winners.length && timeOf(winners[next]!) <= timeOf(one) - pairingMillis) next++;
    const winner = winners[next];
    if (!winner || timeOf(winner) >= timeOf(one) + pairingMillis) return true;
    duplicates.set(one.id, winner.id);
    next++;
    return false;
  });
}

const isExact = ({ call }: Told): boolean => (call.flags & flag.recordedExact) !== 0;

function exactFirst(a: readonly Told[], b: readonly Told[]): number {
  return Number(b.some(isExact)) - Number(a.some(isExact)) || (a[0]!.importer < b[0]!.importer ? -1 : 1);
}

const signatureOf = ({ model, call }: Told): string =>
  [bareModel(model), ...call.usage.slice(0, 4)].join(' ');

/** One model as several formats call it: without a gateway's prefix and without its date. */
export const bareModel = (model: string): string =>
  model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}
