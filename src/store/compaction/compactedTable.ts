import {
  compactedColumns,
  compactedFrom,
  compactedSums,
  joinRows,
  keyColumns,
  keyOfRow,
  keyValuesOf,
  valuesOf,
} from './compactedRow';
import type { CompactedRow } from './compactedRow';
import type { Connection, SqlValue } from '../../sqlite/connection';

/** SQL: what `compactedFrom` takes, of a row `k`. */
export const rowColumns = compactedColumns.map((name) => `k.${name}`).join(', ');
export const selectCompacted = `SELECT ${rowColumns} FROM compacted k`;

/** SQL: what becomes of a row when another of the same key comes to it. */
export const joining = `daily = min(daily, excluded.daily), calls = calls + excluded.calls,
  first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
  least_input = min(least_input, excluded.least_input), most_input = max(most_input, excluded.most_input),
  ${compactedSums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;

const insert = `INSERT INTO compacted (${compactedColumns.join(', ')})
  VALUES (${compactedColumns.map(() => '?').join(', ')}) ON CONFLICT DO UPDATE SET ${joining}`;

const ofKey = keyColumns.map((name) => `${name} = ?`).join(' AND ');
const remove = `DELETE FROM compacted WHERE ${ofKey}`;
const subtract = `UPDATE compacted SET calls = calls - ?, ${compactedSums.map((name) => `${name} = ${name} - ?`).join(', ')}
  WHERE ${ofKey}`;

export const compactedRows = (db: Connection, where: string, params: readonly SqlValue[]): CompactedRow[] =>
  db.rows(`${selectCompacted} WHERE ${where}`, params).map(compactedFrom);

/** Inside a write: the row of that key goes. */
export const removeCompacted = (db: Connection, row: CompactedRow): void => db.run(remove, keyValuesOf(row));

/**
 * Inside a write: takes these calls out of the row of their key again. What is left in it keeps the limits that it had with
 * them. @returns whether they were in it; else nothing is done.
 */
export function subtractCompacted(db: Connection, row: CompactedRow): boolean {
  const key = keyValuesOf(row);
  const [stored] = compactedRows(db, ofKey, key);
  if (!stored || row.calls > stored.calls) return false;
  if (row.calls === stored.calls) db.run(remove, key);
  else db.run(subtract, [row.calls, ...row.sums, ...key]);
  return true;
}

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
