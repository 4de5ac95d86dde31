import { compactedRows } from './compactedTable';
import { slotMillis } from '../slots';
import { spendTags } from '../sources';
import type { Sums } from '../sums';
import type { Connection } from '../../sqlite/connection';

const sessionsAtOnce = 50;

/** Inside a write: sums of compacted calls before a slot go. What they tell again is known all the same. @returns whether there are more. */
export function deleteOldSums(db: Connection, sums: Sums, before: number): boolean {
  const sessions = db
    .rows(`SELECT DISTINCT session FROM compacted WHERE slot < ? LIMIT ${sessionsAtOnce}`, [before])
    .map(([session]) => session as number);
  for (const session of sessions) {
    for (const row of compactedRows(db, 'k.session = ? AND k.slot < ?', [session, before]))
      sums.addRow(row, -1);
    for (const table of ['compacted', 'repriced_sum'])
      db.run(`DELETE FROM ${table} WHERE session = ? AND slot < ?`, [session, before]);
    const hasCalls = db.rows('SELECT 1 FROM call WHERE session = ? AND at < ? LIMIT 1', [
      session,
      before * slotMillis,
    ]);
    if (hasCalls.length === 0) sums.moveTimes(session, before, () => undefined);
    measureSpanLeft(db, session);
  }
  return sessions.length === sessionsAtOnce;
}

/** A session of which nothing is left keeps its span: it says how old it is. */
const measureSpanLeft = (db: Connection, session: number): void =>
  db.run(
    `UPDATE session SET first_at = coalesce((SELECT min(first) FROM (
       SELECT min(at) AS first FROM call WHERE session = ?1
       UNION ALL SELECT min(first_at) FROM compacted WHERE session = ?1)), first_at) WHERE id = ?1`,
    [session],
  );

/** Inside a write: old sessions without anything left go, but for those that somebody wrote a note on or excluded. */
export function deleteEmptied(db: Connection, before: number): void {
  const gone = `SELECT s.id FROM session s WHERE s.last_at < ?1 AND s.first_model IS NOT NULL AND s.note IS NULL AND s.excluded = 0
    AND NOT EXISTS (SELECT 1 FROM call c WHERE c.session = s.id)
    AND NOT EXISTS (SELECT 1 FROM compacted k WHERE k.session = s.id)
    AND NOT EXISTS (SELECT 1 FROM usage_slot u WHERE u.session = s.id)`;
  spendTags(db, gone, before);
  db.run(`UPDATE note SET session = NULL WHERE session IN (${gone})`, [before]);
  db.run(`DELETE FROM agent WHERE session IN (${gone})`, [before]);
  db.run(`DELETE FROM session WHERE id IN (${gone})`, [before]);
}
