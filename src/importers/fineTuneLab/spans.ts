import { count, instant, label, object, parseJson, provider, text, usd } from '../json';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';

interface NamedModel {
  readonly model: string | undefined;
  readonly provider: string | undefined;
}

/** Own ids of rows that say less of a call than its span does: an answer of the list, and rows of the export. */
const rowKey = (id: string): string => `row:${id}`;
const traceKey = (trace: string): string => `trace:${trace}`;

/** The export tells no spans: of those of a trace, tokens tell which one is meant. */
const usageKey = (trace: string, row: Json): string =>
  `${traceKey(trace)}|${count(row.input_tokens) ?? 0}|${count(row.output_tokens) ?? 0}`;

const uuidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The value if it is a UUID. */
export const uuid = (value: unknown): string | undefined => {
  const read = text(value)?.trim();
  return read !== undefined && uuidForm.test(read) ? read : undefined;
};

/** Its conversation, else its trace. */
export const sessionOf = (row: Json): string | undefined => label(row.conversation_id) ?? label(row.trace_id);

const noCall = /tool|function|retriev|prompt_generation|response_processing|agent|chain|workflow|pipeline/i;
const llmCall = /llm|chat|completion|embed|generation|inference|transcri/i;

/** Whether a span is a request to a model. What it is called is free text: an unknown name needs model and tokens. */
export function isCall(row: Json): boolean {
  const operation = text(row.operation_type) ?? '';
  if (noCall.test(operation)) return false;
  return llmCall.test(operation) || (text(row.model_name) !== undefined && hasTokens(row));
}

const hasTokens = (row: Json): boolean =>
  (count(row.input_tokens) ?? 0) + (count(row.output_tokens) ?? 0) > 0;

/** The call of a row of `llm_traces`, or why it cannot be counted. */
export function callOf(row: Json): CallFact | string {
  const [own, ...others] = namesOf(row);
  if (own === undefined) return 'It has no span_id and is left out: export the table with all its columns.';
  const named = modelOf(row);
  return {
    id: own,
    ...(others.length > 0 ? { also: others } : {}),
    version: instant(row.updated_at) ?? instant(row.created_at),
    session: sessionOf(row) ?? own,
    at: timeOf(row),
    ...named,
    ...tokensOf(row, named),
    recorded: usd(row.cost_usd),
    recordedExact: false,
    latencyMs: count(row.duration_ms),
    ttftMs: count(row.ttft_ms),
    ...outcomeOf(row),
  };
}

/** Its id, and those under which rows that say less may tell of it. */
function namesOf(row: Json): string[] {
  const [span, id, trace] = [label(row.span_id), label(row.id), label(row.trace_id)];
  const names = [span, id === undefined ? undefined : rowKey(id)].filter((name) => name !== undefined);
  if (names.length === 0 || trace === undefined) return names;
  if (hasTokens(row)) names.push(usageKey(trace, row));
  if (isRoot(row)) names.push(traceKey(trace));
  return names;
}

/** The list tells no parents; it shows roots only, unless it was asked for operations that are children. */
const isRoot = (row: Json): boolean =>
  'parent_trace_id' in row
    ? label(row.parent_trace_id) === undefined
    : !/embed/i.test(text(row.operation_type) ?? '');

/** Ids are made of the time in ms: `span_1766300000000_x1`. */
const timeOf = (row: Json): number | undefined =>
  instant(row.start_time) ??
  instant(row.created_at) ??
  instant(/^span_(\d{13})_/.exec(text(row.span_id) ?? '')?.[1]);

const modelOf = (row: Json): NamedModel => ({
  model: text(row.model_name)?.trim(),
  provider: provider(row.model_provider),
});

export const isAnthropic = ({ model, provider: vendor }: NamedModel): boolean =>
  vendor === 'anthropic' || /claude/i.test(model ?? '');

/**
 * Anthropic counts cached tokens beside the input, everyone else inside of it. Where a part is missing, it is what the
 * other one leaves of the total. Whose a model is that is told by id may come out later.
 */
