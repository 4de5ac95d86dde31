import { costOfCredits } from '../copilotCredits';
import { errorCode } from '../errorClass';
import { count, instant, label, number, object, provider, text } from '../json';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';

/** Which fields of a request are kept, and what may stand there: anything else could be somebody's words. */
type Shape = Reader | { readonly [name: string]: Shape };
type Reader = (value: unknown) => unknown;

const longestName = 300;
const named: Reader = (value) => {
  const found = label(value);
  return found !== undefined && found.length <= longestName ? value : undefined;
};
const kept =
  (read: Reader): Reader =>
  (value) =>
    read(value) === undefined ? undefined : value;
const figure = kept(number);
const flag: Reader = (value) => (typeof value === 'boolean' ? value : undefined);

const requestShape: Shape = {
  requestId: named,
  timestamp: kept(instant),
  modelId: named,
  promptTokens: figure,
  completionTokens: figure,
  copilotCredits: figure,
  isCanceled: flag,
  modelState: { value: figure },
  agent: { extensionId: { value: named } },
  result: {
    timings: { firstProgress: figure, totalElapsed: figure },
    errorDetails: { code: errorCode },
    metadata: { responseId: named },
  },
};

function picked(value: unknown, shape: Shape): unknown {
  if (typeof shape === 'function') return shape(value);
  const whole = object(value);
  if (!whole) return undefined;
  const fields = Object.entries(shape).map(([name, inner]) => [name, picked(whole[name], inner)] as const);
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}

/** A request without what was said in it; undefined if it is none. */
export const requestIn = (value: unknown): Json | undefined => object(picked(value, requestShape));

/** The request with the field at `path` set, or without it. The same object if the field is none of those that are kept. */
export const withField = (request: Json, path: readonly unknown[], value: unknown): Json =>
  (replaced(request, path, value, requestShape) ?? {}) as Json;

function replaced(old: unknown, [name, ...rest]: readonly unknown[], value: unknown, shape: Shape): unknown {
  if (name === undefined) return picked(value, shape);
  if (typeof shape === 'function' || typeof name !== 'string' || !Object.hasOwn(shape, name)) return old;
  const whole = object(old) ?? {};
  const field = replaced(whole[name], rest, value, shape[name]!);
  if (field === whole[name]) return old;
  return Object.fromEntries(
    [...Object.entries(whole).filter(([other]) => other !== name), [name, field] as const].filter(
      ([, one]) => one !== undefined,
    ),
  );
}

/** Ids that no two requests share, so that a copy of the conversation tells of the same call. */
const unique = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/**
 * One turn of a conversation as one call: the file knows no single requests to the model, and nothing of its cache.
 * Undefined if neither id nor time tells it from others.
 */
export function callOf(request: Json, session: string, isCopilot: boolean): CallFact | undefined {
  const at = instant(request.timestamp);
  const id = label(request.requestId) ?? (at === undefined ? undefined : `at-${at}`);
  if (id === undefined) return undefined;
  const result = object(request.result);
  const timings = object(result?.timings);
  return {
    id: unique.test(id) ? id : `${session}/${id}`,
    session,
    at,
    ...modelOf(request, isCopilot),
    inputTokens: count(request.promptTokens),
    outputTokens: count(request.completionTokens),
    ...costOfCredits(request.copilotCredits),
    latencyMs: count(timings?.totalElapsed),
    ttftMs: count(timings?.firstProgress),
    ...outcomeOf(request, result),
    responseId: label(object(result?.metadata)?.responseId),
    account: { of: `session:${session}`, rank: 1 },
  };
}

/** `copilot/gpt-4o`: who sells it, and its name there. */
function modelOf(request: Json, isCopilot: boolean): Pick<CallFact, 'provider' | 'model'> {
  const model = text(request.modelId);
  const [, vendor, name] = /^([\w.-]+)\/(.+)$/s.exec(model ?? '') ?? [];
  if (vendor !== undefined) return { provider: provider(vendor), model: name };
  const extension = text(object(object(request.agent)?.extensionId)?.value);
  return { provider: isCopilot || /copilot/i.test(extension ?? '') ? 'copilot' : undefined, model };
}

const stateCancelled = 2;
const stateFailed = 3;

/** What the user stopped has not failed. Messages are not read: the extension quotes requests in them. */
function outcomeOf(request: Json, result: Json | undefined): Pick<CallFact, 'failed' | 'error'> {
  const state = number(object(request.modelState)?.value);
  const details = object(result?.errorDetails);
  const code = errorCode(details?.code);
  if (request.isCanceled === true || state === stateCancelled || /^cancell?ed$/i.test(code ?? ''))
    return { failed: false, error: 'cancelled' };
  if (details || state === stateFailed) return { failed: true, error: code ?? 'error' };
  return result ? { failed: false } : {};
}
