import { codeOf, whyUnreadable } from './sourceIoErrors';
import { beginSource, startOf, stateOf, takeInBatch } from './takeIn';
import { CancellationError, UserError } from '../shared/errors';
import { StoreError } from '../sqlite/storeFile';
import { addProblems, ensureSource, findSource, finishSource } from '../store/sources';
import { CursorMoved, SourceRemoved } from '../store/store';
import type { ImportTally } from './importTally';
import type { ReadRequest } from './import';
import type { Recognition } from './recognise';
import type { DiskIo } from './sourceIo';
import type { Importer, SourceFile } from '../importers/importer';
import type { ImportBatch } from '../shared/facts';
import type { Issue } from '../shared/model';
import type { OpenedSource, Store } from '../store/store';

/** What is written down of a file when it was read to its end. */
export interface FileSeen {
  readonly bytes: number;
  /** '' where it went while it was looked at. */
  readonly fingerprint: string;
}

/** Two windows that take turns in reading one file would go on for ever; one of them gives up. */
const maxTurns = 5;

/** So much of what was read is committed at once: a change of a live file in one step, a large file in many. */
const [gatheredCalls, gatheredMs] = [4000, 100];

/** Reads one file of a known format into the store; what cannot be read becomes a problem of the source. */
export async function importFile(
  store: Store,
  io: DiskIo,
  { file, importer, issues }: Recognition,
  request: ReadRequest,
  tally: ImportTally,
  seen: FileSeen,
): Promise<void> {
  const reading = new Reading(store, io, file!, importer!, request, tally, seen);
  for (let turn = 1; ; turn++) {
    try {
      if (await reading.run(issues, turn < maxTurns)) tally.read();
      return;
    } catch (error) {
      if (!(error instanceof CursorMoved)) throw error;
    }
  }
}

class Reading {
  private hasFacts = false;
  private batches: ImportBatch[] = [];
  private calls = 0;
  private since = 0;
  private isBegun = false;

  constructor(
    private readonly store: Store,
    private readonly io: DiskIo,
    private readonly file: SourceFile,
    private readonly importer: Importer,
    private readonly request: ReadRequest,
    private readonly tally: ImportTally,
    private readonly seen: FileSeen,
  ) {}

  /**
   * @returns whether any of it could be read.
   * @throws CursorMoved when another window imported part of it in between, if `mayTurn`.
   */
  async run(known: readonly Issue[], mayTurn: boolean): Promise<boolean> {
    let opened: OpenedSource | undefined;
    try {
      const { path } = this.file;
      const identity = await this.importer.identify(this.file, this.io);
      const { id } = this.importer;
      opened = this.store.knownSource(path, id, identity) ?? this.store.openSource(path, id, identity);
      await this.readAll(opened, known);
      return true;
    } catch (error) {
      // Another file would fare no better.
      if (error instanceof StoreError) throw error;
      if (error instanceof CursorMoved && mayTurn) throw error;
      this.broken(opened?.source ?? this.unopened(), error);
      return this.hasFacts;
    }
  }

  /** Whose ids the file carries is not known now, and stays what it was. */
  private unopened(): number {
    return this.store.write(() => ensureSource(this.store.db, this.file.path, this.importer.id));
  }

  private async readAll(first: OpenedSource, known: readonly Issue[]): Promise<void> {
    let opened = first;
    this.isBegun = false;
    this.forgetGathered();
    const from = startOf(opened.cursor, this.importer, this.request.force);
    try {
      for await (const batch of this.importer.import(this.file, this.io, from)) {
        this.batches.push(batch);
        this.calls += batch.calls?.length ?? 0;
        const isFull = this.calls >= gatheredCalls || performance.now() - this.since > gatheredMs;
        if (isFull) opened = this.commit(opened, known);
        await this.request.pause();
      }
    } catch (error) {
      // What was read before it broke off, or was stopped, is not lost.
      if (!(error instanceof StoreError || error instanceof CursorMoved)) this.commit(opened, known);
      throw error;
    }
    this.commit(opened, known, true);
  }

  /** Commits what was gathered, with what is to be said of the file at its beginning and at its end. */
  private commit(first: OpenedSource, known: readonly Issue[], isEnd = false): OpenedSource {
    const { store, tally, batches, request, isBegun } = this;
    let isOutrun = false;
    let opened = first;
    store.write(() => {
      if (!isBegun) {
        beginSource(store, first, request.force);
        addProblems(store.db, first.source, known);
      }
      for (const batch of batches) opened = takeInBatch(store, opened, batch, tally);
      if (isEnd) isOutrun = this.finish(first.source);
    });
    if (!isBegun) for (const issue of known) tally.issue(issue);
    this.hasFacts ||= batches.some(holdsFacts);
    this.isBegun = true;
    this.forgetGathered();
    if (isOutrun) request.outrun?.(this.file.path);
    return opened;
  }

  /** Inside a write. @returns whether another import took in the very same state meanwhile. */
  private finish(source: number): boolean {
    const { store, seen, file } = this;
    const isOutrun =
      seen.fingerprint !== '' && findSource(store.db, file.path)?.fingerprint === seen.fingerprint;
    finishSource(store.db, source, { state: stateOf(store, source), ...seen });
    return isOutrun;
  }

  private forgetGathered(): void {
    this.batches = [];
    this.calls = 0;
    this.since = performance.now();
  }

  private broken(source: number, error: unknown): void {
    if (error instanceof SourceRemoved) return;
    if (error instanceof CancellationError) {
      this.store.write(() =>
        this.store.db.run("UPDATE source SET state = 'partial', fingerprint = '' WHERE id = ?", [source]),
      );
      throw error;
    }
    if (!(error instanceof UserError) && codeOf(error) === undefined) {
      this.request.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    const issue = { path: this.file.path, message: whyUnreadable(error, this.file.path) };
    this.tally.issue(issue);
    this.store.write(() => {
      addProblems(this.store.db, source, [issue]);
      const { bytes } = this.seen;
      finishSource(this.store.db, source, { state: 'partial', bytes, fingerprint: '' });
    });
  }
}

const holdsFacts = ({ sessions = [], models = [], calls = [], claims = [] }: ImportBatch): boolean =>
  sessions.length + models.length + calls.length + claims.length > 0;
