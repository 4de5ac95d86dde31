import { dirname } from 'node:path';
import { importFiles } from '../import';
import { fingerprint, isOfEmpty } from '../fingerprint';
import { CancellationError } from '../../shared/errors';
import { findSource } from '../../store/sources';
import { isLeftOut } from '../../store/watchedFolders';
import type { ReadRequest } from '../import';
import type { FoundFile } from '../discover';
import { late } from './answers';
import type { Answers } from './answers';
import type { Strangers } from './strangers';
import type { Engine } from '../../sqlite/engine';
import type { KnownSource } from '../../store/sources';
import type { Store } from '../../store/store';

/** So long a file may be gone or empty before anybody hears of it: it is being replaced. */
const doubt = 1_000;
/** What could not be read to its end is tried again after this, then after four times as long, and so on. */
const [firstRetry, retryGrowth, mostRetries] = [2_000, 4, 3];
/** What did not answer is asked again after this. */
const silence = 5_000;
/** Two windows that saw one change at once: the one that came second waits a little in future. */
const [shortestYield, longestYield, yieldFor] = [25, 80, 10_000];

export interface LiveImporting {
  readonly store: Store;
  readonly engine: Engine;
  readonly strangers: Strangers;
  readonly answers: Answers;
  readonly request: Omit<ReadRequest, 'force' | 'told' | 'outrun'>;
  readonly now: () => number;
  /** Looks at the path again after a while. */
  readonly again: (path: string, ms: number) => void;
}

/** Takes in what changed, file by file, and knows what to make of files that are gone, empty, broken or taken by others. */
export class LiveImport {
  private readonly doubted = new Set<string>();
  private readonly retries = new Map<string, number>();
  /** Of files that could not be read to their end: what they were like when that was tried. */
  private readonly tried = new Map<string, string>();
  private yieldUntil = -Infinity;
  private readonly yieldMs = shortestYield + Math.random() * (longestYield - shortestYield);

  private readonly request: ReadRequest;

  constructor(private readonly on: LiveImporting) {
    this.request = {
      ...on.request,
      force: false,
      told: () => undefined,
      outrun: (path) => this.yieldTo(path),
    };
  }

  /** How long to leave a change to another window. */
  get patience(): number {
    return this.on.now() < this.yieldUntil ? this.yieldMs : 0;
  }

  /** Those of known sources that are not what was imported. One look at each. */
  async stale(paths: readonly string[]): Promise<string[]> {
    const stale: string[] = [];
    // One by one: if one does not answer, the others of its folder need not be asked.
    for (const path of paths) if (await this.isStale(path)) stale.push(path);
    return stale;
  }

  /** Imports what changed of these paths. @throws only bugs and errors of the store. */
  async take(paths: readonly string[], rootOf: (path: string) => string | undefined): Promise<void> {
    const files: FoundFile[] = [];
    for (const path of paths) {
      const print = await this.printOf(path);
      if (print === late) {
        this.on.again(path, silence);
        continue;
      }
      // Only now: it may have been removed meanwhile, and is not to come back by this.
      const known = this.find(path);
      const root = known ? path : rootOf(path);
      if (root === undefined || !this.isDue(path, known, print)) continue;
      files.push({ path, root, given: known !== undefined });
      this.tried.set(path, print ?? '');
    }
    if (files.length === 0) return;
    await importFiles(this.on.store, this.on.engine, this.request, files);
    for (const { path } of files) this.settle(path);
  }

  /** Another window took it in; whether that was all of it is seen later. */
  private yieldTo(path: string): void {
    this.yieldUntil = this.on.now() + yieldFor;
    this.on.again(path, this.yieldMs);
  }

  private printOf(path: string): Promise<string | typeof late | undefined> {
    return this.on.answers.of(dirname(path), () => fingerprint(path));
  }

  private find(path: string): KnownSource | undefined {
    const { db } = this.on.store;
    return db.read(() => findSource(db, path));
  }

  private async isStale(path: string): Promise<boolean> {
    const known = this.find(path);
    if (!known) return false;
    const print = await this.printOf(path);
    // How its source is watched says that it does not answer.
    if (print === late) return false;
    if (print === undefined) return known.state !== 'missing' && known.importer !== null;
    if (known.fingerprint !== '') return print !== known.fingerprint;
    const tried = this.tried.get(path);
    // Of what no format fits it is not written down what it was like.
    if (tried === undefined && known.importer === null) this.tried.set(path, print);
    return tried === undefined ? known.importer !== null : tried !== print;
  }

  private isDue(path: string, known: KnownSource | undefined, print: string | undefined): boolean {
    if (!known) return print !== undefined && this.isWanted(path, print);
    if (print !== undefined && print === known.fingerprint) return false;
    if (print === undefined && (known.state === 'missing' || known.importer === null)) return false;
    if ((print !== undefined && !isOfEmpty(print)) || this.doubted.delete(path)) return true;
    this.doubted.add(path);
    this.on.again(path, doubt);
    return false;
  }

  private isWanted(path: string, print: string): boolean {
    const { store, strangers } = this.on;
    return !strangers.isUnchanged(path, print) && !store.db.read(() => isLeftOut(store.db, path));
  }

  private settle(path: string): void {
    const known = this.find(path);
    if (!known) {
      this.on.strangers.passOver(path, this.tried.get(path) ?? '');
      this.tried.delete(path);
      return;
    }
    this.on.strangers.forget(path);
    if (known.fingerprint !== '' || known.state === 'missing' || known.importer === null) {
      this.retries.delete(path);
      if (known.fingerprint !== '') this.tried.delete(path);
      return;
    }
    const retries = this.retries.get(path) ?? 0;
    this.retries.set(path, retries + 1);
    if (retries < mostRetries) this.on.again(path, firstRetry * retryGrowth ** retries);
  }
}

/** Whether it only says that the watching has ended. */
export const isEnd = (error: unknown): boolean => error instanceof CancellationError;
