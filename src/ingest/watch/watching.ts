import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Answers, late } from './answers';
import { systemClock } from './clock';
import { Gatherer } from './gatherer';
import { IdleRule } from './idleRule';
import { LiveImport } from './liveImport';
import { NewFiles } from './newFiles';
import { PollTurns } from './pollTurns';
import { Strangers } from './strangers';
import { WatchedPlaces } from './watchedPlaces';
import { isAtOrBelow } from '../askedFolders';
import { CancellationError, messageOf } from '../../shared/errors';
import { listSources } from '../../store/sources';
import { placesVersion, watchedFolders } from '../../store/watchedFolders';
import type { Clock } from './clock';
import type { Importer } from '../../importers/importer';
import type { Disposable } from '../../shared/emitter';
import type { SourceWatch } from '../../shared/liveApi';
import type { Engine } from '../../sqlite/engine';
import type { Store } from '../../store/store';
import type { WatchedFolder } from '../../store/watchedFolders';

export interface WatchingParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly importers: () => readonly Importer[];
  readonly idleTimeoutMs: number;
  /** Whether a job of the user is under way. */
  readonly isCrowded: () => boolean;
  /** Changes were taken in, or not: whoever looks is told. */
  readonly committed: () => void;
  /** How sources are watched is not what it was. */
  readonly told: () => void;
  readonly slept: (isAsleep: boolean) => void;
  readonly log: (level: 'warn' | 'error', message: string) => void;
  readonly clock?: Clock;
  /** How many folders the system is asked to watch. */
  readonly mostFolders?: number;
  readonly answers?: Answers;
}

type Polled = { readonly folder: string } | { readonly source: string };

const lookedAtOnce = 50;
/** The system drops events beyond some 16,000 that wait. */
const flood = 4096;
const calm = 200;
const afterError = 5_000;
/** A folder that did not answer is searched after this. */
const silence = 30_000;

/** Watches all sources of a store and imports what changes in them, until it is disposed of. */
export class Watching implements Disposable {
  private readonly clock: Clock;
  private readonly answers: Answers;
  private readonly places: WatchedPlaces;
  private readonly gatherer: Gatherer;
  private readonly newFiles: NewFiles;
  private readonly importer: LiveImport;
  private readonly idle: IdleRule;
  private readonly turns: PollTurns<Polled>;
  private roots: readonly WatchedFolder[] = [];
  private version = '';
  private isKept = false;
  private isClosed = false;
  private events = 0;
  private syncing = Promise.resolve();
  private readonly calming = new Map<string, Disposable>();

  constructor(private readonly parts: WatchingParts) {
    const { store, engine, clock = systemClock } = parts;
    this.clock = clock;
    this.answers = parts.answers ?? new Answers(clock);
    this.gatherer = new Gatherer(clock, (paths) => this.take(paths), {
      isCrowded: parts.isCrowded,
      patience: () => this.importer.patience,
    });
    const again = (path: string, ms: number): void => this.gatherer.addLater(path, ms);
    const strangers = new Strangers(clock);
    const pause = (): Promise<void> => this.pause();
    const log = (message: string): void => parts.log('error', message);
    const request = {
      log,
      pause,
      get importers() {
        return parts.importers();
      },
    };
    const { answers } = this;
    this.importer = new LiveImport({
      ...{ store, engine, strangers, answers, request, again },
      now: () => clock.now(),
    });
    this.places = new WatchedPlaces(
      {
        changed: (path) => this.onChanged(path),
        appeared: (path) => void this.newFiles.appear(path).catch(() => undefined),
        told: () => this.soon('told', () => this.tell()),
      },
      answers,
      parts.mostFolders,
    );
    this.newFiles = new NewFiles({
      ...{ store, strangers, pause, again, places: this.places },
      changed: (path) => this.onChanged(path),
      isWaiting: (path) => this.gatherer.isWaiting(path),
    });
    this.turns = new PollTurns(clock, (lot) => this.poll(lot));
    this.idle = new IdleRule(clock, parts.idleTimeoutMs, (isAsleep) => this.onSleep(isAsleep));
  }

  /** Resolves when all is watched, and what changed before is on its way in. */
  start(): Promise<void> {
    return this.sync();
  }

  get isAsleep(): boolean {
    return this.idle.isAsleep;
  }

  get counts(): WatchedPlaces['counts'] {
    return this.places.counts;
  }

  stateOf(path: string): SourceWatch | undefined {
    const reason = this.places.reasonOf(path);
    if (reason === null) return undefined;
    if (reason === undefined) return { kind: 'watched' };
    const { everyMs } = this.turns;
    return everyMs === undefined ? { kind: 'asleep', reason } : { kind: 'polled', everyMs, reason };
  }

