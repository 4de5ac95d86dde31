import { errorClass } from '../errorClass';
import { count, instant, label, object, parseJson, text, usd } from '../json';
import type { Json } from '../json';
import type { FactBatch, LineReader } from '../lineReader';
import type { CallFact } from '../../shared/facts';

/** All that the next line depends on; plain JSON. */
export interface LogState {
  readonly session: string;
}

export const newLog = (session: string): LogState => ({ session });

interface AiderEvent {
  readonly name: string;
  readonly properties: Json;
  readonly user?: string | undefined;
  readonly at?: number | undefined;
}

function eventIn(value: unknown): AiderEvent | undefined {
  const found = object(value);
  const [name, properties] = [text(found?.event), object(found?.properties)];
  if (!found || name === undefined || !properties || !('user_id' in found) || !('time' in found))
    return undefined;
  return { name, properties, user: known(found.user_id), at: instant(found.time) };
}

/** Whether the beginning of a file is that of an analytics log: its lines have nothing but these four members. */
export const isAnalytics = (head: string): boolean =>
  head.split('\n', 20).some((line) => {
    if (!/^\s*\{\s*"event"\s*:/.test(line)) return false;
    const value = parseJson(line);
    return eventIn(value) !== undefined && Object.keys(object(value) ?? {}).length === 4;
  });

/** Python writes what it does not know as the text `None`. */
const known = (value: unknown): string | undefined => {
  const found = label(value);
  return found === 'None' ? undefined : found;
};

/** Reads the events of an analytics log in their order. A session is a run of Aider, from `launched` on. */
export class AiderLog implements LineReader {
  constructor(
    readonly facts: FactBatch,
    private readonly hash: (text: string) => string,
    public state: LogState,
  ) {}

  add(line: string, place: string): boolean {
    const value = parseJson(line);
    if (value === undefined) return false;
    const event = eventIn(value);
    if (event?.name === 'launched') this.begin(event);
    else if (event?.name === 'message_send') this.send(event, place);
    else if (event?.name === 'message_send_exception') this.fail(event, line);
    return true;
  }

  private begin({ user, at }: AiderEvent): void {
    const session = `aider-${this.hash(`${user ?? ''} ${at ?? ''}`).slice(0, 12)}`;
    this.state = { session };
    this.facts.session({
      id: session,
      ...(at === undefined ? {} : { createdAt: at }),
      ...(user === undefined ? {} : { user }),
    });
  }

  /** A message has no id: it is known by all that is said of it. */
  private send({ properties, user, at }: AiderEvent, place: string): void {
    const unreadable: string[] = [];
    const read = (name: string): number | undefined => {
      const found = count(properties[name]);
      if (found === undefined && known(properties[name] ?? undefined) !== undefined) unreadable.push(name);
      return found;
    };
    const [input = 0, output = 0] = [read('prompt_tokens'), read('completion_tokens')];
    this.facts.unreadable(place, unreadable);
    const model = known(properties.main_model);
    const spent = [properties.cost, properties.total_cost].map((cost) => usd(cost) ?? '');
    const cost = usd(properties.cost);
    this.tell(this.hash([user, at, model, input, output, ...spent].map((part) => part ?? '').join(' ')), {
      at,
      model,
      inputTokens: input,
      outputTokens: output,
      // Of a model without a price Aider says 0, which means that it does not know.
      ...(cost === undefined || cost === 0 ? {} : { recorded: cost, recordedExact: true }),
    });
  }

  private fail({ properties, at }: AiderEvent, line: string): void {
    const error = errorClass(properties.exception) ?? 'error';
    this.tell(`failed.${this.hash(line)}`, { at, model: known(properties.main_model), failed: true, error });
  }

  private tell(id: string, told: Omit<CallFact, 'id' | 'session'>): void {
    this.facts.sessionOf(this.state.session);
    this.facts.call({ ...told, id, session: this.state.session });
  }
}
