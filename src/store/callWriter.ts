import { Agents } from './agents';
import { CallPlacer } from './callPlacer';
import { callFrom, callRowColumns, rowOf } from './callRow';
import { tokensOf } from './duplicateRules';
import { CompactedCalls } from './compaction/compactedCalls';
import { moveSums } from './compaction/moveSums';
import { Duplicates } from './duplicates';
import { flag } from './measures';
import {
  callsAsBefore,
  costsAnew,
  costsAsBefore,
  forgetPrice,
  forgetPricesOfGone,
  isPricedAlike,
  rememberPrice,
  scopeCondition,
} from './repriced';
import { Spans } from './spans';
import type { PlacedCall } from './callRow';
import type { Dictionary } from './dictionary';
import type { RepriceScope } from './repriced';
import type { SessionWriter, Target } from './sessionWriter';
import type { Sums } from './sums';
import type { PriceBook } from '../pricing/prices';
import type { AgentFact, CallFact } from '../shared/facts';
import type { Connection, SqlValue, Statement } from '../sqlite/connection';

export interface Written {
  readonly added: number;
  readonly changed: number;
}

/** A call that stands in the store. */
interface Known {
  readonly id: number;
  readonly call: PlacedCall;
}

interface Again {
  /** Each as it was and as it is now. */
  readonly changed: readonly (readonly [PlacedCall, PlacedCall])[];
  /** The last call that was looked at; undefined when all are done. */
  readonly last: number | undefined;
}

type Outcome = 'added' | 'changed' | 'same';

const repricedAtOnce = 2000;
const columns = callRowColumns.join(', ');

/** Writes calls: an upsert by key that keeps the rollups, the sessions' spans and the duplicates in step. */
export class CallWriter {
  private readonly insert: Statement;
  private readonly select: Statement;
  private readonly replace: Statement;
  private readonly agents: Agents;
  private readonly placer: CallPlacer;
  private readonly duplicates: Duplicates;
  private readonly compacted: CompactedCalls;
  private readonly spans: Spans;

