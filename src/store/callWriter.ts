import { callFrom, callRowColumns, rowOf } from './callRow';
import { flag, measuresOf, usageFrom, usageNumbers } from './measures';
import { slotOf } from './slots';
import { priceCall } from '../pricing/cost';
import { inferProvider } from '../pricing/modelNames';
import type { PlacedCall } from './callRow';
import type { Dictionary } from './dictionary';
import type { Rollups } from './rollups';
import type { SessionWriter, Target } from './sessionWriter';
import type { CallFigures } from '../pricing/cost';
import type { PriceBook } from '../pricing/prices';
import type { CallFact } from '../shared/facts';
import type { Connection, Statement } from '../sqlite/connection';

export interface Written {
  readonly added: number;
  readonly changed: number;
}

/** A call that stands in the store. */
interface Known {
  readonly id: number;
  readonly call: PlacedCall;
}

const repricedAtOnce = 2000;

type Spans = Map<number, { first: number; last: number }>;

/** Writes calls: an upsert by global key that keeps the rollups and the sessions' spans in step. */
export class CallWriter {
  private readonly insert: Statement;
  private readonly select: Statement;
  private readonly replace: Statement;
  private readonly span: Statement;
  /** Whose calls are being written: a price set may be chosen for it. */
  private importer = '';

