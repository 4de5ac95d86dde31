import { addCompacted, compactedRows } from './compactedTable';
import { moveRepricedSums } from './repricedSums';
import type { CompactedRow } from './compactedRow';
import type { Connection } from '../../sqlite/connection';

/**
 * Inside a write: sums of calls of one session become another's; `agentOf` says whose they are there. What is summed up by
 * quarter hour is moved apart from that. @returns when the first and the last of these calls were.
 */
export function moveSums(
  db: Connection,
  from: number,
  into: number,
  agentOf: (agent: number) => number | undefined,
): number[] {
  const rows = compactedRows(db, 'k.session = ?', [from]);
  if (rows.length === 0) return [];
  db.run('DELETE FROM compacted WHERE session = ?', [from]);
  const moved = (row: CompactedRow): CompactedRow => ({
    ...row,
    session: into,
    agent: agentOf(row.agent) ?? 0,
  });
  addCompacted(db, rows.map(moved));
  moveRepricedSums(db, 'session = ?', [from], moved);
  db.run(
    `UPDATE session SET first_model = coalesce(first_model, (SELECT first_model FROM session WHERE id = ?))
      WHERE id = ?`,
    [from, into],
  );
  return rows.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]);
}