  constructor(
    private readonly db: Connection,
    book: PriceBook,
    sessions: SessionWriter,
    models: Dictionary,
    private readonly sums: Sums,
    versions: Dictionary,
  ) {
    const marks = callRowColumns.map(() => '?').join(', ');
    this.insert = db.prepare(
      `INSERT INTO call (scope, key, ${columns}) VALUES (?, ?, ${marks}) ON CONFLICT DO NOTHING`,
    );
    this.select = db.prepare(`SELECT id, ${columns} FROM call WHERE scope = ? AND key = ?`);
    this.replace = db.prepare(
      `UPDATE call SET ${callRowColumns.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
    );
    this.agents = new Agents(db);
    this.placer = new CallPlacer(db, book, sessions, models, versions, this.agents);
    this.compacted = new CompactedCalls(db);
    this.duplicates = new Duplicates(db, this.compacted, (call, sign) => this.count(call, sign));
    this.spans = new Spans(db);
  }

  /** Another window may have written, or a transaction was rolled back. */
  forget(): void {
    this.agents.forget();
    this.duplicates.forget();
    this.spans.forget();
  }

  write(target: Target, calls: readonly CallFact[]): Written {
    this.placer.importer = target.importer;
    let added = 0;
    let changed = 0;
    const hasAliases =
      this.db.rows('SELECT 1 FROM call_alias WHERE scope = ? LIMIT 1', [target.scope]).length > 0;
    const isAnyCompacted = this.compacted.isAny;
    for (const fact of calls) {
      // What was summed up counts as it was told then.
      if (isAnyCompacted && this.compacted.isTold(target.scope, fact)) continue;
      const call = this.placer.place(target, fact);
      const told =
        fact.also || hasAliases ? this.writeNamed(target, fact, call) : this.writeOne(target, fact, call);
      if (told === 'added') added++;
      else if (told === 'changed') changed++;
    }
    this.duplicates.settle();
    this.spans.save();
    return { added, changed };
  }

  /** Everything of one session becomes part of another, as its `agent` if given. The caller deals with the session itself. */
  moveCalls(from: number, into: number, agent: AgentFact | undefined): void {
    const agents = this.agents.move(from, into, agent?.id);
    const own = agent && this.agents.id(into, agent);
    for (const [id, ...row] of this.db.rows(`SELECT id, ${columns} FROM call WHERE session = ?`, [from])) {
      const call = callFrom(row);
      const actor = call.agent === undefined ? own : agents.get(call.agent);
      this.spans.widen({ session: into, at: call.at });
      this.db.run('UPDATE call SET session = ?, agent = ? WHERE id = ?', [into, actor ?? null, id!]);
    }
    // Their sums, and those of calls that are gone.
    this.sums.moveSession(from, into);
    for (const at of moveSums(this.db, from, into, (agent) => (agent === 0 ? own : agents.get(agent))))
      this.spans.widen({ session: into, at });
    this.spans.save();
  }

  /** Prices calls after that id anew, some at a time. @returns the last id; undefined when all are done. */
  reprice(which: RepriceScope, after: number): number | undefined {
    const { sql, params } = scopeCondition(which);
    return this.again(sql, params, after, true).last;
  }

  /** Gives calls after that id their former prices back, some at a time. @returns as `reprice` does. */
  takeBack(after: number): number | undefined {
    const all = callsAsBefore(this.db, after, repricedAtOnce, (id) => this.byId(id).call);
    for (const { id, now, before } of all) {
      this.count(now, -1);
      this.count(before, 1);
      this.replace.run([...rowOf(before), id]);
    }
    return all.length < repricedAtOnce ? undefined : all.at(-1)!.id;
  }

  /** Inside a write: calls that tell their model by one of these ids get its name. @returns how many changed. */
  rename(target: Target, ids: readonly string[]): number {
    const which =
      '+c.scope = ? AND c.told_model IN (SELECT id FROM model WHERE lower(name) IN (SELECT value FROM json_each(?)))';
    let renamed = 0;
    for (let after: number | undefined = 0; after !== undefined;) {
      const { changed, last }: Again = this.again(which, [target.scope, JSON.stringify(ids)], after);
      for (const call of changed.flat()) this.duplicates.touch(target.scope, call);
      renamed += changed.length;
      after = last;
    }
    this.duplicates.settle();
    this.spans.save();
    return renamed;
  }

  /** Inside a write, before a source is deleted. */
  expectRemoval(source: number): void {
    this.duplicates.touchSource(source);
  }

  /** Inside a write, after that: what only counted elsewhere because of its calls counts again. */
  release(): void {
    forgetPricesOfGone(this.db);
    this.duplicates.release();
    this.duplicates.settle();
  }

  dispose(): void {
    for (const statement of [this.insert, this.select, this.replace]) statement.free();
    this.compacted.dispose();
    this.spans.dispose();
  }

  private writeOne(target: Target, fact: CallFact, call: PlacedCall): Outcome {
    this.insert.run([target.scope, fact.id, ...rowOf(call)]);
    if (this.db.changes() > 0) {
      this.count(call, 1);
      this.spans.widen(call);
      this.duplicates.touch(target.scope, call);
      return 'added';
    }
    const known = this.find(target.scope, fact.id)!;
    return this.tell(target.scope, known, call, isBetter(call, known.call));
  }

  /** Where a call may come under several ids: one that has them all goes before one that knows only another's. */
  private writeNamed(target: Target, fact: CallFact, call: PlacedCall): Outcome {
    const alias = this.db.rows('SELECT call FROM call_alias WHERE scope = ? AND key = ?', [
      target.scope,
      fact.id,
    ])[0];
    if (alias) {
      const told = this.tell(target.scope, this.byId(alias[0] as number), call, false);
      this.addAliases(target.scope, alias[0] as number, fact.also ?? []);
      return told;
    }
    if (fact.also && !this.find(target.scope, fact.id)) this.takeName(target.scope, fact.also, fact.id);
    const told = this.writeOne(target, fact, call);
    if (fact.also) this.addAliases(target.scope, this.find(target.scope, fact.id)!.id, fact.also);
    return told;
  }

  /** A call that came under one of these ids gets its real one. */
  private takeName(scope: number, also: readonly string[], id: CallFact['id']): void {
    const weak = also.map((other) => this.find(scope, other)).find((known) => known !== undefined);
    if (weak) this.db.run('UPDATE call SET key = ? WHERE id = ?', [id, weak.id]);
  }

  /** The call goes by these names too. What stands under one of them already is the same call. */
  private addAliases(scope: number, call: number, names: readonly string[]): void {
    for (const name of names) {
      const double = this.find(scope, name);
      if (double?.id === call) continue;
      if (double) this.absorb(scope, call, double);
      // A name may fit several calls: a trace has several spans. It stays with the first.
      this.db.run('INSERT OR IGNORE INTO call_alias VALUES (?, ?, ?)', [scope, name, call]);
    }
  }

  private absorb(scope: number, call: number, double: Known): void {
    this.count(double.call, -1);
    this.db.run('UPDATE call_alias SET call = ? WHERE call = ?', [call, double.id]);
    this.db.run('INSERT OR IGNORE INTO call_alias SELECT scope, key, ? FROM call WHERE id = ?', [
      call,
      double.id,
    ]);
    this.db.run('DELETE FROM call WHERE id = ?', [double.id]);
    forgetPrice(this.db, double.id);
    this.spans.shrink(double.call.session);
    this.duplicates.touch(scope, double.call);
    this.tell(scope, this.byId(call), { ...double.call, duplicateOf: undefined }, false);
    this.duplicates.release(double.id);
  }

  private find(scope: number, key: CallFact['id']): Known | undefined {
    const row = this.select.get([scope, key]);
    return row && { id: row[0] as number, call: callFrom(row.slice(1)) };
  }

  private byId(id: number): Known {
    const [row] = this.db.rows(`SELECT ${columns} FROM call WHERE id = ?`, [id]);
    return { id, call: callFrom(row!) };
  }

  private count(call: PlacedCall, sign: 1 | -1): void {
    if (call.duplicateOf === undefined) this.sums.add(call, sign);
  }

  /** The same call told again. */
  private tell(scope: number, known: Known, fresh: PlacedCall, freshIsBetter: boolean): Outcome {
    const merged = this.merge(scope, known, fresh, freshIsBetter);
    if (!merged) return 'same';
    this.duplicates.touch(scope, known.call);
    this.duplicates.touch(scope, merged);
    return 'changed';
  }

  /** Works out anew what some calls are called and cost. */
  private again(which: string, values: readonly SqlValue[], after: number, repriced = false): Again {
    const rows = this.db.rows(
      `SELECT c.id, c.scope, (SELECT importer FROM scope WHERE id = c.scope), ${columns} FROM call c
        WHERE ${which} AND c.id > ? ORDER BY c.id LIMIT ${repricedAtOnce}`,
      [...values, after],
    );
    const changed = rows.flatMap(([id, scope, importer, ...row]) => {
      const call = callFrom(row);
      this.placer.importer = importer as string;
      const merged = this.merge(scope as number, { id: id as number, call }, call, true, repriced);
      return merged ? [[call, merged] as const] : [];
    });
    return { changed, last: rows.length < repricedAtOnce ? undefined : (rows.at(-1)![0] as number) };
  }

  /** It stays with the source that told it first. @returns what stands in the store now; undefined if nothing changed. */
  private merge(
    scope: number,
    { id, call: old }: Known,
    fresh: PlacedCall,
    freshIsBetter: boolean,
    repriced = false,
  ): PlacedCall | undefined {
    const [better, other] = freshIsBetter ? [fresh, old] : [old, fresh];
    const combined = this.placer.combine(scope, better, other);
    const flags = combined.flags | (old.flags & flag.acrossFormats);
    const told: PlacedCall = Object.assign(combined, {
      flags,
      source: old.source,
      duplicateOf: old.duplicateOf,
    });
    const merged = repriced ? costsAnew(old, told) : costsAsBefore(old, told);
    const values = rowOf(merged);
    const before = rowOf(old);
    if (values.every((value, i) => value === before[i])) return undefined;
    this.count(old, -1);
    this.count(merged, 1);
    this.replace.run([...values, id]);
    if (repriced) rememberPrice(this.db, id, old);
    else if (!isPricedAlike(old, merged)) forgetPrice(this.db, id);
    this.spans.widen(merged);
    // It may have been the last one, and be earlier now.
    if (merged.session !== old.session || merged.at !== old.at) this.spans.shrink(old.session);
    return merged;
  }
}

/** Whether a call told again goes before what stands in the store, where the two differ. */
function isBetter(fresh: PlacedCall, old: PlacedCall): boolean {
  const versions = (fresh.version ?? -1) - (old.version ?? -1);
  if (versions !== 0) return versions > 0;
  // The same file read again: it was corrected since.
  if (fresh.source === old.source) return true;
  const tokens = tokensOf(fresh) - tokensOf(old);
  return tokens === 0 ? (fresh.recorded ?? -1) >= (old.recorded ?? -1) : tokens > 0;
}
