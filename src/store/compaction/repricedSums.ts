import { compactedColumns, compactedFrom, joinRows, keyOfRow, valuesOf, withPrice } from './compactedRow';
import { addCompacted, joining, subtractCompacted } from './compactedTable';
import type { CompactedRow, RowPrice } from './compactedRow';
import type { Sums } from '../sums';
import type { Connection, SqlValue } from '../../sqlite/connection';

/** A row as it was before it was priced anew, and how its calls are priced now: by that they are found. */
interface RepricedSum {
  readonly before: CompactedRow;
  readonly now: RowPrice;
}

const sessionsAtOnce = 50;
const columns = [...compactedColumns, 'now_class', 'now_priced_by', 'now_computed'];
const insert = `INSERT INTO repriced_sum (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
  ON CONFLICT DO UPDATE SET ${joining}, now_computed = now_computed + excluded.now_computed`;

/** Inside a write: a row of the table is another one from now on, or has become a part of it. */
export const rememberSum = (db: Connection, before: CompactedRow, now: RowPrice): void =>
  db.run(insert, [...valuesOf(before), now.class, now.pricedBy, now.computed]);

function repricedSums(db: Connection, where: string, params: readonly SqlValue[]): RepricedSum[] {
  return db.rows(`SELECT ${columns.join(', ')} FROM repriced_sum WHERE ${where}`, params).map((row) => {
    const [ofClass, pricedBy, computed] = row.slice(compactedColumns.length) as [number, number, number];
    return {
      before: compactedFrom(row.slice(0, compactedColumns.length)),
      now: { class: ofClass, pricedBy, computed },
    };
  });
}

/** Inside a write: rows of `compacted` went elsewhere, and what is remembered of them goes along. `where`: on both tables. */
export function moveRepricedSums(
  db: Connection,
  where: string,
  params: readonly SqlValue[],
  moved: (row: CompactedRow) => CompactedRow,
): void {
  const all = repricedSums(db, where, params);
  if (all.length === 0) return;
  db.run(`DELETE FROM repriced_sum WHERE ${where}`, params);
  for (const { before, now } of all) rememberSum(db, moved(before), now);
}

/**
 * Inside a write: sums of some sessions are what they were again. What came to their rows since stays there.
 * @returns the last of these sessions; undefined when nothing is left.
 */
export function takeBackSums(db: Connection, sums: Sums): number | undefined {
  const sessions = db
    .rows('SELECT DISTINCT session FROM repriced_sum ORDER BY session LIMIT ?', [sessionsAtOnce])
    .flat() as number[];
  for (const session of sessions) {
    takeBackSession(db, sums, session);
    db.run('DELETE FROM repriced_sum WHERE session = ?', [session]);
  }
  return sessions.length < sessionsAtOnce ? undefined : sessions.at(-1);
}

function takeBackSession(db: Connection, sums: Sums, session: number): void {
  const byKey = new Map<string, { readonly now: CompactedRow; readonly before: readonly CompactedRow[] }>();
  for (const { before, now } of repricedSums(db, 'session = ?', [session])) {
    const row = withPrice(before, now);
    const key = keyOfRow(row);
    const known = byKey.get(key);
    byKey.set(key, {
      now: known ? joinRows(known.now, row) : row,
      before: [...(known?.before ?? []), before],
    });
  }
  // What is not there any more as it was remembered cannot be taken back: it stays as it is.
  const found = [...byKey.values()].filter(({ now }) => subtractCompacted(db, now));
  addCompacted(
    db,
    found.flatMap(({ before }) => before),
  );
  for (const { now, before } of found) {
    sums.addRow(now, -1);
    for (const row of before) sums.addRow(row, 1);
  }
}
