import { storeBytes } from '../freeSpace';
import { isOfCalls } from '../compaction/compactedRow';
import { slotOf } from '../slots';
import type { Store } from '../store';
import type { CompactionPlan } from '../../shared/retentionApi';

/** From before when calls become sums, these sums of days, and go. */
export type Cutoffs = Pick<CompactionPlan, 'before' | 'daysBefore' | 'deleteBefore'>;

/** Whether there is anything to do: cheap. */
export const isDue = (store: Store, { before, daysBefore, deleteBefore }: Cutoffs): boolean =>
  store.db.read(() => {
    const any = (sql: string, at: number | undefined): boolean =>
      at !== undefined && store.db.rows(`${sql} LIMIT 1`, [at]).length > 0;
    return (
      any(
        `SELECT 1 FROM session s JOIN call c ON c.session = s.id AND c.at < ?1 WHERE s.first_at < ?1`,
        before,
      ) ||
      any('SELECT 1 FROM compacted WHERE daily = 0 AND slot < ?', daysBefore && slotOf(daysBefore)) ||
      any('SELECT 1 FROM compacted WHERE slot < ?', deleteBefore && slotOf(deleteBefore))
    );
  });

/** What compacting to these times would do. */
export function compactionPlan(store: Store, cutoffs: Cutoffs): CompactionPlan {
  const { db } = store;
  const { before, daysBefore, deleteBefore } = cutoffs;
  return {
    ...cutoffs,
    ...db.read(() => {
      const old = before === undefined ? undefined : oldCalls(store, before);
      const kept = (where: string, at: number | undefined): number =>
        at === undefined ? 0 : sumOf(store, `slot < ${slotOf(at)} AND ${where}`);
      return {
        ...{ calls: old?.calls ?? 0, sessions: old?.sessions ?? 0 },
        ...(old?.first === undefined ? {} : { first: old.first }),
        dailyCalls: kept('daily = 0', daysBefore),
        deletedCalls:
          deleteBefore === undefined ? 0 : kept('1', deleteBefore) + oldCalls(store, deleteBefore).calls,
        summedUp: sumOf(store, '1'),
      };
    }),
    storeBytes: storeBytes(db),
  };
}

const sumOf = ({ db }: Store, where: string): number =>
  (db.rows(`SELECT sum(calls) FROM compacted WHERE ${where} AND ${isOfCalls}`)[0]![0] as number | null) ?? 0;

/** Without looking at each of them: an index has their times. */
function oldCalls({ db }: Store, before: number): { calls: number; sessions: number; first?: number } {
  const [row] = db.rows(
    `SELECT count(*), count(DISTINCT c.session), min(c.at) FROM session s JOIN call c ON c.session = s.id AND c.at < ?1
      WHERE s.first_at < ?1`,
    [before],
  );
  const [calls, sessions, first] = row as [number, number, number | null];
  return { calls, sessions, ...(first === null ? {} : { first }) };
}
