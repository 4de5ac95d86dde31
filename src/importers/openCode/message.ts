import { errorCode } from '../errorClass';
import { count, instant, label, object, provider, text, usd } from '../json';
import type { Json } from '../json';
import type { Account, CallFact, SessionFact } from '../../shared/facts';
import type { Millis, Usage } from '../../shared/model';

/** What stands beside the data of a message in the database, and inside of it in a file. */
export interface Envelope {
  readonly id: string;
  readonly session: string;
  readonly created?: Millis | undefined;
  readonly updated?: Millis | undefined;
}

export interface Message {
  readonly session: SessionFact;
  /** Absent while the answer is still being written, if nothing is known of it but that. */
  readonly call?: CallFact;
}

/** An answer of the assistant, which is one call. */
export function messageOf(data: Json, envelope: Envelope): Message {
  const path = object(data.path) ?? {};
  const session: SessionFact = { id: envelope.session, project: folder(path.cwd) ?? folder(path.root) };
  const usage = usageOf(object(data.tokens));
  const used = Object.values(usage).some((tokens) => tokens > 0);
  const outcome = outcomeOf(data);
  if (!used && outcome.failed === undefined) return { session };
  const call: CallFact = {
    ...{ id: envelope.id, session: envelope.session },
    ...timesOf(data, envelope),
    ...modelOf(data),
    ...usage,
    ...costOf(data, used),
    ...outcome,
  };
  return { session, call: { ...call, account: accountOf(data, call) } };
}

function timesOf(data: Json, { created, updated }: Envelope): Pick<CallFact, 'at' | 'version' | 'latencyMs'> {
  const time = object(data.time) ?? {};
  const [started, completed] = [instant(time.created), instant(time.completed)];
  const at = started ?? created;
  const ended = started !== undefined && completed !== undefined && completed >= started;
  return {
    at,
    version: updated ?? completed ?? at,
    ...(ended ? { latencyMs: completed - started } : {}),
  };
}

/**
 * A fork of a session copies its messages under new ids, times and figures as they were. Ids begin with the time they
 * were made at, so the first of equal answers is the one that was paid for.
 */
function accountOf(data: Json, call: CallFact): Account | undefined {
  const made = /^msg_([0-9a-f]{12})/i.exec(String(call.id))?.[1];
  const completed = instant(object(data.time)?.completed);
  if (made === undefined || completed === undefined || call.at === undefined) return undefined;
  const { model, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = call;
  const figures = [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, call.recorded ?? ''];
  return { of: `${call.at} ${completed} ${model ?? ''} ${figures.join(' ')}`, rank: parseInt(made, 16) };
}

/** The next generation keeps both names in one object. */
function modelOf(data: Json): Pick<CallFact, 'provider' | 'model'> {
  const model = object(data.model) ?? {};
  const vendor = provider(data.providerID ?? model.providerID);
  return {
    provider: vendor === 'github-copilot' ? 'copilot' : vendor,
    model: text(data.modelID) ?? text(model.id) ?? text(model.modelID),
  };
}

/** A 0 beside tokens is that of a subscription, or of a model without a price: it says nothing. */
function costOf(data: Json, used: boolean): Pick<CallFact, 'recorded' | 'recordedExact'> {
  const cost = usd(data.cost);
  return cost === undefined || (cost === 0 && used) ? {} : { recorded: cost, recordedExact: true };
}

/** `/` stands for no project. */
export const folder = (value: unknown): string | undefined => (value === '/' ? undefined : text(value));

/** Input is net of the cache; reasoning stands beside the output. */
function usageOf(tokens: Json | undefined): Partial<Usage> {
  if (!tokens) return {};
  const cache = object(tokens.cache) ?? {};
  const reasoning = count(tokens.reasoning) ?? 0;
  return {
    inputTokens: count(tokens.input) ?? 0,
    cacheReadTokens: count(cache.read) ?? 0,
    cacheWriteTokens: count(cache.write) ?? 0,
    outputTokens: (count(tokens.output) ?? 0) + reasoning,
    reasoningTokens: reasoning,
  };
}

/** Error names are classes (`APIError`, `MessageAbortedError`); their messages may quote anything. */
function outcomeOf(data: Json): Pick<CallFact, 'failed' | 'error'> {
  const told = object(data.error);
  if (!told) return instant(object(data.time)?.completed) === undefined ? {} : { failed: false };
  const name = errorCode(told.name) ?? errorCode(told.type) ?? 'error';
  const status = count(object(told.data)?.statusCode);
  return { failed: true, error: status ? `${name} ${status}` : name };
}

export const envelopeOf = (document: Json): Envelope | undefined => {
  const [id, session] = [label(document.id), label(document.sessionID)];
  return id === undefined || session === undefined ? undefined : { id, session };
};
