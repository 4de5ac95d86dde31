import { tablesOfCompactedCalls } from './compactedCalls';
import type { Connection } from '../../sqlite/connection';

/**
 * Inside a write, before a source is deleted: sums of its calls go, and what is known of them. Calls that did not count
 * because of one of them may be told again. @returns the scopes of these.
 */
export function forgetCompacted(db: Connection, source: number): number[] {
  const told = ['compacted_call', 'compacted_call_new'].map(
    (table) => `SELECT source FROM ${table} WHERE counted_in = ?1 AND source <> ?1`,
  );
  const scopes = db
    .rows(
      `SELECT DISTINCT scope FROM source WHERE scope IS NOT NULL AND id IN
         (${told.join(' UNION ')})`,
      [source],
    )
    .flat() as number[];
  for (const table of ['compacted', 'repriced_sum', 'compacted_account'])
    db.run(`DELETE FROM ${table} WHERE source = ?`, [source]);
  for (const table of [...tablesOfCompactedCalls, 'compacted_duplicate'])
    db.run(`DELETE FROM ${table} WHERE source = ?1 OR counted_in = ?1`, [source]);
  return scopes;
}
