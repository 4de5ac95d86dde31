import { instant, object, parseJson, text } from '../json';
import type { Json } from '../json';
import type { Millis } from '../../shared/model';

/** A line of a rollout: when it was written, and what it says if it may be of calls. */
export interface RolloutLine {
  readonly at?: Millis | undefined;
  readonly type: string;
  /** Empty for lines that say nothing of calls: they are not parsed. */
  readonly payload: Json;
}

const types = 'session_meta|turn_context|response_item|event_msg|compacted';
const events = new Set(['token_count', 'error', 'stream_error', 'task_started', 'thread_settings_applied']);

/** How a line begins; what comes before its payload is always short. */
const beginning = new RegExp(
  String.raw`^\s*\{(?=[^{}]{0,300}?"type"\s*:\s*"(${types})")[^{}]{0,300}"payload"\s*:\s*\{(?:\s*"type"\s*:\s*"(\w+)")?`,
);
const clock = /^\s*\{[^{}]{0,300}?"timestamp"\s*:\s*(?:"([^"]{0,40})"|(\d{1,20}))/;

/**
 * The line; undefined if it is none of a rollout, and `null` if it is no JSON. Messages, which are most of a rollout and
 * hold all its text, are passed over by their beginning.
 */
export function rolloutLine(line: string): RolloutLine | undefined | null {
  const [, type, event] = beginning.exec(line) ?? [];
  if (type !== undefined && isPassedOver(type, event)) return { type, at: timeIn(line), payload: {} };
  const value = parseJson(line);
  if (value === undefined) return null;
  const found = object(value);
  const named = text(found?.type);
  const payload = object(found?.payload);
  return found && named !== undefined && payload
    ? { type: named, at: instant(found.timestamp), payload }
    : undefined;
}

const isPassedOver = (type: string, event: string | undefined): boolean =>
  type === 'response_item' ||
  type === 'compacted' ||
  (type === 'event_msg' && event !== undefined && !events.has(event));

function timeIn(line: string): Millis | undefined {
  const [, written, epoch] = clock.exec(line) ?? [];
  return instant(written ?? epoch);
}

/** Whether the beginning of a file is that of a rollout. Its first line may be longer than what is looked at. */
export const isRollout = (head: string): boolean =>
  head
    .split('\n', 20)
    .some((line) => beginning.test(line) || (line.length < 4000 && isWholeLine(rolloutLine(line))));

const isWholeLine = (line: RolloutLine | undefined | null): boolean =>
  !!line && new RegExp(`^(?:${types})$`).test(line.type) && line.at !== undefined;

/** Rollouts of the first builds (until 2025-09) begin with the session itself, and record no tokens. */
export const isOldRollout = (head: string): boolean =>
  /^\s*\{"id":"[0-9a-f-]{36}","timestamp":"[^"]*","instructions":/.test(head);
