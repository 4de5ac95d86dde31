import { asOneCall, compactedFrom, isOddRow } from './compactedRow';
import { rowColumns } from './compactedTable';
import { figuresOfStored } from '../callPlacer';
import { sumsCondition } from '../repriced';
import { priceSum } from '../../pricing/priceSum';
import type { CompactedRow } from './compactedRow';
import type { RepriceScope } from '../repriced';
import type { CallFigures, PricedCall } from '../../pricing/cost';
import type { PriceBook } from '../../pricing/prices';
import type { Connection } from '../../sqlite/connection';

const sessionsAtOnce = 50;

/** A row of `compacted` with the names that its price depends on. */
export interface PricedSum {
  readonly row: CompactedRow;
  readonly provider: string;
  readonly model: string;
  readonly importer: string;
  /** What the question adds: an SQL condition on row `k` of session `s`. */
  readonly holds: boolean;
}

/** Sums in the scope of some sessions after that one. `last`: the last of these sessions; undefined when all are done. */
export function sumsAfter(
  db: Connection,
  which: RepriceScope,
  after: number,
  condition = '0',
): { readonly sums: readonly PricedSum[]; readonly last: number | undefined } {
  const sessions = db
    .rows('SELECT DISTINCT session FROM compacted WHERE session > ? ORDER BY session LIMIT ?', [
      after,
      sessionsAtOnce,
    ])
    .flat() as number[];
  const last = sessions.at(-1);
  if (last === undefined) return { sums: [], last };
  const { sql, params } = sumsCondition(which);
  const sums = db
    .rows(
      `SELECT m.provider, m.name, scope.importer, ${condition}, ${rowColumns}
         FROM compacted k JOIN model m ON m.id = k.model JOIN session s ON s.id = k.session JOIN scope ON scope.id = s.scope
        WHERE k.session > ? AND k.session <= ? AND ${sql}`,
      [after, last, ...params],
    )
    .map(([provider, model, importer, holds, ...row]) => ({
      row: compactedFrom(row),
      ...{ provider: provider as string, model: model as string, importer: importer as string },
      holds: holds === 1,
    }));
  return { sums, last: sessions.length < sessionsAtOnce ? undefined : last };
}

/** What the cost of the calls of a sum depends on, added up. */
export function figuresOfSum({ row, provider, model }: PricedSum): CallFigures {
  const { webSearches, ...call } = asOneCall(row);
  const told = { ...call, at: row.firstAt, tier: row.tier || undefined };
  return {
    ...figuresOfStored({ ...told, webSearches: webSearches === 0 ? undefined : webSearches }),
    ...{ provider, model },
  };
}

/** What the calls of a sum cost together by these prices; undefined where that does not follow from the sum exactly. */
export const newPriceOf = (
  sum: PricedSum,
  book: PriceBook,
  figures = figuresOfSum(sum),
): PricedCall | undefined => priceSum(figures, { ...sum.row, isOdd: isOddRow(sum.row) }, book, sum.importer);

export const isSamePrice = (a: PricedCall, b: PricedCall): boolean =>
  a.computed === b.computed && a.computedExact === b.computedExact && a.included === b.included;
