import { codeOf, whyUnreadable } from './sourceIoErrors';
import { beginSource, startOf, stateOf, takeInBatch } from './takeIn';
import { CancellationError, UserError } from '../shared/errors';
import { StoreError } from '../sqlite/storeFile';
import { addProblems, ensureSource } from '../store/sources';
import { CursorMoved, SourceRemoved } from '../store/store';
import type { ImportTally } from './importTally';
import type { ImportRequest } from './import';
import type { Recognition } from './recognise';
import type { DiskIo } from './sourceIo';
import type { Importer, SourceFile } from '../importers/importer';
import type { ImportBatch } from '../shared/facts';
import type { Issue, SourceState } from '../shared/model';
import type { OpenedSource, Store } from '../store/store';

export interface FileEnd {
  readonly source: number;
  readonly state: SourceState;
  /** Everything was read to the end: it need not be read again until it changes. */
  readonly whole: boolean;
  /** Whether any of it could be read. */
  readonly read: boolean;
}

/** Two windows that take turns in reading one file would go on for ever; one of them gives up. */
const maxTurns = 5;

/** Reads one file of a known format, batch by batch; what cannot be read becomes a problem of the source. */
export async function importFile(
  store: Store,
  io: DiskIo,
  { file, importer, issues }: Recognition,
  request: ImportRequest,
  tally: ImportTally,
): Promise<FileEnd> {
  const reading = new Reading(store, io, file!, importer!, request, tally);
  for (let turn = 1; ; turn++) {
    try {
      const end = await reading.run(issues, turn < maxTurns);
      if (end.read) tally.read();
      return end;
    } catch (error) {
      if (!(error instanceof CursorMoved)) throw error;
    }
  }
}

class Reading {
  private hasFacts = false;

  constructor(
    private readonly store: Store,
    private readonly io: DiskIo,
    private readonly file: SourceFile,
    private readonly importer: Importer,
    private readonly request: ImportRequest,
    private readonly tally: ImportTally,
  ) {}

  /** @throws CursorMoved when another window imported part of it in between, if `mayTurn`. */
  async run(known: readonly Issue[], mayTurn: boolean): Promise<FileEnd> {
    let opened: OpenedSource | undefined;
    try {
      const identity = await this.importer.identify(this.file, this.io);
      opened = this.store.openSource(this.file.path, this.importer.id, identity);
      this.begin(opened, known);
      await this.readAll(opened);
      const state = stateOf(this.store, opened.source);
      return { source: opened.source, state, whole: true, read: true };
    } catch (error) {
      // Another file would fare no better.
      if (error instanceof StoreError) throw error;
      if (error instanceof CursorMoved && mayTurn) throw error;
      return this.broken(opened?.source ?? this.unopened(), error);
    }
  }

  /** Whose ids the file carries is not known now, and stays what it was. */
  private unopened(): number {
    return this.store.write(() => ensureSource(this.store.db, this.file.path, this.importer.id));
  }

  private begin(opened: OpenedSource, known: readonly Issue[]): void {
    beginSource(this.store, opened, this.request.force);
    this.report(opened.source, known);
  }

  private async readAll(first: OpenedSource): Promise<void> {
    let opened = first;
    const from = startOf(opened.cursor, this.importer, this.request.force);
    for await (const batch of this.importer.import(this.file, this.io, from)) {
      opened = takeInBatch(this.store, opened, batch, this.tally);
      this.hasFacts ||= holdsFacts(batch);
      await this.request.pause();
    }
  }

  private broken(source: number, error: unknown): FileEnd {
    const end: FileEnd = { source, state: 'partial', whole: false, read: this.hasFacts };
    if (error instanceof SourceRemoved) return end;
    if (error instanceof CancellationError) {
      this.store.write(() =>
        this.store.db.run("UPDATE source SET state = 'partial', fingerprint = '' WHERE id = ?", [source]),
      );
      throw error;
    }
    if (!(error instanceof UserError) && codeOf(error) === undefined) {
      this.request.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    this.report(source, [{ path: this.file.path, message: whyUnreadable(error, this.file.path) }]);
    return end;
  }

  private report(source: number, issues: readonly Issue[]): void {
    if (issues.length === 0) return;
    for (const issue of issues) this.tally.issue(issue);
    this.store.write(() => addProblems(this.store.db, source, issues));
  }
}

const holdsFacts = ({ sessions = [], models = [], calls = [], claims = [] }: ImportBatch): boolean =>
  sessions.length + models.length + calls.length + claims.length > 0;
