import { attributesOf, countIn, field, labelIn, textIn } from './attributes';
import { idsOf } from './ids';
import { rankOf } from './operation';
import { costOf, usageOf } from './usage';
import { count, instant, list, number, object, provider, text } from '../json';
import { spanResponse } from '../spanResponse';
import type { Attributes } from './attributes';
import type { Part } from './requests';
import type { Json } from '../json';
import type { CallFact, SessionFact } from '../../shared/facts';
import type { Millis } from '../../shared/model';

export interface Told {
  readonly call: CallFact;
  readonly session: SessionFact;
}

/** The call that a span or a log record tells of; undefined if it tells of none, a text if it cannot be counted. */
export function callOf(
  { kind, value, resource }: Part,
  hash: (text: string) => string,
): Told | string | undefined {
  const attributes = attributesOf(value.attributes);
  return kind === 'span' ? fromSpan(value, attributes, resource) : fromLog(value, attributes, resource, hash);
}

function fromSpan(span: Json, attributes: Attributes, resource: Attributes): Told | string | undefined {
  const ids = idsOf(span);
  const figures = figuresOf(attributes);
  const rank = rankOf({
    ...{ name: text(span.name) ?? '', attributes, isRoot: ids.parent === undefined },
    ...{ model: figures.model, provider: figures.provider, used: figures.used },
  });
  if (rank === undefined) return undefined;
  if (ids.span === undefined) return 'A span of it has no spanId and is left out: export it with its ids.';
  const trace = ids.trace ?? ids.span;
  const session = sessionOf(attributes, resource, trace);
  const [start, end] = [instant(field(span, 'startTimeUnixNano')), instant(field(span, 'endTimeUnixNano'))];
  const call: CallFact = {
    ...factsOf(attributes, figures),
    ...{ id: `${trace}/${ids.span}`, session: session.id, at: start ?? end },
    responseId: labelIn(attributes, responseIds) ?? spanResponse(trace, ids.span),
    // A log of the same call says less, and a span that was told before its end too.
    version: end ?? start,
    latencyMs: start === undefined || end === undefined || end < start ? undefined : end - start,
    ...outcomeOf(span, attributes),
    account: { of: trace, rank },
  };
  return { call, session };
}

const details = 'gen_ai.client.inference.operation.details';

/** The event in which an instrumentation may tell a call beside its span, or without one. */
function fromLog(
  log: Json,
  attributes: Attributes,
  resource: Attributes,
  hash: (text: string) => string,
): Told | undefined {
  if ((text(field(log, 'eventName')) ?? textIn(attributes, ['event.name'])) !== details) return undefined;
  const figures = figuresOf(attributes);
  const operation = { name: '', attributes, isRoot: false, ...figures };
  if (rankOf(operation) !== 0) return undefined;
  const ids = idsOf(log);
  const at = instant(field(log, 'timeUnixNano')) ?? instant(field(log, 'observedTimeUnixNano'));
  const own = hash(
    JSON.stringify([ids.trace, at, figures.model, figures.usage, textIn(attributes, responseIds)]),
  );
  const trace = ids.trace ?? ids.span ?? `log-${own.slice(0, 12)}`;
  const session = sessionOf(attributes, resource, trace);
  const failed = attributes.has('error.type') || undefined;
  const call: CallFact = {
    ...factsOf(attributes, figures),
    ...{ id: ids.span === undefined ? `log/${own}` : `${trace}/${ids.span}`, session: session.id, at },
    ...{ failed, error: failed && codeOf(attributes.get('error.type')) },
    account: { of: trace, rank: 0 },
  };
  return { call, session };
}

const responseModels = ['gen_ai.response.model', 'ai.response.model', 'llm.response.model'];
const requestModels = [
  ...['gen_ai.request.model', 'llm.model_name', 'ai.model.id', 'llm.request.model'],
  ...['embedding.model_name', 'reranker.model_name'],
];
const providers = [
  'gen_ai.provider.name',
  'gen_ai.system',
  'llm.provider',
  'llm.system',
  'ai.model.provider',
];
const responseIds = ['gen_ai.response.id', 'ai.response.id'];

