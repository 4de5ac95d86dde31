import { fillSums } from './backfill';
import { CallWriter } from './callWriter';
import { writeClaims } from './claims';
import { compactCalls, firstStep } from './compaction/compactCalls';
import { settleCompacted } from './compaction/compactedCalls';
import { deleteEmptied, deleteOldSums } from './compaction/deleteOldSums';
import { joinDays } from './compaction/joinDays';
import { takeBackSums } from './compaction/repricedSums';
import { repriceSums } from './compaction/repriceSums';
import { Dictionary } from './dictionary';
import { passModelExclusions, recordExclusion } from './exclusions';
import { measureColumns } from './measures';
import { migrate } from './migrations';
import { learnModels } from './namedModels';
import { firstPriceStep, forgetPrices, nextPriceStep } from './repriced';
import { isScopeOf, readCursor, resolveScope, writeCursor } from './scopes';
import { SessionWriter } from './sessionWriter';
import { addProblems, assignScope, deleteSource, ensureSource, findSource } from './sources';
import { measureSpan } from './spans';
import { Sums } from './sums';
import { slotOf } from './slots';
import { Zones } from './zones';
import type { CompactionStep } from './compaction/compactCalls';
import type { Written } from './callWriter';
import type { ExclusionRecord } from './exclusions';
import type { PriceStep, RepriceScope } from './repriced';
import type { Identity } from './scopes';
import type { Target } from './sessionWriter';
import type { Zone } from './zones';
import type { PriceBook } from '../pricing/prices';
import type { ImportBatch, ModelFact } from '../shared/facts';
import type { Connection } from '../sqlite/connection';

export interface OpenedSource extends Target {
  readonly path: string;
  readonly identity: Identity;
  /** As stored; passed back with every batch so that two windows never import the same lines twice. */
  readonly cursor: string | null;
}

/** Another window moved the cursor of this source: begin again from where it stands now. */
export class CursorMoved extends Error {
  override readonly name = 'CursorMoved';
}

/** The source was removed, here or in another window, while it was read: nothing more of it is taken in. */
export class SourceRemoved extends Error {
  override readonly name = 'SourceRemoved';
}

/** The one write path. Every method is one transaction; questions are functions under queries/. */
export class Store {
  private readonly sums: Sums;
  private readonly persons: Dictionary;
  private readonly models: Dictionary;
  private readonly versions: Dictionary;
  private readonly sessions: SessionWriter;
  private readonly calls: CallWriter;
  private readonly zones: Zones;
  private version = -1;

  constructor(
    readonly db: Connection,
    private readonly book: PriceBook,
  ) {
    migrate(db);
    fillSums(db);
    this.zones = new Zones(db);
    this.sums = new Sums(db);
    this.persons = new Dictionary(db, 'person', ['name']);
    this.models = new Dictionary(db, 'model', ['provider', 'name']);
    this.versions = new Dictionary(db, 'price_version', ['text']);
    this.sessions = new SessionWriter(db, this.persons, (session, from, to) =>
      this.sums.move(session, this.zones.all(), from, to),
    );
    this.calls = new CallWriter(db, book, this.sessions, this.models, this.sums, this.versions);
  }

  /** Registers the file and finds whose ids it carries. */
  openSource(path: string, importer: string, identity: Identity): OpenedSource {
    return this.write(() => {
      const source = ensureSource(this.db, path, importer);
      const scope = resolveScope(this.db, importer, identity, path);
      assignScope(this.db, source, scope);
      return {
        path,
        importer,
        scope,
        source,
        identity,
        cursor: readCursor(this.db, identity, scope, source),
      };
    });
  }

  /** What `openSource` would answer, if it would change nothing. */
  knownSource(path: string, importer: string, identity: Identity): OpenedSource | undefined {
    return this.db.read(() => {
      const known = findSource(this.db, path);
      if (!known || known.importer !== importer || known.scope === null) return undefined;
      if (!isScopeOf(this.db, known.scope, importer, identity)) return undefined;
      const cursor = readCursor(this.db, identity, known.scope, known.id);
      return { path, importer, scope: known.scope, source: known.id, identity, cursor };
    });
  }

  /**
   * Commits one batch whole: facts, rollups, problems and cursor.
   * @throws CursorMoved when the cursor is not `opened.cursor` any more, SourceRemoved when the source is gone; nothing
   * is written then.
   */
  apply(opened: OpenedSource, batch: ImportBatch): Written & { readonly cursor: string | null } {
    return this.write(() => {
      if (findSource(this.db, opened.path)?.id !== opened.source) throw new SourceRemoved();
      const stored = readCursor(this.db, opened.identity, opened.scope, opened.source);
      if (stored !== opened.cursor) throw new CursorMoved();
      this.applySessions(opened, batch);
      const renamed = this.learnModels(opened, batch.models ?? []);
      const written = this.calls.write(opened, batch.calls ?? []);
      this.flush();
      addProblems(this.db, opened.source, batch.issues ?? []);
      writeClaims(this.db, opened.source, batch.claims ?? []);
      if (batch.cursor) writeCursor(this.db, opened.identity, opened.scope, opened.source, batch.cursor);
      const changed = written.changed + renamed;
      return { ...written, changed, cursor: batch.cursor ? JSON.stringify(batch.cursor) : stored };
    });
  }

  /**
   * Prices calls anew after a change of prices, then sums of calls where that is exact, a step at a time, and remembers what
   * they cost before. @returns where the next step begins.
   */
  reprice(which: RepriceScope, step = firstPriceStep): PriceStep | undefined {
    return this.write(() => {
      const last =
        step.of === 'calls' ? this.calls.reprice(which, step.after) : this.repriceSums(which, step.after);
      this.flush();
      return nextPriceStep(step, last);
    });
  }

