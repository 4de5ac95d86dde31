import { errorClass } from '../errorClass';
import { disjoint } from '../inclusiveUsage';
import { count, instant, label, object, parseJson, provider, text, usd } from '../json';
import type { SqlValue } from '../importer';
import type { Json } from '../json';
import type { CallFact } from '../../shared/facts';
import type { Usage } from '../../shared/model';

/** One result of an eval, wherever it is kept. */
export interface Result {
  readonly id: string;
  readonly evalId: string;
  readonly at: SqlValue | undefined;
  readonly provider: SqlValue | undefined;
  readonly latencyMs: SqlValue | undefined;
  readonly cost: SqlValue | undefined;
  /** JSON of `tokenUsage`. */
  readonly usage: SqlValue | undefined;
  readonly responseCost: SqlValue | undefined;
  readonly cached: SqlValue | undefined;
  readonly error: SqlValue | undefined;
  /** 0 none, 1 an assertion did not hold, 2 the request failed; NULL in old evals. */
  readonly reason: SqlValue | undefined;
  /** Of the calls of one eval the lowest counts: 0 for rows of their own, 1 for the list of an old eval. */
  readonly rank: number;
}

/** A result as a call; undefined where nothing was asked. */
export function callOf(result: Result): CallFact | undefined {
  const named = providerIn(result.provider);
  if (named !== undefined && asksNobody.test(named)) return undefined;
  const cached = result.cached === 1 || result.cached === 'true';
  const usage = cached ? {} : usageOf(parseJson(text(result.usage) ?? ''), named ?? '');
  return {
    ...{ id: result.id, session: result.evalId, account: { of: result.evalId, rank: result.rank } },
    at: instant(result.at),
    ...modelIn(named),
    ...usage,
    ...costOf(result, cached, usage),
    latencyMs: count(result.latencyMs),
    ...outcomeOf(result),
  };
}

const asksNobody = /^(?:echo$|promptfoo:manual-input|promptfoo:redteam:noop)/;

/** The id of the provider, which stands alone in old evals and in an object in others. */
function providerIn(value: SqlValue | undefined): string | undefined {
  const json = text(value);
  if (json === undefined || !/^\s*[{["]/.test(json)) return json;
  const parsed = parseJson(json);
  return label(object(parsed)?.id) ?? text(parsed);
}

/** What stands between vendor and model: what is asked of it. */
const kinds =
  /^(?:chat|completions?|responses|messages|embeddings?|image|realtime|moderation|assistant|transcription|speech|audio|text|vision|agents?|video)$/;
/** Programs and addresses, which tell no model. */
const custom =
  /^(?:file|package|exec|python|golang|ruby|https?|wss?|websocket|webhook|sequence|browser|mcp)$/;

/** `openai:chat:gpt-4o`: vendor, kind, model. */
function modelIn(id: string | undefined): Pick<CallFact, 'provider' | 'model'> {
  const [vendor = '', ...rest] = (id ?? '').split(':');
  if (rest.length === 0 || custom.test(vendor) || /[\\/]/.test(vendor)) return {};
  const name = rest.filter((part, i) => i > 0 || rest.length === 1 || !kinds.test(part)).join(':');
  return { provider: provider(vendor), model: text(name) };
}

/** Anthropic's cached tokens stand beside its prompt, everyone else's inside. */
function usageOf(value: unknown, named: string): Partial<Usage> {
  const told = object(value) ?? {};
  const details = object(told.completionDetails) ?? {};
  const [input, output] = sidesOf(told);
  if (input === undefined && output === undefined) return {};
  const cacheRead = count(details.cacheReadInputTokens) ?? 0;
  const cacheWrite = count(details.cacheCreationInputTokens) ?? 0;
  const beside = /anthropic|claude/.test(named) || cacheRead + cacheWrite > (input ?? 0);
  const cached = beside ? cacheRead + cacheWrite : 0;
  const reasoning = count(details.reasoning);
  return disjoint({ input: (input ?? 0) + cached, output, cacheRead, cacheWrite, reasoning });
}

/** One of the two follows from the total; a total alone is input. */
function sidesOf(told: Json): [number | undefined, number | undefined] {
  const [input, output, total] = [count(told.prompt), count(told.completion), count(told.total)];
  if (total === undefined || (input ?? 0) + (output ?? 0) > 0) return [input, output];
  return [total, output];
}

/**
 * The column goes before the response. What promptfoo's own cache answered cost nothing, though it may repeat the cost of
 * the first time; any other 0 beside tokens means that promptfoo has no price for the model.
 */
function costOf(
  result: Result,
  cached: boolean,
  usage: Partial<Usage>,
): Pick<CallFact, 'recorded' | 'recordedExact'> {
  if (cached) return { recorded: 0, recordedExact: true };
  const costs = [usd(result.cost), usd(result.responseCost)];
  const cost = costs.find((one) => one !== undefined && one > 0) ?? costs.find((one) => one !== undefined);
  const used = Object.values(usage).some((tokens) => tokens > 0);
  return cost === undefined || (cost === 0 && used) ? {} : { recorded: cost, recordedExact: true };
}

/** That an assertion did not hold is no failure of the call, though it stands in the same column. */
function outcomeOf({ error, reason, usage }: Result): Pick<CallFact, 'failed' | 'error'> {
  const isFailure = reason === null ? text(error) !== undefined && text(usage) === undefined : reason === 2;
  if (!isFailure) return { failed: false };
  const message = text(error) ?? '';
  const status = /^API (?:call )?error:[^\n]{0,60}?\b([45]\d\d)\b/i.exec(message)?.[1];
  return {
    failed: true,
    error: status === undefined ? (errorClass(message) ?? 'error') : `API error ${status}`,
  };
}
