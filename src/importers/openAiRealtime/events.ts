import { instant, object, parseJson, text } from '../json';
import type { Json } from '../json';
import type { Millis } from '../../shared/model';

/** A server event as the API sent it, with the time that the log wrote beside it. */
export interface RealtimeEvent {
  readonly type: string;
  readonly body: Json;
  readonly at?: Millis | undefined;
}

const envelopes = ['event', 'data', 'message', 'payload', 'body'];
const clocks = ['timestamp', 'ts', 'time', 'received_at', 'created_at', 'at'];
const maxDepth = 3;

const families =
  /^(?:session|transcription_session|response|conversation|input_audio_buffer|output_audio_buffer|rate_limits)\.[a-z_.]+$/;

/** Types that no other format has: `response.created` alone is also one of the Responses API. */
const telling =
  /^(?:(?:transcription_)?session\.(?:created|updated)|response\.(?:done|(?:output_)?audio(?:_transcript)?\.\w+)|conversation\.(?:created|item\.(?:created|added|done|input_audio_transcription\.\w+))|input_audio_buffer\.\w+|rate_limits\.updated)$/;

/** The event in a line, bare or in an envelope whose content may be JSON text; undefined for anything else. */
export function eventIn(value: unknown, depth = 0): RealtimeEvent | undefined {
  const found = object(typeof value === 'string' && depth > 0 ? parseJson(value) : value);
  if (!found) return undefined;
  const at = clocks.map((name) => instant(found[name])).find((time) => time !== undefined);
  const own = bare(found);
  if (own) return { ...own, at };
  if (depth === maxDepth) return undefined;
  for (const name of envelopes) {
    const inner = eventIn(found[name], depth + 1);
    if (inner) return { ...inner, at: inner.at ?? at };
  }
  return undefined;
}

/** As it comes, or as server-sent events are logged: the type outside as `event`, the rest in `data`. */
function bare(found: Json): RealtimeEvent | undefined {
  const [type, outside, inside] = [text(found.type), text(found.event), object(found.data)];
  if (type !== undefined && families.test(type)) return { type, body: found };
  return outside !== undefined && inside && families.test(outside)
    ? { type: outside, body: inside }
    : undefined;
}

/** Whether the beginning of a file is that of an event log: one of its lines is an event of this API alone. */
export function isEventLog(head: string): boolean {
  if (!/^\s*\{/.test(head)) return false;
  const lines = head.split('\n');
  const last = lines.pop() ?? '';
  return lines.some((line) => tells(parseJson(line))) || tells(parseJson(last)) || isCutEvent(last);
}

function tells(value: unknown): boolean {
  const event = eventIn(value);
  if (!event || !telling.test(event.type)) return false;
  return !/session\.\w+$/.test(event.type) || object(event.body.session) !== undefined;
}

/** A long line that the end of the head cuts in two, such as one with audio. */
function isCutEvent(line: string): boolean {
  const [, type] = /"type"\s*:\s*"([a-z_.]+)"/.exec(line) ?? [];
  return (
    type !== undefined && telling.test(type) && /"(?:event_id|session|response|item_id|delta)"\s*:/.test(line)
  );
}
