import { columns, paths } from './schema';
import { disjointUsage } from '../disjointUsage';
import { spanResponse } from '../spanResponse';
import { count, instant, label, list, object, parseJson, provider, usd } from '../json';
import type { SqlValue } from '../importer';
import type { Json } from '../json';
import type { CallFact, SessionFact } from '../../shared/facts';
import type { NanoUsd, Usage } from '../../shared/model';

type Row = Readonly<Record<(typeof columns)[number], SqlValue | undefined>>;
type Attributes = Readonly<Record<(typeof paths)[number], unknown>>;

export interface Told {
  readonly call: CallFact;
  readonly session: SessionFact;
  /** The trace, where it belongs to a session that has a name. */
  readonly trace?: string;
  readonly problem?: string;
}

export const rowOf = (values: readonly SqlValue[]): Row =>
  Object.fromEntries(columns.map((name, i) => [name, values[i]])) as Row;

/** The call of a span; undefined if it is none, a text if it cannot be counted. */
export function callOf(row: Row): Told | string | undefined {
  const span = label(row.span_id);
  if (span === undefined) return 'It has no span_id and is left out: it cannot be told from others.';
  const attributes = attributesOf(row);
  const figures = { usage: usageOf(row, attributes), recorded: costOf(row, attributes) };
  const rank = rankOf(row, figures.usage !== undefined || figures.recorded !== undefined);
  if (rank === undefined) return undefined;
  const trace = label(row.trace_id) ?? span;
  const named = label(row.session_id);
  const session = named ?? label(attributes?.['session.id']) ?? trace;
  const told: Told = {
    call: {
      ...{ id: `${trace}/${span}`, session, account: { of: trace, rank } },
      responseId: responseOf(attributes, spanResponse(trace, span)),
      ...timesOf(row),
      ...modelOf(attributes),
      ...figures.usage,
      ...(figures.recorded === undefined ? {} : { recorded: figures.recorded, recordedExact: true }),
      ...outcomeOf(row),
    },
    session: sessionOf(row, session, trace, attributes),
    ...(named === undefined || named === trace ? {} : { trace }),
  };
  return row.is_json === 1
    ? told
    : { ...told, problem: 'Its attributes are no JSON: it is counted with what else is known.' };
}

const responseOf = (attributes: Attributes | undefined, ifNone: string): string =>
  label(attributes?.['gen_ai.response.id'])?.slice(0, 200) ?? ifNone;

/** Agents and chains repeat the requests in them, if they have counts at all. */
function rankOf({ kind, parent_id: parent }: Row, used: boolean): number | undefined {
  if (kind === 'LLM') return 0;
  if (!used) return undefined;
  if (kind === 'EMBEDDING' || kind === 'RERANKER') return 0;
  return label(parent) === undefined ? 2 : 3;
}

function attributesOf({ attributes, is_json: isJson }: Row): Attributes | undefined {
  const value = typeof attributes === 'string' ? parseJson(attributes) : undefined;
  const picked = isJson === 1 ? list(value) : paths.map((path) => path.split('.').reduce(member, value));
  return Object.fromEntries(paths.map((path, i) => [path, picked[i]])) as Attributes;
}

const member = (from: unknown, name: string): unknown => object(from)?.[name];

function usageOf(row: Row, attributes: Attributes | undefined): Partial<Usage> | undefined {
  const counts = object(attributes?.['llm.token_count']) ?? {};
  const prompt: Json = object(counts.prompt_details) ?? {};
  const completion: Json = object(counts.completion_details) ?? {};
  return disjointUsage({
    input: count(counts.prompt) ?? count(row.prompt),
    output: count(counts.completion) ?? count(row.completion),
    total: count(counts.total),
    cacheRead: count(prompt.cache_read),
    cacheWrite: count(prompt.cache_write),
    reasoning: count(completion.reasoning),
    audioInput: count(prompt.audio),
    audioOutput: count(completion.audio),
  });
}

/** What Phoenix worked out, else what the instrumentation sent; the latter's 0 means that it has no price. */
function costOf(row: Row, attributes: Attributes | undefined): NanoUsd | undefined {
  const sent = object(attributes?.['llm.cost']) ?? {};
  const own = usd(row.cost) ?? sumOf(row.prompt_cost, row.completion_cost);
  return own ?? (usd(sent.total) || sumOf(sent.prompt, sent.completion) || undefined);
}

function sumOf(...amounts: readonly unknown[]): NanoUsd | undefined {
  const known = amounts.map(usd).filter((amount) => amount !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, amount) => sum + amount, 0);
}

function timesOf(row: Row): Pick<CallFact, 'at' | 'latencyMs' | 'version'> {
  const [start, end] = [instant(row.start_time), instant(row.end_time)];
  const latencyMs = start === undefined || end === undefined || end < start ? undefined : end - start;
  return { at: start ?? end, latencyMs };
}

function modelOf(attributes: Attributes | undefined): Pick<CallFact, 'model' | 'provider'> {
  const model = ['llm.model_name', 'embedding.model_name', 'reranker.model_name'] as const;
  const short = (value: unknown) => label(value)?.slice(0, 200);
  return {
    model: model.map((path) => short(attributes?.[path])).find((name) => name !== undefined),
    provider: (provider(attributes?.['llm.provider']) ?? provider(attributes?.['llm.system']))?.slice(0, 100),
  };
}

/** Messages of errors may quote a prompt, so only the class of an exception is told. */
function outcomeOf({ status, exception }: Row): Pick<CallFact, 'failed' | 'error'> {
  if (status !== 'ERROR') return { failed: false };
  const error = /^[\w.:$-]{1,200}$/.exec(label(exception) ?? '')?.[0];
  return { failed: true, ...(error === undefined ? {} : { error }) };
}

function sessionOf(row: Row, id: string, trace: string, attributes: Attributes | undefined): SessionFact {
  const user = label(attributes?.['user.id'])?.slice(0, 200);
  const project = label(row.project);
  return {
    id,
    ...(id === trace ? { createdAt: instant(row.trace_start) } : {}),
    ...(user === undefined ? {} : { user }),
    ...(project === undefined ? {} : { project }),
  };
}
