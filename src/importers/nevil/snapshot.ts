import { count, number, object, parseJson } from '../json';
import type { CallFact, Cursor, ImportBatch, SessionFact } from '../../shared/facts';
import type { Millis } from '../../shared/model';

/** What the tracker adds up over all its runs. It never falls, but begins again at 0 when the file is removed. */
export interface Snapshot {
  readonly audio_input_seconds: number;
  readonly audio_output_seconds: number;
  readonly text_input_tokens: number;
  readonly text_output_tokens: number;
  readonly total_sessions: number;
  readonly total_duration_seconds: number;
  readonly function_calls: number;
  readonly estimated_cost_usd: number;
}

type Field = keyof Snapshot;

const wholeFields: readonly Field[] = [
  'text_input_tokens',
  'text_output_tokens',
  'total_sessions',
  'function_calls',
];
const zero: Snapshot = {
  audio_input_seconds: 0,
  audio_output_seconds: 0,
  text_input_tokens: 0,
  text_output_tokens: 0,
  total_sessions: 0,
  total_duration_seconds: 0,
  function_calls: 0,
  estimated_cost_usd: 0,
};
const fields = Object.keys(zero) as Field[];

/** Of seconds thirty years, of dollars a million. */
const most = (name: Field): number => (name === 'estimated_cost_usd' ? 1e6 : 1e9);
const rememberedStates = 1000;

export const isSnapshot = (head: string): boolean =>
  /^\s*\{/.test(head) &&
  ['audio_input_seconds', 'audio_output_seconds', 'text_input_tokens'].every((name) =>
    new RegExp(`"${name}"\\s*:`).test(head),
  );

/** What was counted before: the state at that time, how often the tracker began anew, and all states that were seen. */
interface Memory {
  readonly last: Snapshot;
  readonly resets: number;
  readonly seen: readonly string[];
}

export interface ReadSnapshot {
  readonly text: string;
  readonly path: string;
  readonly modified: Millis;
  readonly hash: (text: string) => string;
}

/** A hash of the state, the same for a copy; undefined if nothing was counted yet, which many files may share. */
export function stateOf({ text, hash }: Pick<ReadSnapshot, 'text' | 'hash'>): string | undefined {
  const given = object(parseJson(text));
  if (!given) return undefined;
  const { now } = read(given, zero);
  return isZero(now) ? undefined : hash(JSON.stringify(now)).slice(0, 16);
}

/** The difference to what was counted before. */
export function newUsage(file: ReadSnapshot, cursor: Cursor | undefined): ImportBatch {
  const { path } = file;
  const given = object(parseJson(file.text));
  if (!given) return { issues: [{ path, message: 'It is not whole: import it again when it is.' }] };
  const memory = memoryOf(cursor);
  const { now, unreadable } = read(given, memory.last);
  const issues = unreadable.map((name) => ({
    path,
    place: name,
    message: 'It is no number of zero or more and is taken as unchanged: correct it in the file.',
  }));
  const state = file.hash(JSON.stringify(now)).slice(0, 16);
  if (memory.seen.includes(state) || isZero(now)) return { issues, share: 1 };
  const isReset = fields.some((name) => now[name] < memory.last[name] - 1e-9);
  const [before, resets] = isReset ? [zero, memory.resets + 1] : [memory.last, memory.resets];
  const session = sessionOf(now, resets);
  const call = callOf(before, now, session.id, file);
  const seen = [...memory.seen, state].slice(-rememberedStates);
  return {
    sessions: [session],
    calls: call ? [call] : [],
    issues,
    cursor: { last: JSON.stringify(now), resets, seen: seen.join(' ') },
    share: 1,
  };
}

const isZero = (snapshot: Snapshot): boolean => fields.every((name) => snapshot[name] === 0);

/** A field that is not there or that makes no sense says nothing new. */
function read(
  given: Readonly<Record<string, unknown>>,
  before: Snapshot,
): { now: Snapshot; unreadable: Field[] } {
  const now = { ...before };
  const unreadable: Field[] = [];
  for (const name of fields) {
    const value = wholeFields.includes(name) ? count(given[name]) : number(given[name]);
    if (value !== undefined && value >= 0 && value <= most(name)) now[name] = value;
    else if (given[name] !== undefined) unreadable.push(name);
  }
  return { now, unreadable };
}

function memoryOf(cursor: Cursor | undefined): Memory {
  if (typeof cursor?.last !== 'string') return { last: zero, resets: 0, seen: [] };
  return {
    last: JSON.parse(cursor.last) as Snapshot,
    resets: Number(cursor.resets),
    seen: String(cursor.seen).split(' '),
  };
}

/** What the tracker adds up from one reset to the next is one session. */
const sessionOf = (now: Snapshot, resets: number): SessionFact => ({
  id: resets === 0 ? 'realtime-usage' : `realtime-usage-${resets + 1}`,
  events: now.total_sessions,
  functionCalls: now.function_calls,
  durationMs: Math.round(now.total_duration_seconds * 1000),
});

function callOf(before: Snapshot, now: Snapshot, session: string, file: ReadSnapshot): CallFact | undefined {
  // Differences of decimal fractions have a tail of digits that nobody wrote.
  const since = (name: Field): number => Math.max(0, Math.round((now[name] - before[name]) * 1e9) / 1e9);
  const used = {
    inputTokens: since('text_input_tokens'),
    outputTokens: since('text_output_tokens'),
    audioInputSeconds: since('audio_input_seconds'),
    audioOutputSeconds: since('audio_output_seconds'),
  };
  const cost = since('estimated_cost_usd');
  if (cost === 0 && Object.values(used).every((amount) => amount === 0)) return undefined;
  return {
    id: file.hash(`${JSON.stringify(before)} ${JSON.stringify(now)}`),
    session,
    at: file.modified,
    provider: 'openai',
    // Assumed: the tracker does not say.
    model: 'gpt-realtime',
    ...used,
    recorded: cost === 0 ? undefined : Math.round(cost * 1e9),
    recordedExact: false,
  };
}
