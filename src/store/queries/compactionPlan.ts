import { storeBytes } from '../freeSpace';
import { isOfCalls } from '../compaction/compactedRow';
import { quartersToJoin } from '../compaction/joinDays';
import { stayingCalls } from '../compaction/stayingCalls';
import { slotOf } from '../slots';
import type { Store } from '../store';
import type { CompactionPlan } from '../../shared/retentionApi';
import type { Connection, SqlValue } from '../../sqlite/connection';

/** From before when calls become sums, these sums of days, and go. */
export type Cutoffs = Pick<CompactionPlan, 'before' | 'daysBefore' | 'deleteBefore'>;

/** SQL: calls `c` from before `?1`. An index has their times: none of them is looked at. */
const oldCalls = 'session s JOIN call c ON c.session = s.id AND c.at < ?1 WHERE s.first_at < ?1';
/** SQL: of these, those that become sums. */
const goingCalls = `${oldCalls} AND c.id NOT IN (SELECT value FROM json_each(?2))`;

/** Whether there is anything to do. Cheap: most calls from before that are sums, and those that stay are looked up only where there are any. */
export const isDue = ({ db }: Store, { before, daysBefore, deleteBefore }: Cutoffs): boolean =>
  db.read(() => {
    const any = (from: string, ...params: SqlValue[]): boolean =>
      db.rows(`SELECT 1 FROM ${from} LIMIT 1`, params).length > 0;
    const isOld = before !== undefined && any(oldCalls, before);
    return (
      (isOld && any(goingCalls, before, JSON.stringify(stayingCalls(db, before)))) ||
      (daysBefore !== undefined && any(quartersToJoin, slotOf(daysBefore))) ||
      (deleteBefore !== undefined && any('compacted WHERE slot < ?1', slotOf(deleteBefore)))
    );
  });

/** What compacting to these times would do. */
export function compactionPlan({ db }: Store, cutoffs: Cutoffs): CompactionPlan {
  const { before, daysBefore, deleteBefore } = cutoffs;
  return {
    ...cutoffs,
    ...db.read(() => {
      const staying = before === undefined ? '[]' : JSON.stringify(stayingCalls(db, before));
      const goingBefore = (at: number | undefined): Going =>
        at === undefined ? { calls: 0, sessions: 0 } : going(db, at, staying);
      const deleted =
        deleteBefore === undefined ? 0 : callsIn(db, `compacted WHERE slot < ${slotOf(deleteBefore)}`);
      return {
        ...goingBefore(before),
        dailyCalls: daysBefore === undefined ? 0 : quarterCalls(db, daysBefore, staying),
        deletedCalls: deleted + goingBefore(deleteBefore).calls,
        summedUp: callsIn(db, 'compacted WHERE 1'),
      };
    }),
    storeBytes: storeBytes(db),
  };
}

type Going = Pick<CompactionPlan, 'calls' | 'sessions' | 'first'>;

/** Calls from before a moment, but for those that stay. */
function going(db: Connection, before: number, staying: string): Going {
  const [row] = db.rows(`SELECT count(*), count(DISTINCT c.session), min(c.at) FROM ${goingCalls}`, [
    before,
    staying,
  ]);
  const [calls, sessions, first] = row as [number, number, number | null];
  return { calls, sessions, ...(first === null ? {} : { first }) };
}

/** Other calls of these sessions are sums by then, too. */
const quarterCalls = (db: Connection, before: number, staying: string): number =>
  callsIn(
    db,
    `compacted WHERE daily = 0 AND slot < ? AND session NOT IN (
       SELECT c.session FROM json_each(?) j CROSS JOIN call c ON c.id = j.value WHERE c.at < ?)`,
    [slotOf(before), staying, before],
  );

const callsIn = (db: Connection, from: string, params: readonly SqlValue[] = []): number =>
  (db.rows(`SELECT sum(calls) FROM ${from} AND ${isOfCalls}`, params)[0]![0] as number | null) ?? 0;
