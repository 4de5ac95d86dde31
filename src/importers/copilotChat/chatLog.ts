import { count, instant, label, list, object, text } from '../json';
import { callOf, requestIn, withField } from './chatRequest';
import type { Json } from '../json';
import type { LineReader } from '../lineLog';
import type { ImportBatch } from '../../shared/facts';

/** What the next line of a log depends on; plain JSON. */
export interface ChatState {
  readonly session?: string | undefined;
  readonly createdAt?: number | undefined;
  readonly isCopilot: boolean;
  /** How many requests there are; null if that is not known any more. */
  readonly length: number | null;
  /** Index of a request, and the request. */
  readonly requests: readonly (readonly [number, Json])[];
}

/** A line changes a request that is not remembered: the log has to be read from its beginning. */
export class RequestForgotten extends Error {}

/** Requests that a cursor remembers; what is written later changes the last one or two. */
const remembered = 30;

const newState: ChatState = { isCopilot: false, length: 0, requests: [] };

/** A conversation as its file tells it: whole, or by changes. Of a request only what a call is made of is held. */
export class ChatLog implements LineReader {
  private session: string | undefined;
  private createdAt: number | undefined;
  private isCopilot: boolean;
  private length: number | null;
  private readonly isResumed: boolean;
  private readonly requests: Map<number, Json>;
  private readonly changed = new Set<number>();
  private leaving: Json[] = [];

  constructor(
    private readonly path: string,
    private readonly fallback: string,
    private readonly project: string | undefined,
    before?: ChatState,
  ) {
    this.isResumed = before !== undefined;
    const state = before ?? newState;
    ({
      session: this.session,
      createdAt: this.createdAt,
      isCopilot: this.isCopilot,
      length: this.length,
    } = state);
    this.requests = new Map(state.requests);
  }

  get state(): ChatState {
    const { session, createdAt, isCopilot, length } = this;
    return { session, createdAt, isCopilot, length, requests: [...this.requests].slice(-remembered) };
  }

  get size(): number {
    return this.changed.size + this.leaving.length;
  }

  /** A line was lost: what it did to the list is not known. */
  lose(): void {
    this.length = null;
  }

  /** What of the conversation is no request. */
  about(fields: Json): void {
    this.session = label(fields.sessionId) ?? this.session;
    this.createdAt = instant(fields.creationDate) ?? this.createdAt;
    this.isCopilot ||= /copilot/i.test(text(fields.responderUsername) ?? '');
  }

  /** @returns what is wrong with the request; undefined if nothing is. */
  add(value: unknown): string | undefined {
    const request = requestIn(value);
    if (!request) return 'It is no request and is left out.';
    if (this.length === null) this.leaving.push(request);
    else this.put(this.length++, request);
    return undefined;
  }

  /** One line of a log. @returns what is wrong with it. @throws RequestForgotten */
  read(line: Json): string | undefined {
    const path = list(line.k);
    if (line.kind === 0) return this.begin(line.v);
    if (line.kind === 1 || line.kind === 3) return this.set(path, line.kind === 1 ? line.v : undefined);
    if (line.kind === 2) return path.length === 1 && path[0] === 'requests' ? this.push(line) : undefined;
    return 'It is a change of an unknown kind and is left out.';
  }

  /** The calls of requests that came or changed, and the conversation that they belong to. */
  take(): ImportBatch {
    const session = this.session ?? this.fallback;
    const told = [...this.leaving, ...[...this.changed].map((index) => this.requests.get(index)!)];
    this.leaving = [];
    this.changed.clear();
    const calls = told.flatMap((request) => callOf(request, session, this.isCopilot) ?? []);
    const { createdAt, project, path } = this;
    const unnamed = told.length - calls.length;
    const message = `${unnamed} of its requests have neither an id nor a time and are left out.`;
    return {
      sessions: calls.length > 0 ? [{ id: session, createdAt, project }] : [],
      calls,
      issues: unnamed > 0 ? [{ path, message }] : [],
    };
  }

  private begin(value: unknown): string | undefined {
    const whole = object(value);
    if (!whole) return 'It is no conversation and is left out.';
    this.about(whole);
    this.truncate(0);
    return list(whole.requests)
      .map((request) => this.add(request))
      .find((problem) => problem !== undefined);
  }

  private set([name, index, ...rest]: readonly unknown[], value: unknown): string | undefined {
    if (name === undefined) return this.begin(value);
    if (name !== 'requests') {
      if (typeof name === 'string' && index === undefined) this.about({ [name]: value });
      return undefined;
    }
    if (index === undefined) return this.begin({ requests: value });
    const at = count(index);
    const old = at === undefined ? undefined : this.remembered(at);
    if (at === undefined || !old) return undefined;
    const fresh = rest.length === 0 ? requestIn(value) : withField(old, rest, value);
    if (fresh && fresh !== old) this.put(at, fresh);
    return undefined;
  }

  /** Undefined if there never was one. */
  private remembered(index: number): Json | undefined {
    const found = this.requests.get(index);
    if (!found && this.isResumed && index < (this.length ?? Infinity)) throw new RequestForgotten();
    return found;
  }

  private push({ i, v }: Json): string | undefined {
    const upTo = count(i);
    if (upTo !== undefined) this.truncate(upTo);
    return list(v)
      .map((request) => this.add(request))
      .find((problem) => problem !== undefined);
  }

  /** What is taken back was paid for all the same. */
  private truncate(length: number): void {
    for (const [index, request] of this.requests) {
      if (index < length) continue;
      if (this.changed.delete(index)) this.leaving.push(request);
      this.requests.delete(index);
    }
    this.length = length;
  }

  private put(index: number, request: Json): void {
    const old = this.requests.get(index);
    // Another one in its place: what it said is not lost.
    if (old && old.requestId !== request.requestId && this.changed.has(index)) this.leaving.push(old);
    this.requests.delete(index); // so that the one that changed last is the last
    this.requests.set(index, request);
    this.changed.add(index);
  }
}