interface Figures {
  readonly usage: ReturnType<typeof usageOf>;
  readonly recorded: number | undefined;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  readonly used: boolean;
}

function figuresOf(attributes: Attributes): Figures {
  const [usage, recorded] = [usageOf(attributes), costOf(attributes)];
  return {
    ...{ usage, recorded },
    model: labelIn(attributes, responseModels) ?? labelIn(attributes, requestModels),
    provider: providers.map((name) => vendorOf(attributes.get(name))).find((name) => name !== undefined),
    used: recorded !== undefined || Object.values(usage ?? {}).some((tokens) => tokens > 0),
  };
}

/** The Vercel SDK names the provider's interface too: `openai.chat`, `google.generative-ai`. */
const interfaces =
  /\.(?:chat|responses?|messages|completions?|embeddings?|image|transcription|speech|generative-ai|vertex(?:\..*)?)$/;

const vendorOf = (value: unknown): string | undefined =>
  provider(value)?.replace(interfaces, '').slice(0, 100);

const tiers = ['flex', 'priority', 'batch', 'fast'];
const tierNames = ['response', 'request'].flatMap((side) => [
  `gen_ai.openai.${side}.service_tier`,
  `openai.${side}.service_tier`,
]);

function factsOf(
  attributes: Attributes,
  { usage, recorded, model, provider: vendor }: Figures,
): Partial<CallFact> {
  const tier = textIn(attributes, tierNames)?.toLowerCase();
  return {
    ...{ provider: vendor, model, ...usage },
    ...(recorded === undefined ? {} : { recorded, recordedExact: true }),
    ttftMs: firstChunkOf(attributes),
    responseId: labelIn(attributes, responseIds),
    ...(tier !== undefined && tiers.includes(tier) ? { tier } : {}),
  };
}

/** The conventions tell it in seconds, the Vercel SDK in milliseconds. */
function firstChunkOf(attributes: Attributes): Millis | undefined {
  const seconds = number(attributes.get('gen_ai.response.time_to_first_chunk'));
  const millis =
    seconds === undefined ? number(attributes.get('ai.response.msToFirstChunk')) : seconds * 1000;
  return millis === undefined ? undefined : count(Math.round(millis));
}

const sessionNames = [
  ...['gen_ai.conversation.id', 'session.id', 'ai.telemetry.metadata.sessionId'],
  'traceloop.association.properties.session_id',
];
const userNames = [
  ...['user.id', 'enduser.id', 'ai.telemetry.metadata.userId'],
  'traceloop.association.properties.user_id',
];
const projectNames = ['openinference.project.name', 'service.name'];
const environments = ['deployment.environment.name', 'deployment.environment'];

function sessionOf(attributes: Attributes, resource: Attributes, trace: string): SessionFact {
  const told = (names: readonly string[]) => labelIn(attributes, names) ?? labelIn(resource, names);
  const [user, project, environment] = [told(userNames), told(projectNames), told(environments)];
  return {
    id: told(sessionNames) ?? trace,
    ...(user === undefined ? {} : { user }),
    // What an SDK names a service that nobody named.
    ...(project === undefined || /^unknown_service\b/.test(project) ? {} : { project }),
    ...(environment === undefined ? {} : { labels: [environment] }),
  };
}

/** The message of a status may repeat what somebody said, so only the class or the code of an error is told. */
function outcomeOf(span: Json, attributes: Attributes): Pick<CallFact, 'failed' | 'error'> {
  const { code } = object(span.status) ?? {};
  const failed = code === 2 || code === '2' || code === 'STATUS_CODE_ERROR' || attributes.has('error.type');
  if (!failed) return { failed };
  const thrown = list(span.events)
    .map((event) => attributesOf(object(event)?.attributes).get('exception.type'))
    .find((type) => type !== undefined);
  const status = countIn(attributes, ['http.response.status_code', 'http.status_code']);
  return { failed, error: codeOf(attributes.get('error.type')) ?? codeOf(thrown) ?? codeOf(status) };
}

/** A class or a code: one word, not a sentence. */
const codeOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number'
    ? /^[\w.:$/-]{1,200}$/.exec(String(value))?.[0]
    : undefined;