function tokensOf(row: Json, named: NamedModel): Partial<CallFact> {
  const total = count(row.total_tokens) ?? 0;
  const [input, output] = [count(row.input_tokens), count(row.output_tokens)];
  const read = count(row.cache_read_input_tokens) ?? 0;
  const written = count(row.cache_creation_input_tokens) ?? 0;
  const whole = input ?? (output === undefined ? 0 : Math.max(0, total - output));
  const cached = isAnthropic(named) || read + written > whole ? 0 : read + written;
  return {
    inputTokens: whole - cached,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    ...(cached > 0 && uuid(named.model) !== undefined ? { cachedInside: true } : {}),
    outputTokens: output ?? (input === undefined ? 0 : Math.max(0, total - input)),
  };
}

/**
 * A span left `running` or `pending` is one that broke off, unless its end is known: then the note of its start came
 * in after the note of its end. No error is told of it, since a newer row may tell that it went well.
 */
function outcomeOf(row: Json): Pick<CallFact, 'failed' | 'error'> {
  const status = text(row.status)?.trim().toLowerCase();
  const error = errorOf(row);
  if (status === 'failed' || status === 'error') return { failed: true, error };
  if (status === 'running' || status === 'pending')
    return { failed: instant(row.end_time) === undefined && !hasTokens(row) };
  if (status === undefined) return error === undefined ? {} : { failed: true, error };
  return { failed: false };
}

/** A class or a code, as programs name them; a message may quote the prompt. */
const errorOf = (row: Json): string | undefined =>
  [row.error_type, row.error_category]
    .map((value) => label(value)?.trim())
    .find((name) => name !== undefined && /^[\w.:$/-]{1,100}$/.test(name));

/** A row of the unified export, in camel case or, as CSV, in snake case, as far as `callOf` reads it. */
const exported = (row: Json): Json => ({
  operation_type: row.operation,
  model_name: row.model,
  input_tokens: row.inputTokens ?? row.input_tokens,
  output_tokens: row.outputTokens ?? row.output_tokens,
  cache_read_input_tokens: row.cacheReadInputTokens ?? row.cache_read_input_tokens,
  cache_creation_input_tokens: row.cacheCreationInputTokens ?? row.cache_creation_input_tokens,
  duration_ms: row.latencyMs ?? row.latency_ms,
  cost_usd: row.cost,
  status: row.status,
  error_type: row.errorType ?? row.error_type,
  created_at: row.createdAt ?? row.created_at,
  trace_id: row.traceId ?? row.trace_id,
  metadata: row.metadata,
});

/**
 * The call of a row of the unified export; undefined if it is known to be none, or why it cannot be counted. Every span
 * has a row, tools too, and mostly none says what it was: rows without tokens are what is known of their trace's root,
 * or of the call in it that has tokens.
 */
export function exportedCall(row: Json): CallFact | string | undefined {
  const span = exported(row);
  const trace = label(span.trace_id);
  if (trace === undefined) return 'It has no traceId and is left out: export the table llm_traces instead.';
  if (text(span.operation_type) !== undefined && !isCall(span)) return undefined;
  const call = callOf({ ...span, id: trace });
  if (typeof call === 'string') return call;
  if (hasTokens(span)) return { ...call, id: usageKey(trace, span), also: [traceKey(trace)] };
  // It may be the failure of a tool: it must not replace what is known of the call.
  const failed = call.failed === true ? true : undefined;
  return { ...call, id: traceKey(trace), also: undefined, version: undefined, failed, error: undefined };
}

const longestTag = 100;
const mostTags = 50;

/** Free tags and environment. In CSV and SQLite metadata is text. */
export function labelsOf(row: Json): readonly string[] {
  const metadata = object(typeof row.metadata === 'string' ? parseJson(row.metadata) : row.metadata);
  const tags: unknown[] = Array.isArray(metadata?.tags) ? metadata.tags.slice(0, mostTags) : [];
  return [...tags, metadata?.environment].flatMap((tag) => text(tag)?.trim().slice(0, longestTag) ?? []);
}