  /** Gives calls and sums their prices of before that back, a step at a time; calls that were told otherwise since keep theirs. */
  takeBackPrices(step = firstPriceStep): PriceStep | undefined {
    return this.write(() => {
      const last = step.of === 'calls' ? this.calls.takeBack(step.after) : takeBackSums(this.db, this.sums);
      const next = nextPriceStep(step, last);
      this.flush();
      if (next === undefined) forgetPrices(this.db);
      return next;
    });
  }

  /** Deletes a source. @returns the paths of the other files that share its ids and must be read again. */
  removeSource(path: string): string[] {
    return this.write(() => {
      const source = findSource(this.db, path);
      if (!source) return [];
      const touched = this.db
        .rows(
          'SELECT DISTINCT session FROM call WHERE source = ?1 UNION SELECT session FROM compacted WHERE source = ?1',
          [source.id],
        )
        .map(([session]) => session as number);
      // Ids of rows that are gone are given again.
      this.forget();
      this.calls.expectRemoval(source.id);
      const others = deleteSource(this.db, source);
      for (const session of touched) this.sumSession(session);
      this.calls.release();
      this.flush();
      return others;
    });
  }

  /** Sums up calls from before a moment, some at a time. @returns where the next step begins; undefined when all are done. */
  compact(before: number, from: CompactionStep = firstStep): CompactionStep | undefined {
    const step = this.write(() => compactCalls(this.db, this.book, before, from));
    settleCompacted(this.db);
    return step;
  }

  /** Joins quarter hours before a moment to days, some sessions at a time. @returns whether there are more. */
  compactDays(before: number): boolean {
    return this.write(() => {
      this.forget();
      const more = joinDays(this.db, this.sums, this.zones.all(), slotOf(before));
      this.flush();
      return more;
    });
  }

  /** Deletes the sums of calls from before a moment, some at a time, and sessions of which nothing is left. @returns as above. */
  deleteSums(before: number): boolean {
    return this.write(() => {
      this.forget();
      const more = deleteOldSums(this.db, this.sums, slotOf(before));
      this.flush();
      if (!more) deleteEmptied(this.db, before);
      return more;
    });
  }

  /** Inside a write: takes a word on what is left out of analytics in; `session` if it is known already. */
  recordExclusion(record: Omit<ExclusionRecord, 'kind'>, session?: number): void {
    const known = recordExclusion(this.db, record, session);
    if (known === undefined) return;
    this.sessions.setExcluded(known, record.excluded);
    this.flush();
  }

  /**
   * Sums up the days of a zone; the first question from there pays for that once. Not inside a read. @returns whether old
   * days of that zone are not exact, if it is new.
   */
  prepareZone(name: string): boolean {
    if (this.db.read(() => this.zones.find(name))) return false;
    this.write(() => {
      if (!this.zones.find(name)) this.sums.fillZone(this.zones.add(name));
    });
    return this.db.read(() => this.db.rows('SELECT 1 FROM compacted WHERE daily = 1 LIMIT 1')).length > 0;
  }

  /** The zone if its days are summed up. */
  zone(name: string): Zone | undefined {
    return this.zones.find(name);
  }

  /** A change to everything at once: what was remembered means nothing after it. */
  rebuild(work: (db: Connection) => void): void {
    this.write(() => {
      this.forget();
      work(this.db);
      this.forget();
    });
  }

  /** Any other change, in the same care: caches are dropped when another window wrote, or when `work` fails. */
  write<T>(work: () => T): T {
    try {
      return this.db.write(() => {
        // Moves only when another connection has committed.
        const version = this.db.rows('PRAGMA data_version')[0]![0] as number;
        if (version !== this.version) this.forget();
        this.version = version;
        return work();
      });
    } catch (error) {
      this.forget();
      this.sums.clear();
      throw error;
    }
  }

  close(): void {
    this.calls.dispose();
    this.sums.dispose();
    this.db.close();
  }

  private forget(): void {
    this.persons.forget();
    this.models.forget();
    this.versions.forget();
    this.sessions.forget();
    this.calls.forget();
  }

  private applySessions(target: Target, { experiments = [], sessions = [], merges = [] }: ImportBatch): void {
    for (const experiment of experiments) this.sessions.upsertExperiment(target, experiment);
    for (const session of sessions) this.sessions.upsertSession(target, session);
    for (const merge of merges) {
      this.sessions.mergeSessions(target, merge, (part, whole, agent) => {
        this.calls.moveCalls(part, whole, agent);
        this.flush();
      });
    }
  }

  private learnModels(target: Target, models: readonly ModelFact[]): number {
    const ids = learnModels(this.db, target.scope, models);
    if (ids.length === 0) return 0;
    passModelExclusions(this.db, target.scope, ids);
    return this.calls.rename(target, ids);
  }

  private repriceSums(which: RepriceScope, after: number): number | undefined {
    const { db, book, versions, sums } = this;
    return repriceSums({ db, book, versions, sums }, which, after);
  }

  private flush(): void {
    this.sums.flush(this.zones.all(), (session) => this.sessions.membershipOf(session));
  }

  private sumSession(session: number): void {
    const sums = measureColumns.map((name) => `sum(${name})`).join(', ');
    this.db.run('DELETE FROM usage_session WHERE session = ?', [session]);
    this.db.run(
      `INSERT INTO usage_session (session, ${measureColumns.join(', ')})
       SELECT session, ${sums} FROM usage_slot WHERE session = ? GROUP BY session`,
      [session],
    );
    measureSpan(this.db, session);
  }
}