  /** A change that was seen elsewhere, or an action of the user. */
  touch(): void {
    this.idle.touch();
  }

  setIdleTimeout(ms: number): void {
    this.idle.setTimeout(ms);
  }

  keepWatch(on: boolean): void {
    this.isKept = on;
    this.setPollMode();
  }

  /** Sources may have come or gone. */
  storeChanged(): void {
    this.touch();
    this.soon('sync', () => void this.sync());
  }

  dispose(): void {
    this.isClosed = true;
    for (const part of [this.places, this.gatherer, this.turns, this.idle, ...this.calming.values()])
      part.dispose();
  }

  private async pause(): Promise<void> {
    await nextTurn();
    if (this.isClosed) throw new CancellationError();
  }

  /** Once in a while, however often it is asked for. */
  private soon(what: string, run: () => void, ms = calm): void {
    if (this.isClosed || this.calming.has(what)) return;
    const timer = this.clock.after(ms, () => {
      this.calming.delete(what);
      run();
    });
    this.calming.set(what, timer);
  }

  private onChanged(path: string): void {
    this.events++;
    this.gatherer.add(path);
  }

  private async take(paths: readonly string[]): Promise<void> {
    const isFlood = this.events > flood;
    this.events = 0;
    this.touch();
    await this.guarded(paths, () => {
      // Folders may have been forgotten a moment ago.
      const { db } = this.parts.store;
      this.roots = db.read(() => watchedFolders(db));
      return this.importer.take(paths, (path) => this.rootOf(path));
    });
    if (this.isClosed) return;
    this.parts.committed();
    if (isFlood) this.soon('flood', () => void this.look(this.places.sources));
  }

  /** What fails for the store's sake is tried again; it must not end the watching. */
  private async guarded(paths: readonly string[], run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (this.isClosed) return;
      this.parts.log('warn', `Changes could not be imported, and are tried again: ${messageOf(error)}`);
      for (const path of paths) this.gatherer.addLater(path, afterError);
    }
  }

  private rootOf(path: string): string | undefined {
    return this.roots.find((root) => isAtOrBelow(path, root.path))?.path;
  }

  private sync(): Promise<void> {
    this.syncing = this.syncing
      .then(() => this.syncNow())
      .catch((error: unknown) => {
        if (!this.isClosed) this.parts.log('warn', `Sources could not be watched: ${messageOf(error)}`);
      });
    return this.syncing;
  }

  private async syncNow(): Promise<void> {
    if (this.isClosed) return;
    const { db } = this.parts.store;
    const version = db.read(() => placesVersion(db));
    if (version === this.version) return;
    const sources = db.read(() => listSources(db)).map(({ path }) => path);
    this.roots = db.read(() => watchedFolders(db));
    this.places.setAsked(this.roots.map(({ path }) => path));
    const added = await this.places.setSources(sources);
    await this.look(added);
    let isWhole = true;
    for (const root of this.roots) {
      if ((await this.answers.of(root.path, () => stat(root.path).catch(() => undefined))) === late)
        isWhole = false;
      else await this.newFiles.search(root);
    }
    this.version = isWhole ? version : '';
    if (!isWhole) this.soon('silent', () => void this.sync(), silence);
    this.tell();
  }

  private tell(): void {
    if (this.isClosed) return;
    this.turns.setTargets([
      ...this.places.unwatchedFolders.map((folder) => ({ folder })),
      ...this.places.unwatchedSources.map((source) => ({ source })),
    ]);
    this.parts.told();
  }

  private onSleep(isAsleep: boolean): void {
    this.setPollMode();
    this.parts.slept(isAsleep);
    this.parts.told();
    if (isAsleep) return;
    void this.poll(this.places.unwatchedFolders.map((folder) => ({ folder })));
    void this.look(this.places.sources);
  }

  private setPollMode(): void {
    this.turns.setMode(!this.idle.isAsleep ? 'often' : this.isKept ? 'rarely' : 'stopped');
  }

  private async poll(lot: readonly Polled[]): Promise<void> {
    for (const one of lot) {
      if ('folder' in one) await this.newFiles.lookAgain(one.folder).catch(() => undefined);
    }
    await this.look(lot.flatMap((one) => ('source' in one ? [one.source] : [])));
  }

  /** One look at each; what is not as it was is imported. */
  private async look(paths: readonly string[]): Promise<void> {
    for (let from = 0; from < paths.length && !this.isClosed; from += lookedAtOnce) {
      const lot = paths.slice(from, from + lookedAtOnce);
      await this.guarded([], async () => {
        for (const path of await this.importer.stale(lot)) this.gatherer.add(path);
      });
      await nextTurn();
    }
  }
}
