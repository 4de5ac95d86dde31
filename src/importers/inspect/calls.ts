import { errorClass } from '../errorClass';
import { count, instant, label, list, number, object, provider, text, usd } from '../json';
import type { Json } from '../json';
import type { CallFact, SessionFact } from '../../shared/facts';
import type { Usage } from '../../shared/model';

/** Of which run a sample is. */
export interface Run {
  /** Kept when failed samples are run again in a new log, which copies the others. */
  readonly task: string;
  readonly name?: string | undefined;
  readonly createdAt?: number | undefined;
  readonly tags: readonly string[];
}

export function runOf(header: Json): Run | undefined {
  const task = label(header['eval.task_id']) ?? label(header['eval.eval_id']) ?? label(header['eval.run_id']);
  if (task === undefined) return undefined;
  const tags = list(header['eval.tags']).flatMap((tag) => text(tag)?.slice(0, 200) ?? []);
  return { task, name: text(header['eval.task']), createdAt: instant(header['eval.created']), tags };
}

/** What is known of a sample: members by name, and the requests to models in their order. */
export interface Sample {
  readonly members: Json;
  readonly requests: readonly Json[];
}

export interface SampleFacts {
  readonly session: SessionFact;
  readonly calls: readonly CallFact[];
}

/** The requests of a sample; where they were not logged, what it used by model. */
export function factsOf({ members, requests }: Sample, run: Run): SampleFacts {
  const id = label(members.uuid) ?? `${run.task} ${label(members.id) ?? ''} ${count(members.epoch) ?? 1}`;
  const at = instant(members.started_at);
  const session: SessionFact = {
    ...{ id, experiment: run.task, labels: run.tags },
    createdAt: at ?? run.createdAt,
  };
  const known = { session: id, account: { of: `task:${run.task}`, rank: 0 } };
  const asked = requests.filter(({ pending }) => pending !== true);
  if (asked.length > 0) {
    return {
      session,
      calls: asked.map((event, i) => ({ ...requestOf(event), ...known, id: `${id} ${i + 1}` })),
    };
  }
  const calls = sumsOf(members.model_usage).map((sum) => ({
    ...sum.fact,
    ...known,
    id: `${id} ${sum.model}`,
    at,
  }));
  return { session, calls };
}

/** What the whole run used by model, for a log without samples; counts only where no other log has them. */
export function runCalls(header: Json, run: Run): SampleFacts {
  const session: SessionFact = {
    id: run.task,
    experiment: run.task,
    labels: run.tags,
    createdAt: run.createdAt,
  };
  const known = { session: run.task, account: { of: `task:${run.task}`, rank: 1 } };
  const at = instant(header['stats.started_at']) ?? run.createdAt;
  const id = (model: string): string => `${run.task} run ${model}`;
  const calls = sumsOf(header['stats.model_usage']).map(({ fact, model }) => ({
    ...fact,
    ...known,
    id: id(model),
    at,
  }));
  return { session, calls };
}

type Fact = Omit<CallFact, 'id' | 'session'>;

function requestOf(event: Json): Fact {
  const usage = object(event['output.usage']);
  // An answer of Inspect's own cache cost nothing, and Inspect leaves its usage out of its sums.
  const isHit = event.cache === 'read';
  const error = errorClass(event.error) ?? errorClass(event['output.error']);
  const seconds = number(event['output.time']) ?? number(event.working_time);
  return {
    at: instant(event.timestamp),
    ...modelOf(event.model, event['output.model']),
    ...(isHit ? { recorded: 0, recordedExact: true } : usageOf(usage)),
    latencyMs: seconds === undefined ? undefined : count(Math.round(seconds * 1000)),
    ...(error === undefined ? { failed: false } : { failed: true, error }),
  };
}

const sumsOf = (usage: unknown): { readonly model: string; readonly fact: Fact }[] =>
  Object.entries(object(usage) ?? {}).flatMap(([model, sum]) => {
    const told = object(sum);
    return told ? [{ model, fact: { ...modelOf(model, undefined), ...usageOf(told) } }] : [];
  });

/** `openai/gpt-4o-mini`: who is asked, and for what. The answer may name the model more exactly. */
function modelOf(asked: unknown, answered: unknown): Pick<CallFact, 'provider' | 'model'> {
  const [vendor = '', ...rest] = (text(asked) ?? '').split('/');
  const name = rest.length > 0 ? rest.join('/') : vendor;
  return { provider: rest.length > 0 ? provider(vendor) : undefined, model: text(answered) ?? text(name) };
}

/** Input is net of what was read from and written to a cache; reasoning is part of the output. */
function usageOf(told: Json | undefined): Fact {
  if (!told) return {};
  const output = count(told.output_tokens) ?? 0;
  const usage: Partial<Usage> = {
    inputTokens: count(told.input_tokens) ?? 0,
    cacheReadTokens: count(told.input_tokens_cache_read) ?? 0,
    cacheWriteTokens: count(told.input_tokens_cache_write) ?? 0,
    outputTokens: output,
    reasoningTokens: Math.min(count(told.reasoning_tokens) ?? 0, output),
  };
  const cost = usd(told.total_cost);
  const used = Object.values(usage).some((tokens) => tokens > 0);
  const isKnown = cost !== undefined && (cost > 0 || !used);
  return { ...usage, ...(isKnown ? { recorded: cost, recordedExact: true } : {}) };
}
