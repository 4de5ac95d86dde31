import { storedCall } from './storedCall';
import { measureColumns, measuresOf, usageColumns } from '../measures';
import { slotMillis, slotOf } from '../slots';
import type { Filter } from '../../shared/model';
import type { Connection, SqlValue } from '../../sqlite/connection';

export const integerMeasures = measureColumns.map((name) => `${name} INTEGER`).join(', ');

/** What tables of a connection were filled with last: a panel asks a dozen questions of one period. */
const filled = new WeakMap<Connection, Map<string, string>>();

/** Fills a temporary table unless it still holds what belongs to this period. */
export function fillOnce(db: Connection, table: string, { since, until }: Filter, fill: () => void): void {
  const tables = filled.get(db) ?? new Map<string, string>();
  // Moves with every commit, here or in another window.
  const stamp = [since, until, db.changeCounter()].join(' ');
  if (tables.get(table) === stamp) return;
  fill();
  filled.set(db, tables.set(table, stamp));
}

/** Sums the calls of cut quarter hours into a table of this connection. @returns whether there are any. */
export function fillEdges(db: Connection, filter: Filter): boolean {
  const { since, until } = filter;
  const cut = new Set<number>();
  if (since !== undefined && since % slotMillis !== 0) cut.add(slotOf(since));
  if (until !== undefined && until % slotMillis !== 0) cut.add(slotOf(until));
  if (cut.size === 0) return false;
  fillOnce(db, 'usage_edge', filter, () => {
    db.script(`CREATE TEMP TABLE IF NOT EXISTS usage_edge (session INTEGER, slot INTEGER, model INTEGER, source INTEGER,
      ${integerMeasures}); DELETE FROM temp.usage_edge`);
    for (const slot of cut) {
      const from = Math.max(slot * slotMillis, since ?? 0);
      const to = Math.min((slot + 1) * slotMillis, until ?? Infinity);
      for (const row of callsBetween(db, slot, from, to)) insertEdge(db, slot, row);
    }
  });
  return true;
}

const callColumns = `c.session, c.model, c.source, ${usageColumns.map((name) => `c.${name}`).join(', ')},
  c.recorded, c.recorded_elsewhere, c.computed, c.flags`;

const callsBetween = (db: Connection, slot: number, from: number, to: number): SqlValue[][] =>
  db.rows(
    `SELECT ${callColumns} FROM call c WHERE c.session IN (SELECT session FROM usage_slot WHERE slot = ?)
       AND c.at >= ? AND c.at < ?`,
    [slot, from, to],
  );

function insertEdge(db: Connection, slot: number, row: readonly SqlValue[]): void {
  const [session, model, source, ...rest] = row as number[];
  const values = [session!, slot, model!, source!, ...measuresOf(storedCall(rest))];
  db.run(`INSERT INTO temp.usage_edge VALUES (${values.map(() => '?').join(', ')})`, values);
}
