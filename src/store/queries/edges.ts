import { storedCall } from './storedCall';
import { measureColumns, measuresOf, usageColumns } from '../measures';
import { measuresOfRow } from '../compaction/compactedRow';
import { compactedRows } from '../compaction/compactedTable';
import { slotMillis, slotOf } from '../slots';
import type { CompactedRow } from '../compaction/compactedRow';
import type { Filter } from '../../shared/model';
import type { Connection, SqlValue } from '../../sqlite/connection';

export const integerMeasures = measureColumns.map((name) => `${name} INTEGER`).join(', ');

/**
 * Fills a temporary table unless it still holds what belongs to this period: a panel asks a dozen questions of one.
 * What it was filled with stands beside it in SQL, so that a read that is rolled back takes both back.
 */
export function fillOnce(db: Connection, table: string, { since, until }: Filter, fill: () => void): void {
  // Moves with every commit, here or in another window.
  const stamp = [since, until, db.changeCounter()].join(' ');
  db.run('CREATE TEMP TABLE IF NOT EXISTS filled (name TEXT PRIMARY KEY, stamp TEXT)');
  if (db.rows('SELECT 1 FROM temp.filled WHERE name = ? AND stamp = ?', [table, stamp]).length > 0) return;
  fill();
  db.run('INSERT OR REPLACE INTO temp.filled VALUES (?, ?)', [table, stamp]);
}

/** Quarter hours that a period cuts, with the part of them that lies in it. */
export function cutSlots({ since, until }: Filter): { slot: number; from: number; to: number }[] {
  const cut = new Set<number>();
  if (since !== undefined && since % slotMillis !== 0) cut.add(slotOf(since));
  if (until !== undefined && until % slotMillis !== 0) cut.add(slotOf(until));
  return [...cut].map((slot) => ({
    slot,
    from: Math.max(slot * slotMillis, since ?? 0),
    to: Math.min((slot + 1) * slotMillis, until ?? Infinity),
  }));
}

/** Sums the calls of cut quarter hours into a table of this connection. @returns whether there are any. */
export function fillEdges(db: Connection, filter: Filter): boolean {
  const cut = cutSlots(filter);
  if (cut.length === 0) return false;
  fillOnce(db, 'usage_edge', filter, () => {
    db.script(`CREATE TEMP TABLE IF NOT EXISTS usage_edge (session INTEGER, slot INTEGER, model INTEGER, source INTEGER,
      ${integerMeasures}); DELETE FROM temp.usage_edge`);
    for (const { slot, from, to } of cut) {
      for (const row of callsBetween(db, callColumns, slot, from, to)) insertEdge(db, slot, row);
      for (const row of compactedFromOn(db, slot, from))
        insertSums(db, slot, [row.session, row.model, row.source], measuresOfRow(row));
    }
  });
  return true;
}

const callColumns = `c.session, c.model, c.source, ${usageColumns.map((name) => `c.${name}`).join(', ')},
  c.recorded, c.recorded_elsewhere, c.computed, c.flags`;

/** Columns of the calls `c` of a quarter hour in a part of it. */
export const callsBetween = (
  db: Connection,
  columns: string,
  slot: number,
  from: number,
  to: number,
): SqlValue[][] =>
  db.rows(
    `SELECT ${columns} FROM call c WHERE c.session IN (SELECT session FROM usage_slot WHERE slot = ?)
       AND c.duplicate_of IS NULL AND c.at >= ? AND c.at < ?`,
    [slot, from, to],
  );

/** What is kept as sums lies in the period as a whole, or not at all: with the start of its first quarter hour. */
export const compactedFromOn = (db: Connection, slot: number, from: number): CompactedRow[] =>
  from === slot * slotMillis ? compactedRows(db, 'k.slot = ?', [slot]) : [];

function insertEdge(db: Connection, slot: number, row: readonly SqlValue[]): void {
  const [session, model, source, ...rest] = row as number[];
  insertSums(db, slot, [session!, model!, source!], measuresOf(storedCall(rest)));
}

function insertSums(
  db: Connection,
  slot: number,
  [session, model, source]: readonly [number, number, number],
  measures: readonly number[],
): void {
  const values = [session, slot, model, source, ...measures];
  db.run(`INSERT INTO temp.usage_edge VALUES (${values.map(() => '?').join(', ')})`, values);
}
