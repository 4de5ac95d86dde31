import { label, list, object, text } from '../json';
import { sessionFact, unknownSession, withFunctionCall, withSession, withTime } from './session';
import { bytesIn, usageOf } from './usage';
import type { RealtimeEvent } from './events';
import type { SessionState } from './session';
import type { Json } from '../json';
import type { CallFact, ImportBatch, SessionFact } from '../../shared/facts';
import type { Issue, Millis } from '../../shared/model';

/** A response that has begun: when, and how much audio came since. */
interface Pending {
  readonly at?: Millis | undefined;
  readonly bytes: number;
}

/** All that the next line depends on; plain JSON. */
export interface LogState {
  readonly session: SessionState;
  readonly pending: readonly (readonly [id: string, Pending])[];
}

/** From its beginning, if that was seen, to its end. */
interface Span {
  readonly from?: Millis | undefined;
  readonly until?: Millis | undefined;
}

const maxPending = 50;
const maxFacts = 2000;

/** Reads events in their order and tells what they say, batch by batch. */
export class RealtimeLog {
  private session: SessionState;
  private readonly pending: Map<string, Pending>;
  private readonly sessions = new Map<string, SessionFact>();
  private calls: CallFact[] = [];
  private issues: Issue[] = [];

  constructor(
    private readonly path: string,
    private readonly hash: (text: string) => string,
    start: LogState | string,
  ) {
    this.session = typeof start === 'string' ? unknownSession(start) : start.session;
    this.pending = new Map(typeof start === 'string' ? [] : start.pending);
  }

  get state(): LogState {
    return { session: this.session, pending: [...this.pending] };
  }

  get full(): boolean {
    return this.calls.length + this.issues.length >= maxFacts;
  }

  add(event: RealtimeEvent, place: string): void {
    const { type, at } = event;
    if (/session\.(?:created|updated)$/.test(type)) this.session = withSession(this.session, event);
    this.session = withTime(this.session, at);
    if (type === 'response.created') this.begin(event);
    else if (/^response\.(?:output_)?audio\.delta$/.test(type)) this.hear(event);
    else if (type === 'response.function_call_arguments.done') this.countFunction(event.body);
    else if (type === 'response.done') this.respond(event, place);
    else if (/input_audio_transcription\.(?:completed|failed)$/.test(type)) this.transcribe(event, place);
    if (this.session.known) this.tell();
  }

  problem(place: string | undefined, message: string): void {
    this.issues.push({ path: this.path, ...(place === undefined ? {} : { place }), message });
  }

  /** Responses that have begun and are not done: what came of them so far. */
  tellPending(): void {
    for (const [id, begun] of this.pending)
      if (begun.bytes > 0) this.tellCall(id, this.heard(id), { from: begun.at });
  }

  take(): ImportBatch {
    const batch = { sessions: [...this.sessions.values()], calls: this.calls, issues: this.issues };
    this.sessions.clear();
    this.calls = [];
    this.issues = [];
    return batch;
  }

  private tell(): void {
    this.sessions.set(this.session.id, sessionFact(this.session));
  }

  private begin({ body, at }: RealtimeEvent): void {
    const id = label(object(body.response)?.id);
    if (id !== undefined) this.pend(id, { at, bytes: this.pending.get(id)?.bytes ?? 0 });
  }

  private hear({ body, at }: RealtimeEvent): void {
    const id = label(body.response_id);
    const audio = text(body.delta);
    if (id === undefined || audio === undefined) return;
    const begun = this.pending.get(id);
    this.pend(id, { at: begun?.at ?? at, bytes: (begun?.bytes ?? 0) + bytesIn(audio) });
  }

  private pend(id: string, begun: Pending): void {
    this.pending.set(id, begun);
    const [oldest] = this.pending.keys();
    if (this.pending.size <= maxPending || oldest === undefined) return;
    const old = this.pending.get(oldest);
    if (old && old.bytes > 0) this.tellCall(oldest, this.heard(oldest), { from: old.at });
    this.pending.delete(oldest);
  }

