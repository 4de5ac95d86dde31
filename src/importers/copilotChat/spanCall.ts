import { costOfNanoAiu } from '../copilotCredits';
import { errorCode } from '../errorClass';
import { disjoint } from '../inclusiveUsage';
import { count, instant, label, number, provider, text } from '../json';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';
import type { Usage } from '../../shared/model';

/** What a `chat` span says of its call, but for its session. */
export function callOf(id: string, span: Json): Omit<CallFact, 'session'> {
  const at = timeOf(span);
  return {
    id,
    at,
    provider: provider(span.provider_name),
    model: text(span.response_model) ?? text(span.request_model),
    ...usageOf(span),
    ...costOfNanoAiu(span.nanoAiu ?? span.hostNanoAiu, at),
    latencyMs: latencyOf(span),
    ttftMs: firstTokenOf(span),
    ...outcomeOf(span),
    command: debugName(span.agent_name),
    responseId: label(span.responseId),
  };
}

/** When it started, or at least when it ended. */
export const timeOf = (span: Json): number | undefined =>
  instant(span.start_time_ms) ?? instant(span.end_time_ms);

/** Input holds what was read from and written to a cache; -1 is what Gemini's adapter writes for "not reported". */
function usageOf(span: Json): Partial<Usage> {
  const counts = {
    input: count(span.input_tokens),
    output: count(span.output_tokens),
    cacheRead: count(span.cached_tokens) ?? count(span.cacheRead),
    cacheWrite: count(span.cacheWrite),
    reasoning: count(span.reasoning_tokens) ?? count(span.reasoning),
  };
  return Object.values(counts).some((tokens) => tokens !== undefined) ? disjoint(counts) : {};
}

function latencyOf({ start_time_ms, end_time_ms }: Json): number | undefined {
  const [start, end] = [number(start_time_ms), number(end_time_ms)];
  if (instant(start) === undefined || instant(end) === undefined) return undefined;
  return count(Math.round(end! - start!));
}

/** The column is the time until a response object was there; the attribute, in seconds, that of the first chunk. */
function firstTokenOf({ secondsToFirstChunk, ttft_ms }: Json): number | undefined {
  const seconds = number(secondsToFirstChunk);
  const millis = seconds === undefined ? number(ttft_ms) : seconds * 1000;
  return millis === undefined ? undefined : count(Math.round(millis));
}

const failedStatus = 2;

/** What the user stopped has not failed. The status message may hold the user's words and is not read. */
function outcomeOf(span: Json): Pick<CallFact, 'failed' | 'error'> {
  if (number(span.status_code) === failedStatus)
    return { failed: true, error: errorCode(span.errorType) ?? 'error' };
  return span.cancelled === 'true' ? { failed: false, error: 'cancelled' } : { failed: false };
}

/** What the extension calls the request (`panel/editAgent`, `title`); nothing that looks like a sentence. */
const debugName = (value: unknown): string | undefined => {
  const name = text(value);
  return name !== undefined && /^[\w./:*@-]{1,100}$/.test(name) ? name : undefined;
};
