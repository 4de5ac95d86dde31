import { claimOfSession } from './claims';
import { sessionAgents } from './agents';
import { idleOf } from './idle';
import { groupsBy } from './report';
import { failuresOfSession } from './retries';
import { everything, sessionRows } from './sessions';
import { idsOfKey } from './where';
import { isCounted } from '../measures';
import { usualIdleTimeoutMs } from '../../shared/idle';
import { effectiveNote, noteColumns, noteHistory } from '../notes';
import type { Store } from '../store';
import type { CostMode, LatencyStats, Note, SessionDetail } from '../../shared/model';

/** Everything known of a session; undefined when there is none of that key. */
export function sessionDetail(
  store: Store,
  key: string,
  mode: CostMode,
  idleTimeoutMs: number = usualIdleTimeoutMs,
): SessionDetail | undefined {
  return store.db.read(() => {
    const [id] = idsOfKey(store.db, 'session', key);
    if (id === undefined) return undefined;
    const question = everything(mode);
    const row = sessionRows(store, question, [id])[0]!;
    return {
      ...row,
      sources: sourcesOf(store, id),
      ...toldOf(store, id),
      claim: claimOfSession(store.db, id) ?? null,
      latency: timesOf(store, id, 'latency_ms'),
      firstToken: timesOf(store, id, 'ttft_ms'),
      ...failuresOfSession(store, id, mode),
      idle: idleOf(store.db, id, idleTimeoutMs),
      byModel: groupsBy(store, { ...question, filter: { sessions: [key] } }, 'model', 'everything'),
      byAgent: row.agents > 0 ? (sessionAgents(store, key, mode) ?? null) : null,
      note: noteOf(store, key) ?? null,
      noteHistory: noteHistory(store.db, id),
    };
  });
}

type Told = Pick<
  SessionDetail,
  'steps' | 'messages' | 'events' | 'reward' | 'functionCalls' | 'durationMs' | 'modelId' | 'labels'
>;

/** What its sources tell of it beside its calls; null where none does. */
function toldOf(store: Store, session: number): Told {
  const [row] = store.db.rows(
    `SELECT steps, messages, events, reward, function_calls, duration_ms, model_id, labels
       FROM session WHERE id = ?`,
    [session],
  );
  const [
    steps = null,
    messages = null,
    events = null,
    reward = null,
    functionCalls = null,
    durationMs = null,
  ] = (row ?? []) as (number | null)[];
  const [modelId = null, labels = null] = (row ?? []).slice(6) as (string | null)[];
  return {
    steps,
    messages,
    events,
    reward,
    functionCalls,
    durationMs,
    modelId,
    labels: labels ? (JSON.parse(labels) as string[]) : [],
  };
}

/** Nothing told, too, where there is no such session (any more). */
export const toldOfSession = (store: Store, key: string): Told =>
  toldOf(store, idsOfKey(store.db, 'session', key)[0] ?? 0);

/** The note in force; undefined when there is no note or no such session. */
export function noteOf(store: Store, key: string): Note | undefined {
  const [id] = idsOfKey(store.db, 'session', key);
  if (id === undefined) return undefined;
  const [row] = store.db.rows(
    `SELECT ${noteColumns} FROM session s LEFT JOIN note n ON n.id = s.note WHERE s.id = ?`,
    [id],
  );
  return effectiveNote(row!);
}

const sourcesOf = (store: Store, session: number): string[] =>
  store.db
    .rows(
      `SELECT path FROM source WHERE id IN (SELECT source FROM usage_slot WHERE session = ?1)
          OR id = (SELECT source FROM session WHERE id = ?1) ORDER BY path`,
      [session],
    )
    .map(([path]) => path as string);

/** Exact: a session is small enough to sort its calls. */
function timesOf(store: Store, session: number, column: 'latency_ms' | 'ttft_ms'): LatencyStats | null {
  const sorted = store.db
    .rows(
      `SELECT c.${column} FROM call c WHERE c.session = ? AND c.${column} IS NOT NULL AND ${isCounted} ORDER BY 1`,
      [session],
    )
    .map(([time]) => time as number);
  if (sorted.length === 0) return null;
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { calls: sorted.length, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: sorted.at(-1)! };
}
