import { errorCode } from '../errorClass';
import { unreadableCounts, usageFrom, usageObject } from './usage';
import { instant, label, object, text } from '../json';
import type { Json } from '../json';
import type { Millis, Usage } from '../../shared/model';

/** One response, or one chunk of a streamed one, as a log holds it. */
export interface Response {
  readonly responseId: string | undefined;
  readonly session: string | undefined;
  readonly at: Millis | undefined;
  readonly model: string | undefined;
  readonly usage: Partial<Usage>;
  readonly error: string | undefined;
  /** Counts that could not be read. */
  readonly unreadable: readonly string[];
}

/** Where a log puts what it logs, beside a time of its own. */
const wrappers = ['response', 'message', 'data', 'chunk', 'event', 'body', 'payload', 'serverMessage'];
const times =
  'timestamp time at ts createTime create_time created_at createdAt created date processed_time'.split(' ');
const sessions = ['sessionId', 'session_id', 'conversationId', 'conversation_id'];
const models = ['modelVersion', 'model_version', 'model', 'modelName', 'model_name'];
const responseIds = ['responseId', 'response_id'];

/** The response that a record tells of; undefined if it says nothing of usage and of no failure. */
export function responseOf(record: Json): Response | undefined {
  const inner = wrappers.map((name) => object(record[name])).find((value) => value && isResponse(value));
  const levels: readonly Json[] = inner ? [inner, record] : [record];
  const usage = levels.map(usageObject).find((found) => found);
  const tokens = usage && usageFrom(usage);
  const error = levels.map(errorOf).find((found) => found);
  const unreadable = usage ? unreadableCounts(usage) : levels.flatMap(noObjects);
  if (!tokens && error === undefined && unreadable.length === 0) return undefined;
  return {
    responseId: pick(levels, responseIds, label) ?? interactionId(levels),
    session: pick(levels, sessions, label),
    at: pick([...levels].reverse(), times, instant),
    model: pick(levels, models, text)?.replace(/^.*\//, ''),
    usage: tokens ?? {},
    error: tokens ? undefined : error,
    unreadable,
  };
}

const isResponse = (value: Json): boolean => usageObject(value) !== undefined || errorOf(value) !== undefined;

const noObjects = (level: Json): string[] =>
  ['usageMetadata', 'usage_metadata'].filter((name) => level[name] !== undefined && level[name] !== null);

/** The Interactions API calls it `id`. */
const interactionId = (levels: readonly Json[]): string | undefined =>
  levels
    .filter((level) => 'total_input_tokens' in (object(level.usage) ?? {}))
    .map(({ id }) => label(id))
    .find((id) => id);

function pick<T>(
  levels: readonly Json[],
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const level of levels) {
    const found = names.map((name) => read(level[name])).find((value) => value !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `429 RESOURCE_EXHAUSTED`; the message may repeat what was asked. */
function errorOf(record: Json): string | undefined {
  const error = object(record.error);
  const status = text(error?.status);
  if (!error || status === undefined || !/^[A-Z_]{1,60}$/.test(status)) return undefined;
  return [errorCode(error.code), status].filter((part) => part !== undefined).join(' ');
}

/** The model that a Live session asked for in its first message. */
export const modelAskedFor = (record: Json): string | undefined =>
  text(object(record.setup)?.model)?.replace(/^.*\//, '');