  private heard(id: string): Partial<CallFact> {
    const bytes = this.pending.get(id)?.bytes ?? 0;
    return {
      model: this.session.model,
      ...(bytes > 0 ? { audioOutputSeconds: bytes / this.session.bytesPerSecond } : {}),
    };
  }

  private respond({ body, at }: RealtimeEvent, place: string): void {
    const response = object(body.response);
    if (!response) return this.problem(place, 'This response.done has no response and is left out.');
    const id = this.idOf(response.id, body);
    for (const item of list(response.output)) {
      const output = object(item);
      if (output?.type === 'function_call') this.countFunction(output);
    }
    this.tellCall(
      id,
      {
        ...this.used(id, response.usage ?? body.usage, place),
        ...namedModel(response),
        ...outcomeOf(response),
      },
      { from: this.pending.get(id)?.at, until: at },
    );
    this.pending.delete(id);
  }

  /** Audio that was heard counts only where the API gave no usage. */
  private used(id: string, usage: unknown, place: string): Partial<CallFact> {
    const read = usageOf(usage);
    this.tellUnreadable(read?.unreadable, place);
    return read ? { model: this.session.model, ...read.usage } : this.heard(id);
  }

  private transcribe({ type, body, at }: RealtimeEvent, place: string): void {
    const read = usageOf(body.usage);
    this.tellUnreadable(read?.unreadable, place);
    const part = label(body.content_index) ?? '0';
    const failed = type.endsWith('failed');
    this.tellCall(
      `${this.idOf(body.item_id, body)}${part === '0' ? '' : `.${part}`}`,
      {
        ...read?.usage,
        model: this.session.transcriber,
        failed,
        error: failed ? codeOf(object(body.error)) : undefined,
      },
      { until: at },
    );
  }

  private tellCall(id: string, fact: Partial<CallFact>, { from, until }: Span): void {
    const { id: session, known } = this.session;
    this.calls.push({
      ...fact,
      ...(from !== undefined && until !== undefined && until >= from ? { latencyMs: until - from } : {}),
      id: known ? `${session}/${id}` : id,
      ...(known ? { also: [id] } : {}),
      session,
      at: from ?? until,
      provider: 'openai',
    });
    this.tell();
  }

  /** An event without the id that it should have is known by its own id, or by all that it says. */
  private idOf(id: unknown, body: Json): string {
    return label(id) ?? label(body.event_id) ?? this.hash(JSON.stringify(body));
  }

  private countFunction(item: Json): void {
    const id = label(item.call_id) ?? label(item.id) ?? label(item.item_id);
    this.session = withFunctionCall(this.session, id ?? this.hash(JSON.stringify(item)));
  }

  private tellUnreadable(names: readonly string[] | undefined, place: string): void {
    if (!names || names.length === 0) return;
    this.problem(
      place,
      `It has no valid ${names.join(', ')} and is counted without: correct it in the file.`,
    );
  }
}

/** Some responses name their model; else it is that of the session. */
const namedModel = ({ model }: Json): Partial<CallFact> =>
  text(model) === undefined ? {} : { model: text(model) };

/** A response that was cut off or failed is billed for what it used; it counts as failed. */
function outcomeOf(response: Json): Pick<CallFact, 'failed' | 'error'> {
  const status = text(response.status);
  if (status === undefined || status === 'in_progress') return {};
  const failed = status === 'failed' || status === 'cancelled';
  if (!failed) return { failed };
  const details = object(response.status_details);
  const why = codeOf(object(details?.error)) ?? code(details?.reason);
  return { failed, error: why === undefined ? status : `${status}: ${why}` };
}

const codeOf = (error: Json | undefined): string | undefined => code(error?.code) ?? code(error?.type);

/** A code, not a sentence: that might repeat what somebody said. */
const code = (value: unknown): string | undefined => {
  const found = label(value);
  return found !== undefined && /^[\w.-]{1,100}$/.test(found) ? found : undefined;
};
