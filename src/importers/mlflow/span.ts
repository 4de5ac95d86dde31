import { attributes, spanColumns } from './schema';
import { disjointUsage } from '../disjointUsage';
import { count, instant, label, list, object, parseJson, provider, usd } from '../json';
import type { Node } from './tree';
import type { SqlValue } from '../importer';
import type { CallFact } from '../../shared/facts';
import type { NanoUsd, Usage } from '../../shared/model';

type Row = Readonly<Record<(typeof spanColumns)[number], SqlValue | undefined>>;
type Attributes = Readonly<Record<(typeof attributes)[number], unknown>>;

/** A span with what of a call it tells. */
export interface Span extends Node {
  readonly trace: string;
  readonly facts: Omit<CallFact, 'id' | 'session'>;
  /** Its content could not be read. */
  readonly isBroken: boolean;
}

/** Requests to a model by their type. A reranker is one if it used something: most run in the process. */
const requests = new Set(['LLM', 'CHAT_MODEL', 'EMBEDDING']);

/** The span of a row; undefined without its ids. */
export function spanOf(values: readonly SqlValue[]): Span | undefined {
  const row = Object.fromEntries(spanColumns.map((name, i) => [name, values[i]])) as Row;
  const [trace, id] = [label(row.trace), label(row.span)];
  if (trace === undefined || id === undefined) return undefined;
  const told = attributesOf(row);
  const usage = usageOf(told['mlflow.chat.tokenUsage'], beside.has(String(told['mlflow.message.format'])));
  const recorded = costOf(told['mlflow.llm.cost']);
  const model = modelOf(row, told);
  return {
    ...{ trace, id, parent: label(row.parent), isBroken: row.is_json !== 1 },
    isRequest: requests.has(String(row.type)) || text(told['mlflow.llm.model']) !== undefined,
    used: recorded !== undefined || Object.values(usage ?? {}).some((tokens) => tokens > 0),
    facts: {
      ...timesOf(row),
      model,
      provider: (provider(told['mlflow.llm.provider']) ?? provider(told['gen_ai.provider.name']))?.slice(
        0,
        100,
      ),
      ...usage,
      ...(recorded === undefined ? {} : { recorded, recordedExact: true }),
      ...outcomeOf(row, told),
      responseId: text(told['gen_ai.response.id']),
    },
  };
}

function attributesOf({ attributes: value, is_json: isJson }: Row): Attributes {
  const parsed = typeof value === 'string' ? parseJson(value) : undefined;
  const own = object(object(parsed)?.attributes);
  const picked = isJson === 1 ? list(parsed) : attributes.map((name) => own?.[name]);
  return Object.fromEntries(attributes.map((name, i) => [name, decoded(picked[i])])) as Attributes;
}

/** Values of attributes are JSON as text; some writers leave plain text, or objects. */
export const decoded = (value: unknown): unknown =>
  typeof value === 'string' ? (parseJson(value) ?? value) : value;

/** Libraries of which MLflow takes over the input without what was cached. */
const beside = new Set(['anthropic', 'bedrock']);

/** Of a span or of a whole trace. */
export function usageOf(value: unknown, cacheBeside = false): Partial<Usage> | undefined {
  const told = object(value);
  return (
    told &&
    disjointUsage({
      ...{ input: count(told.input_tokens), output: count(told.output_tokens) },
      ...{ total: count(told.total_tokens), reasoning: count(told.reasoning_tokens) },
      cacheRead: count(told.cache_read_input_tokens),
      cacheWrite: count(told.cache_creation_input_tokens),
      cacheBeside,
    })
  );
}

/** In USD, from MLflow's price list or from who wrote the trace; a 0 means that there is no price. */
export function costOf(value: unknown): NanoUsd | undefined {
  const told = object(value);
  if (!told) return undefined;
  return usd(told.total_cost) || (usd(told.input_cost) ?? 0) + (usd(told.output_cost) ?? 0) || undefined;
}

function timesOf({ start: from, end: until }: Row): Pick<CallFact, 'at' | 'latencyMs'> {
  const [start, end] = [instant(from), instant(until)];
  const latencyMs = start === undefined || end === undefined || end < start ? undefined : end - start;
  return { at: start ?? end, latencyMs };
}

const text = (value: unknown): string | undefined => label(value)?.slice(0, 200);

/** A name, not a sentence that stands in a field of that name. */
const name = (value: unknown): string | undefined => /^[\w.:/@+-]{1,200}$/.exec(label(value) ?? '')?.[0];

function modelOf(row: Row, told: Attributes): string | undefined {
  const known = [told['mlflow.llm.model'], told['gen_ai.response.model'], told['gen_ai.request.model']];
  const found = known.map(text).find((model) => model !== undefined);
  return (
    found ?? (requests.has(String(row.type)) ? (name(row.output_model) ?? name(row.input_model)) : undefined)
  );
}

/** Messages of errors may quote a prompt, so only the class of an exception is told. */
function outcomeOf(row: Row, told: Attributes): Pick<CallFact, 'failed' | 'error'> {
  const status = label(row.status);
  if (status === undefined || status === 'IN_PROGRESS') return {};
  if (!status.includes('ERROR')) return { failed: false };
  const error = name(told['error.type']) ?? name(decoded(row.exception));
  return { failed: true, ...(error === undefined ? {} : { error }) };
}
