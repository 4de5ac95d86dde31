import { isOfCalls } from '../compaction/compactedRow';
import { isCounted } from '../measures';
import type { Idle } from '../../shared/idle';
import type { Connection } from '../../sqlite/connection';

/** Nevil's tracker: its calls stand for all requests between two looks at a file, and their times are those of the looks. */
const isTracker = "sc.importer = 'nevil' AND s.own_id GLOB 'realtime-usage*'";

/**
 * How long nothing happened in a session; null where less than two of its calls tell when they were, and where some are kept as
 * sums: when these were is not known any more, and what is left of them says nothing of the session. Inside a read.
 */
export function idleOf(db: Connection, session: number, timeoutMs: number): Idle | null {
  const [about] = db.rows(
    `SELECT ${isTracker}, sc.importer IN ('nevil', 'openai-realtime') OR coalesce(
        (SELECT audio_input + audio_output + audio_input_us + audio_output_us FROM usage_session WHERE session = s.id), 0) > 0
       FROM session s JOIN scope sc ON sc.id = s.scope WHERE s.id = ?`,
    [session],
  );
  const [tracker, voice] = (about ?? [1, 0]) as number[];
  if (tracker === 1 || hasSums(db, session)) return null;
  const calls = db.rows(
    `SELECT c.at, c.at + max(coalesce(c.latency_ms, 0), 0) FROM call c
      WHERE c.session = ? AND c.at IS NOT NULL AND ${isCounted} ORDER BY c.at`,
    [session],
  ) as [number, number][];
  return calls.length < 2 ? null : { ...gapsOf(calls, timeoutMs), timeoutMs, isVoice: voice === 1 };
}

const hasSums = (db: Connection, session: number): boolean =>
  db.rows(`SELECT 1 FROM compacted WHERE session = ? AND ${isOfCalls} LIMIT 1`, [session]).length > 0;

/** Calls may run beside each other: a gap begins when the last of those that began before it has ended. */
function gapsOf(
  calls: readonly (readonly [start: number, end: number])[],
  timeoutMs: number,
): Omit<Idle, 'isVoice' | 'timeoutMs'> {
  const sum = { gaps: 0, idleMs: 0, beyondMs: 0 };
  let busyUntil = calls[0]![1];
  for (const [start, end] of calls) {
    const gap = start - busyUntil;
    if (gap > timeoutMs) {
      sum.gaps++;
      sum.idleMs += gap;
      sum.beyondMs += gap - timeoutMs;
    }
    busyUntil = Math.max(busyUntil, end);
  }
  return { ...sum, spanMs: busyUntil - calls[0]![0] };
}
