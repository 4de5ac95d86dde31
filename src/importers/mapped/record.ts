import { count, provider as vendor, text } from '../json';
import { costIn, errorIn, latencyIn, timeIn, usageIn } from './figures';
import type { Layout } from './layout';
import type { MappedField, Mapping } from '../../shared/mapping';
import type { CallFact, SessionFact } from '../../shared/facts';
import type { SourceIo } from '../importer';

/** What a file says of one call: a value for each slot of the layout. */
export interface MappedRecord {
  readonly values: readonly unknown[];
  /** All that tells it apart where it has no id, or none that is exact. */
  readonly content?: string;
}

export interface Told {
  readonly session: SessionFact;
  readonly call: CallFact;
  /** Columns with something that cannot be read: the call counts without. */
  readonly unreadable: readonly string[];
}

const tokenFields = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
] as const satisfies readonly MappedField[];

const longestName = 200;

/** Makes facts of the records of a mapping. */
export class RecordReader {
  constructor(
    private readonly name: string,
    private readonly mapping: Mapping,
    private readonly layout: Layout,
    private readonly io: SourceIo,
  ) {}

  /** The call; why it is left out; undefined if the mapping is not about such records. */
  read(record: MappedRecord): Told | string | undefined {
    const { values } = record;
    if (!this.layout.where.every(({ slot, oneOf }) => oneOf.includes(String(values[slot])))) return undefined;
    const unreadable: string[] = [];
    const get = (field: MappedField): unknown => this.told(values, field);
    const read = <T>(field: MappedField, made: T | undefined): T | undefined => {
      if (made === undefined && isSaid(get(field))) unreadable.push(this.mapping.fields[field]!);
      return made;
    };
    const { units = {} } = this.mapping;
    const at = read('time', timeIn(get('time'), units.time));
    const tokens = Object.fromEntries(tokenFields.map((field) => [field, read(field, count(get(field)))]));
    const cost = read('cost', costIn(get('cost'), units.cost));
    const latencyMs = read('latency', latencyIn(get('latency'), units.latency));
    const model = nameIn(get('model'));
    const error = errorIn(get('error'));
    const usage = usageIn(
      {
        input: tokens.inputTokens,
        cacheRead: tokens.cacheReadTokens,
        cacheWrite: tokens.cacheWriteTokens,
        output: tokens.outputTokens,
        reasoning: tokens.reasoningTokens,
      },
      this.mapping,
    );
    if (model === undefined && cost === undefined && Object.keys(usage).length === 0)
      return 'It tells neither a model, nor tokens, nor a cost and is left out: map other columns, or correct it.';
    const id = this.keyOf(record, at);
    if (id === undefined)
      return `It has no ${this.mapping.id!.join(' and ')}, so it cannot be told from others, and is left out: map another id.`;
    const session = this.sessionOf(nameIn(get('session')), nameIn(get('user')), at);
    const call: CallFact = {
      id,
      session: session.id,
      at,
      model,
      provider: vendor(nameIn(get('provider'))),
      ...usage,
      ...this.recorded(cost, usage),
      latencyMs,
      ...(error === undefined ? {} : { failed: true, error }),
    };
    return { session, call, unreadable };
  }

  private told(values: readonly unknown[], field: MappedField): unknown {
    const slot = this.layout.field[field];
    return slot === undefined ? undefined : values[slot];
  }

  /** Ids that are counted in each file anew are not the same call at another time: copies of a file go on by themselves. */
  private keyOf({ values, content }: MappedRecord, at: number | undefined): string | undefined {
    if (this.layout.id.length === 0 || content !== undefined)
      return `row-${this.io.hash(content ?? JSON.stringify(values))}`;
    const parts = this.layout.id.map((slot) => text(values[slot]));
    if (parts.some((part) => part === undefined)) return undefined;
    if (this.mapping.ids === 'perFile') parts.push(String(at ?? ''));
    const key = parts.length === 1 ? parts[0]! : JSON.stringify(parts);
    return key.length > longestName ? `id-${this.io.hash(key)}` : key;
  }

  /** Where nothing names a session, what a user did on a day (UTC) is one. */
  private sessionOf(id: string | undefined, user: string | undefined, at: number | undefined): SessionFact {
    const day = at === undefined ? 'untimed' : new Date(at).toISOString().slice(0, 10);
    const own = id ?? [this.name, day, ...(user === undefined ? [] : [user])].join(' ');
    return { id: own, ...(user === undefined ? {} : { user }) };
  }

  /** A 0 where tokens were used says that the writer did not know, unless the mapping says otherwise. */
  private recorded(cost: number | undefined, usage: CallFact | object): Partial<CallFact> {
    const isUsed = Object.values(usage).some((tokens) => tokens > 0);
    if (cost === undefined || (cost === 0 && isUsed && this.mapping.zeroIsFree !== true)) return {};
    return { recorded: cost, recordedExact: this.mapping.costIsExact !== false };
  }
}

const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');

const nameIn = (value: unknown): string | undefined => text(value)?.trim().slice(0, longestName);
