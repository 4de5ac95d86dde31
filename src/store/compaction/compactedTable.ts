import { compactedColumns, compactedFrom, compactedSums, joinRows, keyOfRow, valuesOf } from './compactedRow';
import type { CompactedRow } from './compactedRow';
import type { Connection, SqlValue } from '../../sqlite/connection';

export const selectCompacted = `SELECT ${compactedColumns.map((name) => `k.${name}`).join(', ')} FROM compacted k`;

const insert = `INSERT INTO compacted (${compactedColumns.join(', ')})
  VALUES (${compactedColumns.map(() => '?').join(', ')}) ON CONFLICT DO UPDATE SET
  daily = min(daily, excluded.daily), calls = calls + excluded.calls,
  first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
  least_input = min(least_input, excluded.least_input), most_input = max(most_input, excluded.most_input),
  ${compactedSums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;

export const compactedRows = (db: Connection, where: string, params: readonly SqlValue[]): CompactedRow[] =>
  db.rows(`${selectCompacted} WHERE ${where}`, params).map(compactedFrom);

/** Inside a write: rows with equal keys become one, with those that are there already. */
export function addCompacted(db: Connection, rows: readonly CompactedRow[]): void {
  const byKey = new Map<string, CompactedRow>();
  for (const row of rows) {
    const key = keyOfRow(row);
    const other = byKey.get(key);
    byKey.set(key, other ? joinRows(other, row) : row);
  }
  for (const row of byKey.values()) db.run(insert, valuesOf(row));
}
