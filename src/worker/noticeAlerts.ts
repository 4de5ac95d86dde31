import { freshOf, judged, unknown } from './looking';
import { noticeBudgets } from './noticeBudgets';
import { burnReached, burnWindowMinutes, reachedAt } from '../budgets/crossings';
import { limitId } from '../budgets/limits';
import { freshMs, highestTold, isSnoozed } from '../budgets/told';
import { lastCallAt, snoozedUntil } from '../store/alerts';
import {
  dearCalls,
  dearSessions,
  spentCalls,
  spentSessions,
  touchedSessions,
} from '../store/queries/spending';
import type { Look, Looking } from './looking';
import type { Noticed } from '../budgets/told';
import type { Millis, NanoUsd } from '../shared/model';
import type { SpentCall, SpentSession } from '../store/queries/spending';
import type { Store } from '../store/store';

/** How long a session that burns is not told of again. */
const burnAgainMs = 3_600_000;

/**
 * Limits that were reached and are not in the log yet. Looks only at sessions with new calls or calls of the last
 * minutes, and at the budgets' present periods: what that costs does not depend on the history. Inside a read or write.
 */
export function noticeAlerts(store: Store, look: Look): readonly Noticed[] {
  const touched = touchedSessions(store, look.after, look.now - freshMs);
  if (touched.length === 0) return [];
  const looking = { ...look, store, touched, recent: lazily(() => recentCalls(store, look, touched)) };
  return highestTold([
    ...noticeSessions(looking),
    ...noticeCalls(looking),
    ...noticeBurning(looking),
    ...noticeBudgets(looking),
  ]);
}

/** The window of a rate may begin before the first call that is fresh. */
const recentCalls = (store: Store, { now, choice }: Look, touched: readonly number[]): SpentCall[] =>
  spentCalls(store, touched, now - freshMs - burnWindowMinutes * 60_000, choice.mode);

function lazily<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: read() }).value;
}

function noticeSessions(looking: Looking): Noticed[] {
  const { store, touched, choice } = looking;
  const { warning, alert } = choice.limits.session;
  const steps = [
    { level: 'warning', limit: warning } as const,
    { level: 'alert', limit: alert } as const,
  ].filter(({ limit }) => limit > 0);
  if (steps.length === 0) return [];
  const dear = dearSessions(store, touched, choice.mode, Math.min(...steps.map(({ limit }) => limit)));
  const found = dear.flatMap((session) =>
    steps
      .filter(({ limit }) => session.cost >= limit)
      .map((step) => ({ ...step, session, crossing: `session|${step.limit}|${session.key}` })),
  );
  return unknown(looking, found).map(({ session, level, limit, crossing }) => {
    const recent = freshOf(looking).filter((call) => call.session === session.id);
    const at = reachedAt({ total: session.cost, recent }, limit) ?? 'before';
    const alert = { ...sessionAlert(session, at, session.cost), crossing, level, limit } as const;
    return judged(looking, { ...alert, rule: 'session' }, at, limitId('session', limit));
  });
}

const sessionAlert = (session: SpentSession, at: Millis | 'before', cost: NanoUsd) => ({
  subject: session.key,
  label: session.label,
  callAt: at === 'before' ? session.lastAt : at,
  cost,
  unpricedCalls: session.unpricedCalls,
});

function noticeCalls(looking: Looking): Noticed[] {
  const { store, choice, after } = looking;
  const limit = choice.limits.call;
  if (limit === 0) return [];
  const grown = freshOf(looking).filter(({ cost }) => cost >= limit);
  const dear = new Map(
    [...dearCalls(store, after, limit, choice.mode), ...grown].map((call) => [call.key, call]),
  );
  const sessions = sessionsOf(looking, [...dear.values()]);
  const found = [...dear.values()].flatMap((call) => {
    const session = sessions.get(call.session);
    return session ? [{ call, session, crossing: `call|${limit}|${session.key}|${call.key}` }] : [];
  });
  return unknown(looking, found).map(({ call, session, crossing }) => {
    const alert = { ...sessionAlert(session, call.at, call.cost), crossing, limit, unpricedCalls: 0 };
    return judged(looking, { ...alert, rule: 'call', level: 'alert' }, call.at, limitId('call', limit));
  });
}

function sessionsOf({ store, choice }: Looking, calls: readonly SpentCall[]): Map<number, SpentSession> {
  const ids = [...new Set(calls.map(({ session }) => session))];
  return new Map(spentSessions(store, ids, choice.mode).map((session) => [session.id, session]));
}

function noticeBurning(looking: Looking): Noticed[] {
  const { choice, store } = looking;
  const limit = choice.limits.burnRate;
  if (limit === 0) return [];
  const snooze = snoozedUntil(store.db);
  const from = burnsFrom(looking, snooze);
  const burning = [...bySession(looking.recent())].flatMap(([id, calls]) => {
    const reached = burnReached(calls, limit, from);
    return reached ? [{ id, ...reached }] : [];
  });
  const sessions = spentSessions(
    store,
    burning.map(({ id }) => id),
    choice.mode,
  );
  const found = burning.map(({ at, rate }, i) => {
    const session = sessions[i]!;
    return { at, rate, session, crossing: `burnRate|${limit}|${session.key}|${at}` };
  });
  // A snooze logs what burns once an hour, too, and does not count for what is told after it.
  const silent = isSnoozed(looking.now, snooze);
  const last = (subject: string): Millis => lastCallAt(store.db, { rule: 'burnRate', subject, silent });
  return unknown(looking, found)
    .filter(({ session, at }) => at - last(session.key) >= burnAgainMs)
    .map(({ at, rate, session, crossing }) => {
      const alert = { ...sessionAlert(session, at, rate), crossing, limit };
      return judged(looking, { ...alert, rule: 'burnRate', level: 'alert' }, at, limitId('burnRate', limit));
    });
}

/** Whoever burns since before the limit was set or a snooze ended is told of for what it burns after that. */
function burnsFrom({ choice, since, now }: Look, snooze: Millis | undefined): Millis {
  const set = since[limitId('burnRate', choice.limits.burnRate)] ?? now;
  return Math.max(now - freshMs, set, isSnoozed(now, snooze) ? 0 : (snooze ?? 0));
}

function bySession(calls: readonly SpentCall[]): ReadonlyMap<number, readonly SpentCall[]> {
  const sessions = new Map<number, SpentCall[]>();
  for (const call of calls) {
    const known = sessions.get(call.session);
    if (known) known.push(call);
    else sessions.set(call.session, [call]);
  }
  return sessions;
}
