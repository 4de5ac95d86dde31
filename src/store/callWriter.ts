import { flag, measuresOf, usageColumns, usageFrom, usageNumbers } from './measures';
import { slotOf } from './slots';
import { priceCall } from '../pricing/cost';
import { inferProvider } from '../pricing/modelNames';
import type { Dictionary } from './dictionary';
import type { StoredCall } from './measures';
import type { Rollups } from './rollups';
import type { SessionWriter, Target } from './sessionWriter';
import type { CallFigures } from '../pricing/cost';
import type { PriceBook } from '../pricing/prices';
import type { CallFact } from '../shared/facts';
import type { Connection, SqlValue, Statement } from '../sqlite/connection';

const columns = [
  'session',
  'at',
  'model',
  'source',
  ...usageColumns,
  'recorded',
  'recorded_elsewhere',
  'computed',
  'flags',
  'latency_ms',
  'error',
  'command',
] as const;

/** A row of `call`, without its id, scope and key. */
interface PlacedCall extends StoredCall {
  readonly session: number;
  readonly at: number | undefined;
  readonly model: number;
  readonly source: number;
  readonly latencyMs: number | undefined;
  readonly error: string | undefined;
  readonly command: string | undefined;
}

export interface Written {
  readonly added: number;
  readonly changed: number;
}

/** Writes calls: an upsert by global key that keeps the rollups and the sessions' spans in step. */
export class CallWriter {
  private readonly insert: Statement;
  private readonly select: Statement;
  private readonly replace: Statement;
  private readonly span: Statement;

