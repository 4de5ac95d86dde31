import { errorClass, errorCode } from '../errorClass';
import { disjoint, openAiCounts } from '../inclusiveUsage';
import { count, instant, label, list, number, object, parseJson, provider, text, usd } from '../json';
import type { InclusiveCounts } from '../inclusiveUsage';
import type { Json } from '../json';
import type { CallFact, SessionFact } from '../../shared/facts';
import type { Usage } from '../../shared/model';

export interface Request {
  readonly session: SessionFact;
  /** Absent for what asks no model: files, batches, tools. */
  readonly call?: CallFact;
}

/** An object, which a CSV holds as JSON text. */
const nested = (value: unknown): Json => object(typeof value === 'string' ? parseJson(value) : value) ?? {};

/** A row of SpendLogs or a logging payload as a call and its session; or why it is left out. */
export function requestOf(record: Json): Request | string {
  const own = label(record.request_id) ?? label(record.id);
  if (own === undefined) return 'It has no request_id or id and is left out: export it again with its id.';
  const metadata = nested(record.metadata);
  const id = label(record.session_id) ?? label(record.trace_id) ?? own;
  const session: SessionFact = { id, user: userOf(record, metadata), labels: labelsOf(record) };
  const used = usedIn(record, metadata);
  const cost = costOf(record, used.usage);
  if (!asksModel(record, used.counts, cost)) return { session };
  const call: CallFact = {
    ...keyOf(record, own),
    session: id,
    ...timesOf(record),
    provider: provider(record.custom_llm_provider),
    model: text(record.model) ?? text(record.model_group),
    ...used.usage,
    recorded: cost,
    recordedExact: cost === undefined ? undefined : true,
    ...outcomeOf(record, metadata),
    ...(isHit(record) ? {} : { responseId: responseIdOf(own) }),
    ...extrasOf(record, used.object),
    ...(used.detailed ? { version: instant(record.endTime) } : {}),
  };
  return { session, call };
}

const isHit = (record: Json): boolean =>
  record.cache_hit === true || (typeof record.cache_hit === 'string' && /^true$/i.test(record.cache_hit));

/** End users go before the users of the proxy: the bill is theirs. */
const userOf = (record: Json, metadata: Json): string | undefined =>
  label(record.end_user) ??
  label(metadata.user_api_key_end_user_id) ??
  label(record.user) ??
  label(metadata.user_api_key_user_id);

const labelsOf = (record: Json): readonly string[] => {
  const tags = typeof record.request_tags === 'string' ? parseJson(record.request_tags) : record.request_tags;
  return list(tags).flatMap((tag) => text(tag)?.slice(0, 200) ?? []);
};

interface Used {
  readonly usage: Partial<Usage>;
  readonly counts: InclusiveCounts;
  readonly object: Json;
  /** It says more than the sums. */
  readonly detailed: boolean;
}

/** The three sums of the record; what was cached, thought or heard stands only in `usage_object`. */
function usedIn(record: Json, metadata: Json): Used {
  const hidden = nested(record.hidden_params);
  const details = [metadata.usage_object, hidden.usage_object, record.usage_object].map(nested);
  const found = details.find((usage) => Object.keys(usage).length > 0) ?? {};
  const inner = openAiCounts(found);
  const [input, output] = sumsOf(record, inner);
  const counts = { ...inner, input, output };
  const seconds = number(found.seconds);
  const usage = {
    ...(input === undefined && output === undefined ? {} : disjoint(counts)),
    ...(seconds !== undefined && count(seconds) !== undefined ? { audioInputSeconds: seconds } : {}),
  };
  const detailed = counts.cacheRead !== undefined || counts.reasoning !== undefined;
  return { usage, counts, object: found, detailed };
}

/** Of a sum and one part the other part follows. */
function sumsOf(record: Json, inner: InclusiveCounts): [number | undefined, number | undefined] {
  const input = count(record.prompt_tokens) ?? inner.input;
  const output = count(record.completion_tokens) ?? inner.output;
  const total = count(record.total_tokens);
  if (total === undefined || (input !== undefined && output !== undefined)) return [input, output];
  const rest = Math.max(0, total - (input ?? output ?? 0));
  return [input ?? rest, output ?? (input === undefined ? 0 : rest)];
}

