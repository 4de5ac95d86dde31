import { number, object, text } from '../json';
import type { RealtimeEvent } from './events';
import type { Json } from '../json';
import type { SessionFact } from '../../shared/facts';
import type { Millis } from '../../shared/model';

/** What the last `session.*` event told, and what was counted since: what is needed to go on with the next line. */
export interface SessionState {
  readonly id: string;
  /** Whether the API gave the id; else it is made from the beginning of the file. */
  readonly known: boolean;
  readonly model?: string | undefined;
  readonly transcriber?: string | undefined;
  /** Of the audio that comes back. */
  readonly bytesPerSecond: number;
  readonly first?: Millis | undefined;
  readonly last?: Millis | undefined;
  readonly functionCalls: number;
  /** Of the last function calls, since the API tells each of them more than once. */
  readonly functionIds: readonly string[];
}

/** PCM, 16 bits, 24 kHz. */
const pcm16 = 48_000;
const g711 = 8_000;
const rememberedFunctions = 500;

export const unknownSession = (id: string): SessionState => ({
  id,
  known: false,
  bytesPerSecond: pcm16,
  functionCalls: 0,
  functionIds: [],
});

/** The state after a `session.created` or `session.updated`. */
export function withSession(state: SessionState, { body }: RealtimeEvent): SessionState {
  const session = object(body.session);
  if (!session) return state;
  const id = text(session.id) ?? state.id;
  const before = id === state.id ? state : unknownSession(id);
  const isTranscription =
    session.type === 'transcription' || /transcription/.test(text(session.object) ?? '');
  return {
    ...before,
    known: state.known || text(session.id) !== undefined,
    model: isTranscription ? before.model : (text(session.model) ?? before.model),
    transcriber: transcriberOf(session) ?? before.transcriber,
    bytesPerSecond: bytesPerSecondOf(session) ?? before.bytesPerSecond,
  };
}

const transcriberOf = (session: Json): string | undefined =>
  text(object(session.input_audio_transcription)?.model) ??
  text(object(object(object(session.audio)?.input)?.transcription)?.model);

function bytesPerSecondOf(session: Json): number | undefined {
  const format = object(object(session.audio)?.output)?.format ?? session.output_audio_format;
  const name = text(format) ?? text(object(format)?.type);
  if (name === undefined) return undefined;
  if (/g711|pcm[ua]/.test(name)) return g711;
  const rate = number(object(format)?.rate);
  return rate !== undefined && rate > 0 ? rate * 2 : pcm16;
}

export const withTime = (state: SessionState, at: Millis | undefined): SessionState =>
  at === undefined
    ? state
    : { ...state, first: Math.min(state.first ?? at, at), last: Math.max(state.last ?? at, at) };

export function withFunctionCall(state: SessionState, id: string): SessionState {
  if (state.functionIds.includes(id)) return state;
  return {
    ...state,
    functionCalls: state.functionCalls + 1,
    functionIds: [...state.functionIds, id].slice(-rememberedFunctions),
  };
}

export const sessionFact = ({ id, first, last, functionCalls }: SessionState): SessionFact => ({
  id,
  ...(first === undefined || last === undefined ? {} : { createdAt: first, durationMs: last - first }),
  functionCalls,
});
