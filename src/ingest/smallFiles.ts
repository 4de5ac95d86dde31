import { CancellationError } from '../shared/errors';
import { storedCursor } from '../store/scopes';
import { findSource, finishSource } from '../store/sources';
import { CursorMoved } from '../store/store';
import { beginSource, startOf, stateOf, takeInBatch } from './takeIn';
import type { ReadRequest } from './import';
import type { ImportTally } from './importTally';
import type { Recognition } from './recognise';
import type { DiskIo } from './sourceIo';
import type { Importer, SourceFile } from '../importers/importer';
import type { ImportBatch } from '../shared/facts';
import type { Identity } from '../store/scopes';
import type { Store } from '../store/store';

/** Larger files are committed batch by batch as they are read. */
export const smallFile = 1024 * 1024;

/** So much of what was read is committed at once: nobody waits longer than that for an answer of the store. */
const gatheredBytes = 2 * 1024 * 1024;
const gatheredFiles = 100;
const gatheredMs = 100;

export interface SmallFile {
  readonly recognition: Recognition;
  readonly io: DiskIo;
  readonly bytes: number;
  readonly fingerprint: string;
}

/** A file that was read to its end and is not in the store yet. */
interface Gathered {
  readonly file: SourceFile;
  readonly importer: Importer;
  readonly identity: Identity;
  /** As it stood in the store when the reading began. */
  readonly cursor: string | null;
  readonly batches: readonly ImportBatch[];
  readonly bytes: number;
  readonly fingerprint: string;
}

/**
 * Commits small files together, each of them whole or not at all: thousands of transcripts would otherwise wait for the
 * disk some times each. What is lost when the process dies is a tenth of a second of reading, to be read again.
 */
export class SmallFiles {
  private gathered: Gathered[] = [];
  private bytes = 0;
  private since = 0;

  constructor(
    private readonly store: Store,
    private readonly request: ReadRequest,
    private readonly tally: ImportTally,
  ) {}

  /** @returns false for a file that must be read the other way: its ids are its own, or it could not be read to its end. */
  async read({ recognition, io, bytes, fingerprint }: SmallFile): Promise<boolean> {
    const { file, importer, issues } = recognition;
    if (!file || !importer || bytes > smallFile || issues.length > 0) return false;
    const identity = await importer.identify(file, io).catch(() => undefined);
    if (identity?.kind !== 'global') return false;
    const cursor = this.store.db.read(() => storedCursor(this.store.db, importer.id, file.path));
    const batches = await this.batchesOf(file, importer, io, cursor);
    if (!batches) return false;
    if (this.gathered.length === 0) this.since = performance.now();
    this.gathered.push({ file, importer, identity, cursor, batches, bytes, fingerprint });
    this.bytes += bytes;
    const isFull = this.bytes >= gatheredBytes || this.gathered.length >= gatheredFiles;
    return !isFull && performance.now() - this.since < gatheredMs ? true : this.commit();
  }

  /** What was gathered is in the store after this. Always true. */
  commit(): boolean {
    const files = this.gathered;
    this.gathered = [];
    this.bytes = 0;
    if (files.length > 0) this.store.write(() => files.forEach((file) => this.takeIn(file)));
    return true;
  }

  private async batchesOf(
    file: SourceFile,
    importer: Importer,
    io: DiskIo,
    cursor: string | null,
  ): Promise<ImportBatch[] | undefined> {
    const from = startOf(cursor, importer, this.request.force);
    const batches: ImportBatch[] = [];
    try {
      for await (const batch of importer.import(file, io, from)) {
        batches.push(batch);
        await this.request.pause();
      }
      return batches;
    } catch (error) {
      if (error instanceof CancellationError) throw error;
      return undefined;
    }
  }

  private takeIn(file: Gathered): void {
    try {
      this.store.write(() => this.apply(file));
      this.tally.read();
    } catch (error) {
      // Another window was at it: what it left is taken in at the next import, since the fingerprint is not kept.
      if (!(error instanceof CursorMoved)) throw error;
      this.request.outrun?.(file.file.path);
    }
  }

  private apply({ file, importer, identity, cursor: expected, batches, bytes, fingerprint }: Gathered): void {
    const { store } = this;
    // What another window read of the same state need not be written twice.
    if (
      !this.request.force &&
      fingerprint !== '' &&
      findSource(store.db, file.path)?.fingerprint === fingerprint
    )
      throw new CursorMoved();
    let opened = store.openSource(file.path, importer.id, identity);
    if (opened.cursor !== expected) throw new CursorMoved();
    beginSource(store, opened, this.request.force);
    for (const batch of batches) opened = takeInBatch(store, opened, batch, this.tally);
    finishSource(store.db, opened.source, { state: stateOf(store, opened.source), bytes, fingerprint });
  }
}