  constructor(
    private readonly db: Connection,
    private readonly book: PriceBook,
    private readonly sessions: SessionWriter,
    private readonly models: Dictionary,
    private readonly rollups: Rollups,
  ) {
    const marks = callRowColumns.map(() => '?').join(', ');
    this.insert = db.prepare(
      `INSERT INTO call (scope, key, ${callRowColumns.join(', ')}) VALUES (?, ?, ${marks}) ON CONFLICT DO NOTHING`,
    );
    this.select = db.prepare(`SELECT id, ${callRowColumns.join(', ')} FROM call WHERE scope = ? AND key = ?`);
    this.replace = db.prepare(
      `UPDATE call SET ${callRowColumns.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
    );
    this.span = db.prepare(
      `UPDATE session SET first_at = min(coalesce(first_at, ?1), ?1), last_at = max(coalesce(last_at, ?2), ?2) WHERE id = ?3`,
    );
  }

  write(target: Target, calls: readonly CallFact[]): Written {
    this.importer = target.importer;
    let added = 0;
    let changed = 0;
    const spans: Spans = new Map();
    const hasAliases =
      this.db.rows('SELECT 1 FROM call_alias WHERE scope = ? LIMIT 1', [target.scope]).length > 0;
    for (const fact of calls) {
      const call = this.place(target, fact);
      const told =
        fact.also || hasAliases ? this.writeNamed(target, fact, call) : this.writeOne(target, fact, call);
      if (told === 'added') added++;
      else if (told === 'changed') changed++;
      if (call.at !== undefined) widen(spans, call.session, call.at);
    }
    for (const [session, { first, last }] of spans) this.span.run([first, last, session]);
    return { added, changed };
  }

  /** Everything of one session becomes part of another. The caller deals with the session itself. */
  moveCalls(from: number, into: number): void {
    const spans: Spans = new Map();
    const rows = this.db.rows(`SELECT id, ${callRowColumns.join(', ')} FROM call WHERE session = ?`, [from]);
    for (const [id, ...row] of rows) {
      const call = callFrom(row);
      this.count(call, -1);
      this.count({ ...call, session: into }, 1);
      if (call.at !== undefined) widen(spans, into, call.at);
      this.db.run('UPDATE call SET session = ? WHERE id = ?', [into, id!]);
    }
    for (const [session, { first, last }] of spans) this.span.run([first, last, session]);
  }

  /** Prices calls of an importer after that id anew, some at a time. @returns the last id; undefined when all are done. */
  reprice(importer: string, after: number): number | undefined {
    this.importer = importer;
    const rows = this.db.rows(
      `SELECT id, ${callRowColumns.join(', ')} FROM call
        WHERE id > ? AND scope IN (SELECT id FROM scope WHERE importer = ?) ORDER BY id LIMIT ${repricedAtOnce}`,
      [after, importer],
    );
    for (const [id, ...row] of rows) {
      const call = callFrom(row);
      this.merge({ id: id as number, call }, call, true);
    }
    return rows.length < repricedAtOnce ? undefined : (rows[rows.length - 1]![0] as number);
  }

  dispose(): void {
    for (const statement of [this.insert, this.select, this.replace, this.span]) statement.free();
  }

  private writeOne(target: Target, fact: CallFact, call: PlacedCall): 'added' | 'changed' | 'same' {
    this.insert.run([target.scope, fact.id, ...rowOf(call)]);
    if (this.db.changes() > 0) {
      this.count(call, 1);
      return 'added';
    }
    const known = this.find(target.scope, fact.id)!;
    return this.merge(known, call, isBetter(call, known.call)) ? 'changed' : 'same';
  }

  /** Where a call may come under several ids: one that has them all goes before one that knows only another's. */
  private writeNamed(target: Target, fact: CallFact, call: PlacedCall): 'added' | 'changed' | 'same' {
    const alias = this.db.rows('SELECT call FROM call_alias WHERE scope = ? AND key = ?', [
      target.scope,
      fact.id,
    ])[0];
    if (alias) return this.merge(this.byId(alias[0] as number), call, false) ? 'changed' : 'same';
    if (fact.also && !this.find(target.scope, fact.id)) this.takeName(target.scope, fact.also, fact.id);
    const told = this.writeOne(target, fact, call);
    for (const other of fact.also ?? []) this.addAlias(target.scope, fact.id, other);
    return told;
  }

  /** A call that came under one of these ids gets its real one. */
  private takeName(scope: number, also: readonly string[], id: CallFact['id']): void {
    const weak = also.map((other) => this.find(scope, other)).find((known) => known !== undefined);
    if (weak) this.db.run('UPDATE call SET key = ? WHERE id = ?', [id, weak.id]);
  }

  private addAlias(scope: number, id: CallFact['id'], other: string): void {
    const known = this.find(scope, id)!;
    const double = this.find(scope, other);
    if (double && double.id !== known.id) {
      this.count(double.call, -1);
      this.db.run('UPDATE call_alias SET call = ? WHERE call = ?', [known.id, double.id]);
      this.db.run('DELETE FROM call WHERE id = ?', [double.id]);
      this.merge(known, double.call, false);
    }
    this.db.run('INSERT OR IGNORE INTO call_alias VALUES (?, ?, ?)', [scope, other, known.id]);
  }

  private find(scope: number, key: CallFact['id']): Known | undefined {
    const row = this.select.get([scope, key]);
    return row && { id: row[0] as number, call: callFrom(row.slice(1)) };
  }

  private byId(id: number): Known {
    const [row] = this.db.rows(`SELECT ${callRowColumns.join(', ')} FROM call WHERE id = ?`, [id]);
    return { id, call: callFrom(row!) };
  }

  private place(target: Target, fact: CallFact): PlacedCall {
    const provider =
      fact.provider ?? (fact.model === undefined ? undefined : inferProvider(fact.model)) ?? '';
    const isKnown = fact.provider === undefined ? 0 : flag.providerKnown;
    return this.priced(isKnown ? fact : { ...fact, provider }, isKnown, {
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
      version: fact.version,
      ttftMs: fact.ttftMs,
    });
  }

  private priced(
    figures: CallFigures,
    providerKnown: number,
    call: Omit<PlacedCall, 'computed' | 'flags'>,
  ): PlacedCall {
    const { computed, computedExact, included } = priceCall(figures, this.book, this.importer);
    const flags =
      providerKnown |
      (figures.recordedExact ? flag.recordedExact : 0) |
      (computedExact ? flag.computedExact : 0) |
      (included ? flag.included : 0) |
      (figures.included ? flag.toldIncluded : 0) |
      (figures.included === undefined ? 0 : flag.inclusionKnown) |
      (figures.failed ? flag.failed : 0) |
      (figures.failed === undefined ? 0 : flag.failureKnown);
    return { ...call, computed, flags };
  }

  private count(call: PlacedCall, sign: 1 | -1): void {
    this.rollups.add(call.session, slotOf(call.at), call.model, call.source, measuresOf(call), sign);
  }

  /**
   * The same call told again: what is known goes before what is not, the better word before the other. It stays with
   * the session and the source that told it first. @returns whether anything changed.
   */
  private merge({ id, call: old }: Known, fresh: PlacedCall, freshIsBetter: boolean): boolean {
    const [better, other] = freshIsBetter ? [fresh, old] : [old, fresh];
    const merged = { ...this.combined(better, other), session: old.session, source: old.source };
    const values = rowOf(merged);
    const before = rowOf(old);
    if (values.every((value, i) => value === before[i])) return false;
    this.count(old, -1);
    this.count(merged, 1);
    this.replace.run([...values, id]);
    return true;
  }

  /** `better`, with its gaps filled from `other`, priced anew. */
  private combined(better: PlacedCall, other: PlacedCall): PlacedCall {
    const [provider, name] = this.modelOf(better, other);
    const kept = {
      ...other,
      ...known(better),
      at: earliest(better.at, other.at),
      model: this.models.id(provider, name),
      usage: better.usage.some((count) => count > 0) ? better.usage : other.usage,
    };
    const figures: CallFigures = {
      ...usageFrom(kept.usage),
      ...known({ at: kept.at, recorded: kept.recorded, recordedElsewhere: kept.recordedElsewhere }),
      provider,
      model: name,
      recordedExact: ((better.recorded === undefined ? other : better).flags & flag.recordedExact) !== 0,
      ...told('included', better, other, flag.inclusionKnown, flag.toldIncluded),
      ...told('failed', better, other, flag.failureKnown, flag.failed),
    };
    return this.priced(figures, (better.flags | other.flags) & flag.providerKnown, kept);
  }

  /** A recorded provider goes before one that was inferred, whoever tells it. */
  private modelOf(better: PlacedCall, other: PlacedCall): [provider: string, name: string] {
    const [own, name] = this.modelNames(better.model);
    const [others, otherName] = this.modelNames(other.model);
    const isRecorded = (call: PlacedCall): boolean => (call.flags & flag.providerKnown) !== 0;
    const provider = !isRecorded(better) && isRecorded(other) ? others : own || others;
    return [provider, name || otherName];
  }

  private modelNames(id: number): [string, string] {
    const [row] = this.db.rows('SELECT provider, name FROM model WHERE id = ?', [id]);
    return [row![0] as string, row![1] as string];
  }
}

const earliest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** What the better one says, or else the other; nothing if neither says anything. */
function told<K extends 'included' | 'failed'>(
  name: K,
  better: PlacedCall,
  other: PlacedCall,
  isKnown: number,
  isSo: number,
): { [N in K]?: boolean } {
  const teller = [better, other].find(({ flags }) => (flags & isKnown) !== 0);
  return (teller ? { [name]: (teller.flags & isSo) !== 0 } : {}) as { [N in K]?: boolean };
}

/** The fields that are known. */
const known = <T extends object>(from: T): { [N in keyof T]?: Exclude<T[N], undefined> } =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as {
    [N in keyof T]?: Exclude<T[N], undefined>;
  };

const totalOf = ({ usage }: PlacedCall): number => usage.slice(0, 4).reduce((sum, tokens) => sum + tokens, 0);

/** Whether a call told again goes before what stands in the store, where the two differ. */
function isBetter(fresh: PlacedCall, old: PlacedCall): boolean {
  const versions = (fresh.version ?? -1) - (old.version ?? -1);
  if (versions !== 0) return versions > 0;
  // The same file read again: it was corrected since.
  if (fresh.source === old.source) return true;
  const tokens = totalOf(fresh) - totalOf(old);
  return tokens === 0 ? (fresh.recorded ?? -1) >= (old.recorded ?? -1) : tokens > 0;
}

function widen(spans: Spans, session: number, at: number): void {
  const span = spans.get(session);
  if (!span) spans.set(session, { first: at, last: at });
  else if (at < span.first) span.first = at;
  else if (at > span.last) span.last = at;
}