  constructor(
    private readonly db: Connection,
    private readonly book: PriceBook,
    private readonly sessions: SessionWriter,
    private readonly models: Dictionary,
    private readonly rollups: Rollups,
  ) {
    const marks = columns.map(() => '?').join(', ');
    this.insert = db.prepare(
      `INSERT INTO call (scope, key, ${columns.join(', ')}) VALUES (?, ?, ${marks}) ON CONFLICT DO NOTHING`,
    );
    this.select = db.prepare(`SELECT id, ${columns.join(', ')} FROM call WHERE scope = ? AND key = ?`);
    this.replace = db.prepare(
      `UPDATE call SET ${columns.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
    );
    this.span = db.prepare(
      `UPDATE session SET first_at = min(coalesce(first_at, ?1), ?1), last_at = max(coalesce(last_at, ?2), ?2) WHERE id = ?3`,
    );
  }

  write(target: Target, calls: readonly CallFact[]): Written {
    let added = 0;
    let changed = 0;
    const spans = new Map<number, { first: number; last: number }>();
    for (const fact of calls) {
      const call = this.place(target, fact);
      this.insert.run([target.scope, fact.id, ...rowOf(call)]);
      if (this.db.changes() > 0) {
        added++;
        this.count(call, 1);
      } else if (this.merge(target, fact, call)) {
        changed++;
      }
      if (call.at !== undefined) widen(spans, call.session, call.at);
    }
    for (const [session, { first, last }] of spans) this.span.run([first, last, session]);
    return { added, changed };
  }

  dispose(): void {
    for (const statement of [this.insert, this.select, this.replace, this.span]) statement.free();
  }

  private place(target: Target, fact: CallFact): PlacedCall {
    const provider =
      fact.provider ?? (fact.model === undefined ? undefined : inferProvider(fact.model)) ?? '';
    return this.priced(fact.provider === provider ? fact : { ...fact, provider }, {
      session: this.sessions.sessionId(target, fact.session),
      at: fact.at,
      model: this.models.id(provider, fact.model ?? ''),
      source: target.source,
      usage: usageNumbers(fact),
      recorded: fact.recorded,
      recordedElsewhere: fact.recordedElsewhere,
      latencyMs: fact.latencyMs,
      error: fact.error,
      command: fact.command,
    });
  }

  private priced(figures: CallFigures, call: Omit<PlacedCall, 'computed' | 'flags'>): PlacedCall {
    const { computed, computedExact, included } = priceCall(figures, this.book);
    const flags =
      (figures.recordedExact ? flag.recordedExact : 0) |
      (computedExact ? flag.computedExact : 0) |
      (included ? flag.included : 0) |
      (figures.included ? flag.toldIncluded : 0) |
      (figures.failed ? flag.failed : 0);
    return { ...call, computed, flags };
  }

  private count(call: PlacedCall, sign: 1 | -1): void {
    this.rollups.add(call.session, slotOf(call.at), call.model, call.source, measuresOf(call), sign);
  }

  /**
   * The same call told again: what is known goes before what is not, a newer word before an older one. It stays with
   * the session and the source that told it first. @returns whether anything changed.
   */
  private merge(target: Target, fact: CallFact, fresh: PlacedCall): boolean {
    const row = this.select.get([target.scope, fact.id])!;
    const old = callFrom(row.slice(1));
    const merged = this.combined(old, fresh, fact);
    const values = rowOf(merged);
    if (values.every((value, i) => value === row[i + 1])) return false;
    this.count(old, -1);
    this.count(merged, 1);
    this.replace.run([...values, row[0]!]);
    return true;
  }

  private combined(old: PlacedCall, fresh: PlacedCall, fact: CallFact): PlacedCall {
    const [provider, name] = this.modelNames(fact.model === undefined ? old.model : fresh.model);
    const kept = {
      ...old,
      ...defined(fresh, ['recorded', 'recordedElsewhere', 'latencyMs', 'error', 'command']),
      at: old.at ?? fresh.at,
      model: this.models.id(provider, name),
      usage: fresh.usage.some((count) => count > 0) ? fresh.usage : old.usage,
    };
    const wasTold = (bit: number): boolean => (old.flags & bit) !== 0;
    const figures: CallFigures = {
      ...usageFrom(kept.usage),
      ...defined(kept, ['at', 'recorded', 'recordedElsewhere']),
      provider,
      model: name,
      recordedExact: ((fresh.recorded === undefined ? old.flags : fresh.flags) & flag.recordedExact) !== 0,
      included: fact.included ?? wasTold(flag.toldIncluded),
      failed: fact.failed ?? wasTold(flag.failed),
    };
    return this.priced(figures, kept);
  }

  private modelNames(id: number): [string, string] {
    const [row] = this.db.rows('SELECT provider, name FROM model WHERE id = ?', [id]);
    return [row![0] as string, row![1] as string];
  }
}

/** The fields of `names` that are known. */
const defined = <T extends object, K extends keyof T>(
  from: T,
  names: readonly K[],
): { [N in K]?: Exclude<T[N], undefined> } =>
  Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]])) as {
    [N in K]?: Exclude<T[N], undefined>;
  };

function widen(spans: Map<number, { first: number; last: number }>, session: number, at: number): void {
  const span = spans.get(session);
  if (!span) spans.set(session, { first: at, last: at });
  else if (at < span.first) span.first = at;
  else if (at > span.last) span.last = at;
}

const rowOf = (call: PlacedCall): SqlValue[] => [
  call.session,
  call.at ?? null,
  call.model,
  call.source,
  ...call.usage,
  call.recorded ?? null,
  call.recordedElsewhere ?? null,
  call.computed ?? null,
  call.flags,
  call.latencyMs ?? null,
  call.error ?? null,
  call.command ?? null,
];

function callFrom(row: readonly SqlValue[]): PlacedCall {
  const [session, at, model, source, ...rest] = row;
  const [recorded, recordedElsewhere, computed, flags, latencyMs, error, command] = rest.slice(
    usageColumns.length,
  );
  return {
    session: session as number,
    at: (at as number | null) ?? undefined,
    model: model as number,
    source: source as number,
    usage: rest.slice(0, usageColumns.length) as number[],
    recorded: (recorded as number | null) ?? undefined,
    recordedElsewhere: (recordedElsewhere as number | null) ?? undefined,
    computed: (computed as number | null) ?? undefined,
    flags: flags as number,
    latencyMs: (latencyMs as number | null) ?? undefined,
    error: (error as string | null) ?? undefined,
    command: (command as string | null) ?? undefined,
  };
}
