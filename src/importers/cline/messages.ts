import { errorClass, errorCode } from '../errorClass';
import { count, instant, object, parseJson, text } from '../json';
import { bucketsOf, costOf, figuresOf, isSomething, less, modelOf, nothing, plus } from './usage';
import type { Figures } from './usage';
import type { Json } from '../json';
import type { CallFact, Cursor } from '../../shared/facts';

interface Started {
  readonly ts: number;
  readonly told: Json;
  readonly info: unknown;
  /** It was told as a call that failed. */
  readonly failed: boolean;
}

/** The calls in the messages of one task, told in the order of the file. */
export class TaskMessages {
  private first: number | undefined;
  private started: Started | undefined;
  private present = nothing;
  private last = 0;
  private sums = nothing;
  private readonly deleted: { readonly ts: number; readonly figures: Figures; readonly info: unknown }[] = [];

  constructor(
    private readonly task: string | undefined,
    private readonly cursor: Cursor | undefined,
  ) {}

  /** The task's folder, else the time of its first message. */
  get session(): string | undefined {
    return this.task ?? (this.first === undefined ? undefined : `task-${this.first}`);
  }

  /** The call that this message completes, if any; a text says why it is left out. */
  add(message: Json): CallFact | string | undefined {
    const ts = instant(message.ts);
    this.first ??= ts;
    const kind = message.type === 'ask' ? `ask ${text(message.ask) ?? ''}` : text(message.say);
    const read = kind === undefined || !Object.hasOwn(readers, kind) ? undefined : readers[kind];
    if (!read) return undefined;
    if (ts === undefined) return 'It has no valid ts and is left out.';
    const told = object(parseJson(text(message.text) ?? '')) ?? {};
    return this[read](ts, told, message);
  }

  /** What was deleted since the last import was told then, request by request: only the rest is new. */
  rest(): CallFact[] {
    let vanished = this.known ? less(this.known.sums, this.present) : nothing;
    return this.deleted.flatMap(({ ts, figures, info }) => {
      const left = less(figures, vanished);
      vanished = less(vanished, figures);
      return isSomething(left) ? [this.callOf(ts, left, {}, info)] : [];
    });
  }

  get position(): Cursor {
    const { input, output, cacheWrite, cacheRead, cost } = this.sums;
    return {
      version: 1,
      first: this.first ?? null,
      last: this.last,
      input,
      output,
      cacheWrite,
      cacheRead,
      cost,
    };
  }

  private get known(): { readonly last: number; readonly sums: Figures } | undefined {
    if (this.cursor?.version !== 1 || this.cursor.first !== this.first) return undefined;
    const of = (name: string): number => Number(this.cursor![name]);
    const [input, output] = [of('input'), of('output')];
    const sums = {
      input,
      output,
      cacheWrite: of('cacheWrite'),
      cacheRead: of('cacheRead'),
      cost: of('cost'),
    };
    return { last: of('last'), sums };
  }

  /** A request; while nothing is known of it but that, it may still be under way. */
  start(ts: number, told: Json, message: Json): CallFact | undefined {
    const figures = figuresOf(told);
    const reason = errorCode(told.cancelReason);
    const failed = reason !== undefined;
    this.started = { ts, told, info: message.modelInfo, failed: failed && !isSomething(figures) };
    if (!isSomething(figures) && !failed) return undefined;
    this.take(ts, figures);
    const call = this.callOf(ts, figures, told, message.modelInfo);
    return failed ? { ...call, failed, error: reason } : { ...call, failed };
  }

  /** Very old files have the figures of a request in a message of their own. */
  finish(ts: number, told: Json): CallFact | undefined {
    const { started } = this;
    this.started = undefined;
    if (!started || isSomething(figuresOf(started.told))) return undefined;
    const figures = figuresOf(told);
    this.take(ts, figures);
    return { ...this.callOf(started.ts, figures, { ...started.told, ...told }, started.info), failed: false };
  }

  /** A failed attempt: the request that is tried again is the one before, which gets the figures. */
  fail(ts: number, _told: Json, message: Json): CallFact | undefined {
    if (this.started?.failed) return undefined;
    const error = errorClass(message.text) ?? 'error';
    return { ...this.callOf(ts, nothing, {}, message.modelInfo ?? this.started?.info), failed: true, error };
  }

  /** All that sub-agents used since the last such message. */
  delegate(ts: number, told: Json, message: Json): CallFact | undefined {
    const figures = figuresOf(told);
    if (!isSomething(figures)) return undefined;
    this.take(ts, figures);
    const call = this.callOf(ts, figures, told, message.modelInfo ?? this.started?.info);
    return { ...call, agent: { id: 'subagents', name: 'subagents' } };
  }

  /** The sum of requests whose messages were deleted when the task was set back. */
  erase(ts: number, told: Json, message: Json): undefined {
    const figures = figuresOf(told);
    if (!isSomething(figures)) return undefined;
    if (!this.known || ts > this.known.last) this.deleted.push({ ts, figures, info: message.modelInfo });
    this.take(ts, figures);
    return undefined;
  }

  private take(ts: number, figures: Figures): void {
    this.sums = plus(this.sums, figures);
    this.last = Math.max(this.last, ts);
    if (this.known && ts <= this.known.last) this.present = plus(this.present, figures);
  }

  private callOf(ts: number, figures: Figures, told: Json, info: unknown): CallFact {
    const session = this.session!;
    const used = figures.input + figures.output + figures.cacheRead + figures.cacheWrite > 0;
    const isTold = told.cost !== undefined || figures.cost > 0;
    return {
      ...{ id: `${this.first}-${ts}`, session, account: { of: `session:${session}`, rank: 0 }, at: ts },
      ...modelOf(info),
      ...(used ? bucketsOf(figures, told.apiProtocol, ts) : {}),
      ...costOf(isTold ? figures.cost : undefined, used, info),
    };
  }
}

const readers: Readonly<Record<string, 'start' | 'finish' | 'fail' | 'delegate' | 'erase'>> = {
  api_req_started: 'start',
  api_req_finished: 'finish',
  subagent_usage: 'delegate',
  deleted_api_reqs: 'erase',
  'ask api_req_failed': 'fail',
};

/** An answer in the history of what was sent, if it tells what it used. */
export function answerOf(message: Json, session: string): CallFact | undefined {
  const metrics = object(message.metrics);
  const at = instant(message.ts);
  if (message.role !== 'assistant' || !metrics || at === undefined) return undefined;
  const told = object(metrics.tokens) ?? {};
  const [prompt, output, cacheRead] = [count(told.prompt), count(told.completion), count(told.cached)].map(
    (tokens) => tokens ?? 0,
  ) as [number, number, number];
  const figures: Figures = { ...nothing, input: prompt, output, cacheRead };
  const cost = metrics.cost === undefined ? undefined : figuresOf({ cost: metrics.cost }).cost;
  const used = isSomething(figures);
  if (!used && !cost) return undefined;
  return {
    ...{
      id: `history ${at} ${prompt} ${output}`,
      session,
      account: { of: `session:${session}`, rank: 1 },
      at,
    },
    ...modelOf(message.modelInfo),
    ...(used ? bucketsOf(figures, 'openai', at) : {}),
    ...costOf(cost, used, message.modelInfo),
  };
}
