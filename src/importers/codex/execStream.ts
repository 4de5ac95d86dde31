import { instant, label, object, parseJson, text } from '../json';
import { countsIn, isOfCall, usageOf } from './usage';
import type { Json } from '../json';
import type { FactBatch, LineReader } from '../lineReader';
import type { CallFact } from '../../shared/facts';
import type { Millis } from '../../shared/model';

/** All that the next line depends on; plain JSON. */
export interface StreamState {
  readonly session: string;
  /** The thread that `thread.started` named: its usage is told as a sum over all its turns. */
  readonly thread?: string | undefined;
  readonly model?: string | undefined;
  /** Calls and failures so far, for those without a thread to be known by. */
  readonly told: number;
}

const envelopes = ['data', 'result', 'response'];
const telling = /"(?:thread\.started|turn\.failed|usage|model|model_name)"/;
const kinds = /^(?:thread\.started|turn\.(?:started|completed|failed)|item\.(?:started|updated|completed))$/;

/** Whether the beginning of a file is that of what `codex exec --json` prints. */
export function isExecStream(head: string): boolean {
  const lines = head.split('\n', 20);
  return lines.some((line) => {
    const type = /^\s*\{\s*"type"\s*:\s*"([a-z.]+)"/.exec(line)?.[1] ?? text(object(parseJson(line))?.type);
    return type !== undefined && kinds.test(type);
  });
}

/** Reads the lines of a stream and tells what they used. Times that are missing are when the file was last written. */
export class ExecStream implements LineReader {
  constructor(
    readonly facts: FactBatch,
    private readonly file: { readonly modified: Millis; hash(text: string): string },
    public state: StreamState,
  ) {}

  add(line: string, place: string): boolean {
    if (/^\s*\{\s*"type"\s*:\s*"item\./.test(line)) return true;
    const value = parseJson(line);
    if (value === undefined) return false;
    const event = object(value);
    if (!event || !telling.test(line)) return true;
    if (event.type === 'thread.started') this.begin(event);
    const parts = [event, ...envelopes.map((name) => object(event[name]) ?? {})];
    const model = firstOf(parts, modelIn);
    this.state = { ...this.state, model: model ?? this.state.model };
    if (event.type === 'turn.failed') this.fail(event, line);
    else this.addUsage(parts, line, place);
    return true;
  }

  private begin(event: Json): void {
    const thread = label(event.thread_id);
    if (thread === undefined || thread === this.state.thread) return;
    this.state = { session: thread, thread, told: 0 };
    this.facts.sessionOf(thread);
  }

  private addUsage(parts: readonly Json[], line: string, place: string): void {
    const unreadable: string[] = [];
    const counts = firstOf(parts, ({ usage }) => countsIn(usage, unreadable));
    this.facts.unreadable(place, unreadable);
    if (!counts || !isOfCall(counts)) return;
    const { thread } = this.state;
    this.tell(thread === undefined ? this.name(line) : 'sum', { ...usageOf(counts), at: timeIn(parts) });
  }

  private fail(event: Json, line: string): void {
    this.tell(`failed.${this.name(line)}`, { at: timeIn([event]), failed: true, error: 'turn.failed' });
  }

  private name(line: string): string {
    return `${this.state.told + 1}.${this.file.hash(line).slice(0, 12)}`;
  }

  private tell(name: string, told: Omit<CallFact, 'id' | 'session'>): void {
    const { session, thread, model } = this.state;
    this.state = { ...this.state, told: this.state.told + 1 };
    this.facts.sessionOf(session);
    const account = thread === undefined ? {} : { account: { of: `thread/${thread}`, rank: 1 } };
    const at = told.at ?? this.file.modified;
    this.facts.call({ ...told, at, id: `thread/${session}/${name}`, session, model, ...account });
  }
}

function firstOf<T>(parts: readonly Json[], read: (part: Json) => T | undefined): T | undefined {
  for (const part of parts) {
    const found = read(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

const modelIn = ({ model, model_name, metadata }: Json): string | undefined =>
  text(model) ?? text(model_name) ?? text(object(metadata)?.model);

const timeIn = (parts: readonly Json[]): Millis | undefined =>
  firstOf(
    parts,
    ({ timestamp, created_at, createdAt }) => instant(timestamp) ?? instant(created_at) ?? instant(createdAt),
  );