/**
 * What LiteLLM recorded, exact. Answers of its cache cost a true 0; any other 0 beside tokens means that it has no
 * price for the model.
 */
function costOf(record: Json, usage: Partial<Usage>): number | undefined {
  const cost = usd(record.spend) ?? usd(record.response_cost);
  if (isHit(record)) return cost ?? 0;
  const used = Object.values(usage).some((value) => value > 0);
  return cost === 0 && used ? undefined : cost;
}

/** Kinds of `call_type` that ask a model; of any other only what used or cost something is a call. */
const asking =
  /completion|embedding|response|image|transcription|speech|rerank|moderation|generate|message|realtime|pass_through|video|ocr|^$/i;

function asksModel(record: Json, { input = 0, output = 0 }: InclusiveCounts, cost = 0): boolean {
  if (input + output + cost > 0) return true;
  const kind = text(record.call_type) ?? '';
  return asking.test(kind) && text(record.mcp_namespaced_tool_name) === undefined;
}

/**
 * An answer of the cache has the id of the request that filled it and the time of writing, which is another one in each
 * place; so it is known by when it began. A database may have rounded that up to the next millisecond.
 */
function keyOf(record: Json, own: string): Pick<CallFact, 'id' | 'also'> {
  const base = /^(.*)_cache_hit[\d.]+$/s.exec(own)?.[1];
  const at = instant(record.startTime);
  if (base === undefined || at === undefined) return { id: own };
  const float = number(record.startTime);
  const began = float === undefined || float > 1e11 ? at : Math.floor(float * 1000 + 1e-3);
  const key = (time: number): string => `${base} hit ${time}`;
  return record.request_id === undefined ? { id: key(began) } : { id: key(began), also: [key(began - 1)] };
}

/** LiteLLM makes up ids (with a UUID in them) where a provider gives none. */
const responseIdOf = (own: string): string | undefined =>
  /^(?:chatcmpl|cmpl|msg|resp|gen)[-_](?![0-9a-f]{8}-[0-9a-f]{4}-)/.test(own) ? own : undefined;

function timesOf(record: Json): Pick<CallFact, 'at' | 'latencyMs' | 'ttftMs'> {
  const [start, end, first] = [record.startTime, record.endTime, record.completionStartTime].map(instant);
  const since = (time: number | undefined): number | undefined =>
    start === undefined || time === undefined || time < start ? undefined : time - start;
  const latencyMs = count(record.request_duration_ms) ?? since(end);
  const ttftMs = since(first);
  // Where nothing was streamed, the end stands for the first token.
  const streamed = ttftMs !== undefined && latencyMs !== undefined && ttftMs < latencyMs;
  return { at: start ?? end, latencyMs, ...(streamed ? { ttftMs } : {}) };
}

function outcomeOf(record: Json, metadata: Json): Pick<CallFact, 'failed' | 'error'> {
  const status = (text(record.status) ?? text(metadata.status))?.toLowerCase();
  const information = { ...nested(metadata.error_information), ...nested(record.error_information) };
  const code = errorCode(information.error_class) ?? errorCode(information.error_code);
  const error = code ?? errorClass(text(record.error_str));
  if (status === 'success') return { failed: false };
  if (status === undefined && error === undefined) return {};
  return { failed: true, error: error ?? 'failure' };
}

const tiers = new Set(['fast', 'batch', 'flex', 'priority']);

function extrasOf(record: Json, usage: Json): Pick<CallFact, 'tier' | 'webSearches'> {
  const tier = text(usage.service_tier) ?? text(nested(record.model_parameters).service_tier);
  const searches = count(object(usage.server_tool_use)?.web_search_requests);
  return {
    ...(tier !== undefined && tiers.has(tier) ? { tier } : {}),
    ...(searches ? { webSearches: searches } : {}),
  };
}
