import { costOfNanoAiu } from '../copilotCredits';
import { errorCode } from '../errorClass';
import { disjoint } from '../inclusiveUsage';
import { count, instant, label, list, number, object, provider, text } from '../json';
import { accountOf, rankOf } from './sessionName';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';
import type { Usage } from '../../shared/model';

/** A record of the flat file, as far as it is needed. */
export interface TelemetryRecord {
  readonly trace?: string | undefined;
  /** The conversation that it names itself. */
  readonly session?: string | undefined;
  /** The call that it tells, but for its session. */
  readonly call?: TelemetryCall | undefined;
}

export type TelemetryCall = Omit<CallFact, 'session' | 'account'> & { readonly rank: number };

/**
 * Whether a file begins like the flat one: objects with `attributes` on lines of their own. OTLP wraps them in
 * `resourceSpans`.
 */
export const isTelemetry = (head: string): boolean =>
  /^\s*\{/.test(head) &&
  !/"resource(?:Spans|Logs|Metrics)"\s*:/.test(head) &&
  (/"type"\s*:\s*"(?:span|metric|log)"/.test(head) || /"(?:hrTime|_body|spanContext)"\s*:/.test(head)) &&
  /"(?:attributes|descriptor|dataPoints|name)"\s*:/.test(head) &&
  /github\.copilot|copilot_chat\.|"gen_ai\.(?:client\.|operation\.name"\s*:)/.test(head);

/** What one line says. `hash` names a record without ids. */
export function recordIn(line: Json, hash: () => string): TelemetryRecord {
  const attributes = object(line.attributes) ?? {};
  const context = object(line.spanContext);
  const trace = label(line.traceId) ?? label(context?.traceId);
  const session = [
    ...['gen_ai.conversation.id', 'copilot_chat.session_id'],
    ...['copilot_chat.chat_session_id', 'session.id'],
  ]
    .map((key) => label(attributes[key]))
    .find((id) => id !== undefined);
  const rank = rankIn(line, attributes);
  if (rank === undefined) return { trace, session };
  const own = label(line.spanId) ?? label(context?.spanId);
  const isSpan = rank === rankOf.chatSpan || rank === rankOf.agentSpan;
  // Records of events are written inside of the span that they are about, or of one above it.
  const id =
    own === undefined
      ? hash()
      : isSpan
        ? own
        : [own, rank, label(attributes['turn.index']) ?? hash()].join('/');
  return {
    trace,
    session,
    call: callOf(trace === undefined ? id : `${trace}/${id}`, rank, line, attributes),
  };
}

function rankIn(line: Json, attributes: Json): number | undefined {
  if (line.type === 'metric') return undefined;
  const isUnnamedSpan = line.type === undefined && line.hrTime === undefined && line.name !== undefined;
  return line.type === 'span' || isUnnamedSpan ? rankOfSpan(line, attributes) : rankOfLog(line, attributes);
}

function rankOfSpan(line: Json, attributes: Json): number | undefined {
  const operation = text(attributes['gen_ai.operation.name']) ?? text(line.name)?.split(' ', 1)[0];
  if (operation === 'chat') return rankOf.chatSpan;
  return operation === 'invoke_agent' && isUsed(attributes) ? rankOf.agentSpan : undefined;
}

function rankOfLog(line: Json, attributes: Json): number | undefined {
  const event = text(attributes['event.name']) ?? text(line._body) ?? text(line.body) ?? '';
  if (/^(?:gen_ai\.client\.inference\.operation\.details|GenAI inference:)/.test(event))
    return rankOf.inferenceLog;
  return event.startsWith('copilot_chat.agent.turn') && isUsed(attributes) ? rankOf.turnLog : undefined;
}

/** Names of a count: the present one first, then those of older builds. */
const names = {
  input: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  output: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  cacheRead: ['gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens'],
  cacheWrite: [
    ...['gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_creation_input_tokens'],
    'gen_ai.usage.cache_write.input_tokens',
  ],
  reasoning: [
    ...['gen_ai.usage.reasoning.output_tokens', 'gen_ai.usage.reasoning_output_tokens'],
    'gen_ai.usage.reasoning_tokens',
  ],
} as const;

const countIn = (attributes: Json, name: keyof typeof names): number | undefined =>
  names[name].map((key) => count(attributes[key])).find((tokens) => tokens !== undefined);

const isUsed = (attributes: Json): boolean =>
  countIn(attributes, 'input') !== undefined || countIn(attributes, 'output') !== undefined;

/** Input includes what was read from and written to a cache, output the reasoning. */
const usageOf = (attributes: Json): Partial<Usage> =>
  isUsed(attributes)
    ? disjoint({
        input: countIn(attributes, 'input'),
        output: countIn(attributes, 'output'),
        cacheRead: countIn(attributes, 'cacheRead'),
        cacheWrite: countIn(attributes, 'cacheWrite'),
        reasoning: countIn(attributes, 'reasoning'),
      })
    : {};

function callOf(id: string, rank: number, line: Json, attributes: Json): TelemetryCall {
  const { at, latencyMs } = timesOf(line);
  const seconds = number(attributes['gen_ai.response.time_to_first_chunk']);
  return {
    id,
    rank,
    at,
    latencyMs,
    provider: provider(attributes['gen_ai.provider.name']) ?? 'copilot',
    model: text(attributes['gen_ai.response.model']) ?? text(attributes['gen_ai.request.model']),
    ...usageOf(attributes),
    ...costOfNanoAiu(nanoAiuIn(attributes), at),
    ttftMs: seconds === undefined ? undefined : count(Math.round(seconds * 1000)),
    ...outcomeOf(line, attributes),
    responseId: rank <= rankOf.inferenceLog ? label(attributes['gen_ai.response.id']) : undefined,
  };
}

/** `github.copilot.aiu` is of a unit that is not known, and `github.copilot.cost` a multiplier. */
const nanoAiuIn = (attributes: Json): unknown =>
  attributes['github.copilot.nano_aiu'] ?? attributes['copilot_chat.copilot_usage_nano_aiu'];

function timesOf(line: Json): Pick<CallFact, 'at' | 'latencyMs'> {
  const start = timeIn(line.startTime ?? line.startTimeUnixNano);
  const end = timeIn(line.endTime ?? line.endTimeUnixNano);
  if (start !== undefined && end !== undefined) return { at: start, latencyMs: count(end - start) };
  const told = [line.hrTime, line.timestamp, line.time].map(timeIn);
  return { at: start ?? end ?? told.find((at) => at !== undefined), latencyMs: undefined };
}

/** The SDK's pair of seconds and nanoseconds, or one number or text. */
function timeIn(value: unknown): number | undefined {
  if (!Array.isArray(value)) return instant(value);
  const [seconds, nanos] = list(value).map(number);
  return seconds === undefined ? undefined : instant(Math.round(seconds * 1000 + (nanos ?? 0) / 1e6));
}

const failedStatus = 2;

function outcomeOf(line: Json, attributes: Json): Pick<CallFact, 'failed' | 'error'> {
  const type = attributes['error.type'];
  const failed = number(object(line.status)?.code) === failedStatus || text(type) !== undefined;
  return failed ? { failed, error: errorCode(type) ?? 'error' } : { failed };
}

/** The call in its session: of several accounts of the session's calls, those of the lowest rank count. */
export const inSession = ({ rank, ...call }: TelemetryCall, session: string): CallFact => ({
  ...call,
  session,
  account: accountOf(session, rank),
});
