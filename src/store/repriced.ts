import { flag } from './measures';
import type { PlacedCall } from './callRow';
import type { Connection } from '../sqlite/connection';

/** Which calls are priced anew, and sums of calls: those of any of these models or importers; all of them if neither is given. */
export interface RepriceScope {
  /** Ids in `model`. */
  readonly models?: readonly number[];
  readonly importers?: readonly string[];
}

/** What in `flags` follows from the price and not from what was told. */
const priceFlags = flag.computedExact | flag.included;
/** What in `flags` the price depends on. */
const toldOfPrice = flag.failed | flag.failureKnown | flag.toldIncluded | flag.inclusionKnown;

/** SQL: call `c` is in the scope; with what it asks of parameters. */
export function scopeCondition({ models, importers }: RepriceScope): {
  readonly sql: string;
  readonly params: readonly string[];
} {
  if (!models && !importers) return { sql: '1', params: [] };
  // A plus keeps SQLite from an index by which every step would go over all calls.
  const sql = `(+c.model IN (SELECT value FROM json_each(?))
    OR +c.scope IN (SELECT id FROM scope WHERE importer IN (SELECT value FROM json_each(?))))`;
  return { sql, params: [JSON.stringify(models ?? []), JSON.stringify(importers ?? [])] };
}

/** SQL: the same for a row `k` of `compacted`, whose model is `m` and whose source's ids are those of `scope`. */
export function sumsCondition({ models, importers }: RepriceScope): ReturnType<typeof scopeCondition> {
  if (!models && !importers) return { sql: '1', params: [] };
  const sql = `(k.model IN (SELECT value FROM json_each(?))
    OR scope.importer IN (SELECT value FROM json_each(?)))`;
  return { sql, params: [JSON.stringify(models ?? []), JSON.stringify(importers ?? [])] };
}

/** How far a walk over all that has a price has come: over calls by their id, then over sums of calls by their session. */
export interface PriceStep {
  readonly of: 'calls' | 'sums';
  /** The last one that is done. */
  readonly after: number;
}

export const firstPriceStep: PriceStep = { of: 'calls', after: 0 };

/** What comes next; `last` is undefined when all of this kind are done. */
export function nextPriceStep({ of }: PriceStep, last: number | undefined): PriceStep | undefined {
  if (last !== undefined) return { of, after: last };
  return of === 'calls' ? { of: 'sums', after: 0 } : undefined;
}

/** A call told again keeps the price that it has unless something changed that the price depends on. */
export const costsAsBefore = (old: PlacedCall, told: PlacedCall): PlacedCall =>
  isPricedAlike(old, told) ? withPriceOf(old, told) : told;

/** A call priced anew keeps the word of who priced it as long as that comes to the same. */
export const costsAnew = (old: PlacedCall, priced: PlacedCall): PlacedCall =>
  old.computed === priced.computed && (old.flags & priceFlags) === (priced.flags & priceFlags)
    ? { ...priced, pricedBy: old.pricedBy }
    : priced;

const withPriceOf = (old: PlacedCall, told: PlacedCall): PlacedCall => ({
  ...told,
  computed: old.computed,
  flags: (told.flags & ~priceFlags) | (old.flags & priceFlags),
  pricedBy: old.pricedBy,
});

export const isPricedAlike = (a: PlacedCall, b: PlacedCall): boolean =>
  a.model === b.model &&
  a.at === b.at &&
  a.tier === b.tier &&
  a.webSearches === b.webSearches &&
  (a.flags & toldOfPrice) === (b.flags & toldOfPrice) &&
  isRecorded(a) === isRecorded(b) &&
  a.usage.every((count, i) => count === b.usage[i]);

const isRecorded = ({ recorded, recordedElsewhere }: PlacedCall): boolean =>
  recorded !== undefined || recordedElsewhere !== undefined;

/** Inside a write: remembers what a call cost before it was priced anew. The first word holds. */
export const rememberPrice = (db: Connection, id: number, call: PlacedCall): void =>
  db.run('INSERT OR IGNORE INTO repriced VALUES (?, ?, ?, ?)', [
    ...[id, call.computed ?? null, call.flags & priceFlags, call.pricedBy ?? null],
  ]);

/** Inside a write: what was remembered of a call holds no more, since it was told otherwise or is gone. */
export const forgetPrice = (db: Connection, id: number): void =>
  db.run('DELETE FROM repriced WHERE call = ?', [id]);

/** Inside a write: the same of all calls that are gone. Their ids are given again. */
export const forgetPricesOfGone = (db: Connection): void =>
  db.run('DELETE FROM repriced WHERE call NOT IN (SELECT id FROM call)');

/** Inside a write: nothing of the last repricing can be taken back any more. */
export function forgetPrices(db: Connection): void {
  for (const table of ['repriced', 'repriced_sum']) db.run(`DELETE FROM ${table}`);
}

export const hasRepriced = (db: Connection): boolean =>
  db.rows('SELECT 1 FROM repriced UNION ALL SELECT 1 FROM repriced_sum LIMIT 1').length > 0;

/** The first calls after an id whose former price is remembered, each with that price put back. */
export function callsAsBefore(
  db: Connection,
  after: number,
  limit: number,
  callOf: (id: number) => PlacedCall,
): readonly { readonly id: number; readonly now: PlacedCall; readonly before: PlacedCall }[] {
  const rows = db.rows(
    'SELECT call, computed, flags, priced_by FROM repriced WHERE call > ? ORDER BY call LIMIT ?',
    [after, limit],
  ) as (number | null)[][];
  return rows.map(([id, computed, flags, pricedBy]) => {
    const now = callOf(id!);
    const before = {
      ...now,
      computed: computed ?? undefined,
      flags: (now.flags & ~priceFlags) | flags!,
      pricedBy: pricedBy ?? undefined,
    };
    return { id: id!, now, before };
  });
}
