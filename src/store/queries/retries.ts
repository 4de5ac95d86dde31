import { withoutExcludedCalls } from './calls';
import { failuresOf } from './failures';
import { storedCall } from './storedCall';
import { Where } from './where';
import { errorKind } from '../errorKind';
import { costOf, flag, isCounted, usageColumns } from '../measures';
import type { Store } from '../store';
import type { Failures, Retries } from '../../shared/latency';
import type { CostMode, Question } from '../../shared/model';
import type { SqlValue } from '../../sqlite/connection';

/** Who calls again so many ms after a failure has ended tries the same again. */
const retryWithin = 60_000;
/** So many failed calls are looked at, the latest ones. */
const maxFailed = 5_000;

const isFailedCall = `f.flags & ${flag.failed} <> 0 AND ${isCounted.replaceAll('c.', 'f.')}`;

const columns = [...usageColumns, 'recorded', 'recorded_elsewhere', 'computed', 'flags'];

/** SQL: whether the same agent of the same session called the same model again soon after call `f`. */
const isRetried = `EXISTS (SELECT 1 FROM call n WHERE n.session = f.session AND n.at > f.at
  AND n.at <= f.at + coalesce(f.latency_ms, 0) + ${retryWithin}
  AND n.model = f.model AND n.agent IS f.agent AND n.duplicate_of IS NULL)`;

/** Failed calls that were tried again. Calls stand first in the join: those that failed have an index. Inside a read. */
export function retriesOf(store: Store, { filter, mode }: Question): Retries {
  const where = new Where([isFailedCall, 's.excluded = 0']);
  where.add('f.at >= ?', filter.since ?? -1e15);
  where.add('f.at < ?', filter.until ?? 1e15);
  where.addFilter(store.db, filter, { experiment: 's.experiment', person: 's.person' });
  const excluded = withoutExcludedCalls(store).replaceAll('c.', 'f.');
  const rows = store.db.rows(
    `SELECT ${isRetried}, ${columns.map((name) => `f.${name}`).join(', ')}
       FROM call f CROSS JOIN session s ON s.id = f.session
       ${where.sql} ${excluded} ORDER BY f.at DESC LIMIT ${maxFailed + 1}`,
    where.params,
  );
  return sumUp(rows.slice(0, maxFailed), mode, rows.length > maxFailed);
}

/** What failed in a session, and what of that was tried again; whatever is excluded. Inside a read. */
export function failuresOfSession(
  { db }: Store,
  session: number,
  mode: CostMode,
): { readonly failures: Failures; readonly retries: Retries } {
  const [sums] = db.rows('SELECT calls, errors FROM usage_session WHERE session = ?', [session]);
  const [calls = 0, errors = 0] = (sums ?? []) as number[];
  const rows = db.rows(
    `SELECT f.error, ${isRetried}, f.flags & ${flag.noCall}, ${columns.map((name) => `f.${name}`).join(', ')}
       FROM call f WHERE f.session = ? AND f.duplicate_of IS NULL AND f.flags & ${flag.failed | flag.noCall} <> 0`,
    [session],
  );
  const failed = rows.map(([error, , noCall, ...row]) => {
    const cost = costOf(storedCall(row), mode);
    const isCall = noCall === 0;
    return {
      kind: errorKind((error as string | null) ?? undefined),
      calls: isCall ? 1 : 0,
      errors: 1,
      cost: isCall ? (cost.usd ?? 0) : 0,
      unpricedCalls: isCall && cost.state === 'unpriced' ? 1 : 0,
    };
  });
  const again = rows
    .filter(([, , noCall]) => noCall === 0)
    .map(([, retried, , ...row]) => [retried!, ...row]);
  return {
    failures: failuresOf([{ model: 0, day: 0, calls, errors, failed }]),
    retries: sumUp(again, mode, false),
  };
}

function sumUp(rows: readonly SqlValue[][], mode: Question['mode'], isPartial: boolean): Retries {
  const costs = rows.filter(([retried]) => retried === 1).map(([, ...row]) => costOf(storedCall(row), mode));
  return {
    calls: costs.length,
    cost: costs.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    unpricedCalls: costs.filter(({ state }) => state === 'unpriced').length,
    isPartial,
  };
}
