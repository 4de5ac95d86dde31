import { messageOf } from './errors';
import type { Disposable } from './emitter';

/** Everything that crosses between worker, host and webview has one of these shapes. */
export type Wire =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'err'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

type Post = (message: Wire) => void;
type Method = (...args: never[]) => Promise<unknown>;
type Api<T> = { [K in keyof T]: Method };

/** Answers calls with the methods that `api` itself has, and no others. */
export function serve<T extends Api<T>>(api: T, post: Post): (message: Wire) => Promise<void> {
  return async (message) => {
    if (message.kind !== 'call') return;
    const { id, method, args } = message;
    try {
      if (!Object.hasOwn(api, method)) throw new Error(`unknown method: ${method}`);
      post({ kind: 'ok', id, value: await api[method as keyof T](...(args as never[])) });
    } catch (error) {
      post(failure(id, error));
    }
  };
}

/** The other end: `remote` has the methods of `T`; `on` listens to the events of `Events`. */
export class Client<T extends Api<T>, Events extends object> implements Disposable {
  private nextId = 0;
  private readonly pending = new Map<
    number,
    { method: string; resolve(value: unknown): void; reject(error: Error): void }
  >();
  private readonly handlers = new Map<string, Set<(payload: never) => void>>();
  private closed: Error | undefined;

  constructor(private readonly post: Post) {}

  readonly remote = new Proxy({} as T, {
    get:
      (_target, method) =>
      (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          if (this.closed) return reject(this.closed);
          const id = this.nextId++;
          this.pending.set(id, { method: String(method), resolve, reject });
          this.post({ kind: 'call', id, method: String(method), args });
        }),
  });

  on<K extends keyof Events & string>(name: K, handler: (payload: Events[K]) => void): Disposable {
    const handlers = this.handlers.get(name) ?? new Set();
    this.handlers.set(name, handlers.add(handler));
    return { dispose: () => void handlers.delete(handler) };
  }

  /** What a message is about: the method that it answers, or the event. */
  subjectOf(message: Wire): string {
    if (message.kind === 'event') return message.name;
    return this.pending.get(message.id)?.method ?? 'nothing';
  }

  receive(message: Wire): void {
    if (message.kind === 'event') {
      for (const handler of this.handlers.get(message.name) ?? []) handler(message.payload as never);
    } else if (message.kind !== 'call') {
      const waiting = this.pending.get(message.id);
      this.pending.delete(message.id);
      if (message.kind === 'ok') waiting?.resolve(message.value);
      else waiting?.reject(fromWire(message.error));
    }
  }

  /** Rejects what is still open; later calls fail at once. */
  close(reason: Error): void {
    this.closed = reason;
    for (const waiting of this.pending.values()) waiting.reject(reason);
    this.pending.clear();
  }

  dispose(): void {
    this.close(new Error('closed'));
  }
}

/** The answer to a call that could not be made. */
export const failure = (id: number, error: unknown): Wire => ({ kind: 'err', id, error: toWire(error) });

const toWire = (error: unknown): WireError =>
  error instanceof Error
    ? { name: error.name, message: error.message, ...(error.stack ? { stack: error.stack } : {}) }
    : { name: 'Error', message: messageOf(error) };

const fromWire = ({ name, message, stack }: WireError): Error => {
  const error = new Error(message);
  error.name = name;
  if (stack) error.stack = stack;
  return error;
};
