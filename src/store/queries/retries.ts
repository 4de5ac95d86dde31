import { withoutExcludedCalls } from './calls';
import { failuresOf } from './failures';
import { storedCall } from './storedCall';
import { Where } from './where';
import { isOfCalls } from '../compaction/compactedRow';
import { ofSession } from '../details';
import { costOf, flag, isCounted, usageColumns } from '../measures';
import { slotMillis } from '../slots';
import type { Store } from '../store';
import type { Failures, Retries } from '../../shared/latency';
import type { CostMode, Question } from '../../shared/model';
import type { Connection, SqlValue } from '../../sqlite/connection';

/** Who calls again so many ms after a failure has ended tries the same again. */
const retryWithin = 60_000;
/** So many failed calls are looked at, the latest ones. */
const maxFailed = 5_000;

const isFailedCall = `f.flags & ${flag.failed} <> 0 AND ${isCounted.replaceAll('c.', 'f.')}`;
/** Of those that are kept as sums; there is an index of these. */
const isFailedSum = `f.error <> '' AND f.${isOfCalls}`;

const columns = [...usageColumns, 'recorded', 'recorded_elsewhere', 'computed', 'flags'];

/** SQL: whether the same agent of the same session called the same model again soon after call `f`. */
const isRetried = `EXISTS (SELECT 1 FROM call n WHERE n.session = f.session AND n.at > f.at
  AND n.at <= f.at + coalesce(f.latency_ms, 0) + ${retryWithin}
  AND n.model = f.model AND n.agent IS f.agent AND n.duplicate_of IS NULL)`;

/** Failed calls that were tried again. Calls stand first in the join: those that failed have an index. Inside a read. */
export function retriesOf(store: Store, question: Question): Retries {
  const [where, from] = conditions(store, question, isFailedCall, 'f.at', 1);
  const rows = store.db.rows(
    `SELECT ${isRetried}, ${columns.map((name) => `f.${name}`).join(', ')}
       FROM call f ${from} ORDER BY f.at DESC LIMIT ${maxFailed + 1}`,
    where.params,
  );
  return {
    ...sumUp(rows.slice(0, maxFailed), question.mode),
    areLatest: rows.length > maxFailed,
    summedUp: failedInSums(store, question),
  };
}

/** A sum is where its first quarter hour begins. */
function failedInSums(store: Store, question: Question): number {
  const [where, from] = conditions(store, question, isFailedSum, 'f.slot', slotMillis);
  return sumOf(store.db, `SELECT sum(f.calls) FROM compacted f ${from}`, where.params);
}

/** Of calls or sums `f` with the time `at`, in units of so many ms: what follows on `FROM ... f`. */
function conditions(
  store: Store,
  { filter }: Question,
  condition: string,
  at: string,
  unit: number,
): [where: Where, sql: string] {
  const where = new Where([condition, 's.excluded = 0']);
  where.add(`${at} >= ?`, (filter.since ?? -1e15) / unit);
  where.add(`${at} < ?`, (filter.until ?? 1e15) / unit);
  where.addFilter(store.db, filter, { experiment: 's.experiment', person: 's.person' });
  const sql = `CROSS JOIN session s ON s.id = f.session ${where.sql} ${withoutExcludedCalls(store, 'f')}`;
  return [where, sql];
}

/** What failed in a session, and what of that was tried again; whatever is excluded. Inside a read. */
export function failuresOfSession(
  { db }: Store,
  session: number,
  mode: CostMode,
): { readonly failures: Failures; readonly retries: Retries } {
  const again = db.rows(
    `SELECT ${isRetried}, ${columns.map((name) => `f.${name}`).join(', ')}
       FROM call f WHERE f.session = ? AND ${isFailedCall}`,
    [session],
  );
  const sums = `SELECT sum(f.calls) FROM compacted f WHERE f.session = ? AND ${isFailedSum}`;
  return {
    failures: classesOfSession(db, session, mode),
    retries: { ...sumUp(again, mode), areLatest: false, summedUp: sumOf(db, sums, [session]) },
  };
}

/** From sums, which tell of calls that are not kept singly any more, too. */
function classesOfSession(db: Connection, session: number, mode: CostMode): Failures {
  const [sums] = db.rows('SELECT calls, errors FROM usage_session WHERE session = ?', [session]);
  const [calls = 0, errors = 0] = (sums ?? []) as number[];
  const failed = db
    .rows(
      `SELECT error, sum(calls), sum(errors), sum(${mode === 'auto' ? 'cost_auto' : mode}), sum(unpriced_${mode})
         FROM usage_detail WHERE ${ofSession} AND error <> '' GROUP BY error`,
      [session],
    )
    .map(([kind, ...row]) => {
      const [calls, errors, cost, unpricedCalls] = row as [number, number, number, number];
      return { kind: kind as string, calls, errors, cost, unpricedCalls };
    });
  return failuresOf([{ model: 0, day: 0, calls, errors, failed }]);
}

const sumOf = (db: Connection, sql: string, params: readonly SqlValue[]): number =>
  (db.rows(sql, params)[0]![0] as number | null) ?? 0;

function sumUp(
  rows: readonly SqlValue[][],
  mode: Question['mode'],
): Pick<Retries, 'calls' | 'cost' | 'unpricedCalls'> {
  const costs = rows.filter(([retried]) => retried === 1).map(([, ...row]) => costOf(storedCall(row), mode));
  return {
    calls: costs.length,
    cost: costs.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    unpricedCalls: costs.filter(({ state }) => state === 'unpriced').length,
  };
}
