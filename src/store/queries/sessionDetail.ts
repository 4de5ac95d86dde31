import { groupsBy } from './report';
import { everything, sessionRows } from './sessions';
import { idsOfKey } from './where';
import { effectiveNote, noteColumns, noteHistory } from '../notes';
import type { Store } from '../store';
import type { CostMode, LatencyStats, Note, SessionDetail } from '../../shared/model';

/** Everything known of a session; undefined when there is none of that key. */
export function sessionDetail(store: Store, key: string, mode: CostMode): SessionDetail | undefined {
  return store.db.read(() => {
    const [id] = idsOfKey(store.db, 'session', key);
    if (id === undefined) return undefined;
    const question = everything(mode);
    const [row] = store.db.rows('SELECT steps, messages, events, reward FROM session WHERE id = ?', [id]);
    const [steps, messages, events, reward] = row as (number | null)[];
    return {
      ...sessionRows(store, question, [id])[0]!,
      sources: sourcesOf(store, id),
      steps: steps!,
      messages: messages!,
      events: events!,
      reward: reward!,
      latency: latencyOf(store, id),
      byModel: groupsBy(store, { ...question, filter: { sessions: [key] } }, 'model'),
      note: noteOf(store, key) ?? null,
      noteHistory: noteHistory(store.db, id),
    };
  });
}

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
function latencyOf(store: Store, session: number): LatencyStats | null {
  const sorted = store.db
    .rows('SELECT latency_ms FROM call WHERE session = ? AND latency_ms IS NOT NULL ORDER BY latency_ms', [
      session,
    ])
    .map(([latency]) => latency as number);
  if (sorted.length === 0) return null;
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { calls: sorted.length, p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1)! };
}
