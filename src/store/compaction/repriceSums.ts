import { asOneCall, atPrice, keyOfRow, priceOfRow } from './compactedRow';
import { addCompacted, removeCompacted } from './compactedTable';
import { isSamePrice, newPriceOf, sumsAfter } from './pricedSums';
import { rememberSum } from './repricedSums';
import { pricedOf } from '../measures';
import type { CompactedRow } from './compactedRow';
import type { PricedSum } from './pricedSums';
import type { Dictionary } from '../dictionary';
import type { RepriceScope } from '../repriced';
import type { Sums } from '../sums';
import type { PriceBook } from '../../pricing/prices';
import type { Connection } from '../../sqlite/connection';

/** What pricing sums anew takes. */
export interface SumPricing {
  readonly db: Connection;
  readonly book: PriceBook;
  readonly versions: Dictionary;
  readonly sums: Sums;
}

/**
 * Inside a write: sums of some sessions after that one cost what their calls would now, where that is exact, and what they
 * were is remembered; others keep their cost. @returns the last session; undefined when all are done.
 */
export function repriceSums(
  { db, book, versions, sums }: SumPricing,
  which: RepriceScope,
  after: number,
): number | undefined {
  const { sums: parts, last } = sumsAfter(db, which, after);
  const changed = new Map<string, readonly [before: CompactedRow, after: CompactedRow]>();
  for (const part of parts) {
    const priced = repriced(part, book, () => versions.id(book.version));
    if (priced) changed.set(keyOfRow(part.row), [part.row, priced]);
  }
  const all = [...changed.values(), ...metBy(changed, parts)];
  for (const [before, now] of all) {
    removeCompacted(db, before);
    rememberSum(db, before, priceOfRow(now));
    sums.addRow(before, -1);
    sums.addRow(now, 1);
  }
  addCompacted(
    db,
    all.map(([, now]) => now),
  );
  return last;
}

/** Undefined where it stays as it is. */
function repriced(part: PricedSum, book: PriceBook, version: () => number): CompactedRow | undefined {
  const priced = newPriceOf(part, book);
  return priced && !isSamePrice(priced, pricedOf(asOneCall(part.row)))
    ? atPrice(part.row, priced, version())
    : undefined;
}

/** Rows that stay and are joined by others now: to be told apart from them again, they are remembered, too. */
function metBy(
  changed: ReadonlyMap<string, readonly [CompactedRow, CompactedRow]>,
  parts: readonly PricedSum[],
): (readonly [CompactedRow, CompactedRow])[] {
  const keys = new Set([...changed.values()].map(([, now]) => keyOfRow(now)));
  return parts.flatMap(({ row }) => {
    const key = keyOfRow(row);
    return keys.has(key) && !changed.has(key) ? [[row, row] as const] : [];
  });
}
