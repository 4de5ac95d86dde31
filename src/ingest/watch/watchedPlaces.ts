import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAtOrBelow } from '../askedFolders';
import { ofDatabase } from '../fingerprint';
import { late } from './answers';
import { FolderWatchers, silent } from './folderWatchers';
import type { Answers } from './answers';
import type { Disposable } from '../../shared/emitter';

export interface PlaceEvents {
  /** The file of a known source was written, replaced, or went. */
  readonly changed: (path: string) => void;
  /** Something happened in a folder that was imported as one, to what is no source. */
  readonly appeared: (path: string) => void;
  /** Which folders are watched is not what it was. */
  readonly told: () => void;
}

interface Place {
  /** As the user named it, for what is found in it. */
  readonly path: string;
  /** Lies at or below a folder that was imported as one. */
  isAsked: boolean;
  /** Why the system does not tell of changes in it. */
  reason: string | undefined;
}

const atOnce = 64;

/** The folders in which sources lie or may appear, each watched by the system as far as that can be. */
export class WatchedPlaces implements Disposable {
  private readonly watchers: FolderWatchers;
  /** By real path, which events tell. */
  private readonly places = new Map<string, Place>();
  private readonly sourcesAt = new Map<string, string[]>();
  private roots: ReadonlySet<string> = new Set();
  /** Path of a source -> the real paths under which it changes. */
  private readonly namesOf = new Map<string, readonly string[]>();

  constructor(
    private readonly events: PlaceEvents,
    private readonly answers: Answers,
    limit?: number,
  ) {
    this.watchers = new FolderWatchers(
      { changed: (folder, name) => this.onEvent(folder, name), lost: (folder) => this.onLost(folder) },
      answers,
      limit,
    );
  }

  /** These are the sources from now on. @returns those that are new. */
  async setSources(paths: readonly string[]): Promise<readonly string[]> {
    const wanted = new Set(paths);
    for (const path of this.namesOf.keys()) if (!wanted.has(path)) this.removeSource(path);
    const added = paths.filter((path) => !this.namesOf.has(path));
    for (let from = 0; from < added.length; from += atOnce)
      await Promise.all(added.slice(from, from + atOnce).map((path) => this.addSource(path)));
    this.removeUnused();
    return added;
  }

  /** The folder is one in which new files count. Resolves when it is watched, so that nothing is missed after that. */
  async addAsked(path: string): Promise<void> {
    await this.addPlace(await this.realOf(path, path), path, true);
  }

  /** Whether the folder is known already, under its own or its real name. */
  async isKnown(folder: string): Promise<boolean> {
    return this.places.has(await this.realOf(folder, folder));
  }

  /** Only what lies at or below these is asked for from now on. */
  setAsked(roots: readonly string[]): void {
    this.roots = new Set(roots);
    for (const place of this.places.values())
      if (place.isAsked && !roots.some((root) => isAtOrBelow(place.path, root))) place.isAsked = false;
    this.removeUnused();
  }

  isSource(path: string): boolean {
    return this.namesOf.has(path);
  }

  get sources(): readonly string[] {
    return [...this.namesOf.keys()];
  }

  /** How many folders are watched, and how many are not. */
  get counts(): { readonly watched: number; readonly unwatched: number } {
    const unwatched = this.unwatchedFolders.length;
    return { watched: this.places.size - unwatched, unwatched };
  }

  /** Why changes of the source are not told by the system: undefined where they are, null where it is no source. */
  reasonOf(path: string): string | undefined | null {
    const names = this.namesOf.get(path);
    if (!names) return null;
    return names.map((name) => this.places.get(dirname(name))?.reason).find((reason) => reason !== undefined);
  }

  /** Real paths of the folders of which the system tells nothing. */
  get unwatchedFolders(): readonly string[] {
    return [...this.places].filter(([, { reason }]) => reason !== undefined).map(([real]) => real);
  }

  get unwatchedSources(): readonly string[] {
    const folders = new Set(this.unwatchedFolders);
    if (folders.size === 0) return [];
    return this.sources.filter((path) => this.namesOf.get(path)!.some((name) => folders.has(dirname(name))));
  }

  /** Tries once more to watch a folder. @returns it if new files in it count, and it is there. */
  async tryAgain(real: string): Promise<string | undefined> {
    const place = this.places.get(real);
    if (!place) return undefined;
    const before = place.reason;
    place.reason = await this.watchers.watch(real);
    if (place.reason !== before) this.events.told();
    if (place.reason === silent) return undefined;
    if (place.reason === undefined) this.changedIn(real);
    if (place.reason !== undefined && !(await this.isFolder(real))) {
      // A folder that somebody named may come back; what lay below it is told of by what it lay in.
      if (!this.roots.has(place.path) && !this.usedFolders.has(real)) this.places.delete(real);
      return undefined;
    }
    return place.isAsked ? place.path : undefined;
  }

  dispose(): void {
    this.watchers.dispose();
    this.places.clear();
  }

  private async addSource(path: string): Promise<void> {
    const folder = await this.realOf(dirname(path), dirname(path));
    const link = join(folder, basename(path));
    const names = [...new Set([link, await this.realOf(dirname(path), path, link)])];
    this.namesOf.set(path, names);
    for (const name of names) {
      this.sourcesAt.set(name, [...(this.sourcesAt.get(name) ?? []), path]);
      await this.addPlace(dirname(name), name === link ? dirname(path) : dirname(name), false);
    }
  }

  /** Of what is not there, or in a folder that does not answer, it is what it is called. */
  private async realOf(folder: string, path: string, called = path): Promise<string> {
    const real = await this.answers.of(folder, () => realpath(path).catch(() => called));
    return real === late ? called : real;
  }

  /** A folder that does not answer may well be there. */
  private async isFolder(path: string): Promise<boolean> {
    const found = await this.answers.of(path, () => stat(path).catch(() => undefined));
    return found === late || (found?.isDirectory() ?? false);
  }

  private removeSource(path: string): void {
    for (const name of this.namesOf.get(path) ?? []) {
      const others = this.sourcesAt.get(name)?.filter((other) => other !== path) ?? [];
      if (others.length > 0) this.sourcesAt.set(name, others);
      else this.sourcesAt.delete(name);
    }
    this.namesOf.delete(path);
  }

  private async addPlace(real: string, path: string, isAsked: boolean): Promise<void> {
    const known = this.places.get(real);
    if (known) known.isAsked ||= isAsked;
    if (known && known.reason === undefined) return;
    const place: Place = known ?? { path, isAsked, reason: undefined };
    this.places.set(real, place);
    const before = place.reason;
    place.reason = await this.watchers.watch(real);
    if (before !== undefined && place.reason === undefined) this.changedIn(real);
    this.events.told();
  }

  private get usedFolders(): ReadonlySet<string> {
    return new Set([...this.sourcesAt.keys()].map((name) => dirname(name)));
  }

  private removeUnused(): void {
    const used = this.usedFolders;
    for (const [real, { isAsked }] of this.places) {
      if (isAsked || used.has(real)) continue;
      this.watchers.unwatch(real);
      this.places.delete(real);
    }
    this.events.told();
  }

  private onEvent(folder: string, name: string | undefined): void {
    const place = this.places.get(folder);
    if (!place) return;
    if (name === undefined) return this.onAny(folder, place);
    const file = join(folder, name);
    const database = ofDatabase(file);
    const known =
      this.sourcesAt.get(file) ?? (database === undefined ? undefined : this.sourcesAt.get(database));
    if (known) known.forEach((path) => this.events.changed(path));
    else if (place.isAsked) this.events.appeared(join(place.path, name));
  }

  /** Some systems do not say what it was. */
  private onAny(folder: string, place: Place): void {
    this.changedIn(folder);
    if (place.isAsked) this.events.appeared(place.path);
  }

  private changedIn(folder: string): void {
    for (const [name, paths] of this.sourcesAt)
      if (dirname(name) === folder) paths.forEach((path) => this.events.changed(path));
  }

  /** With a folder that was moved go those below it, whose watches would go on telling of old names. */
  private onLost(folder: string): void {
    for (const [real, place] of this.places) {
      if (!isAtOrBelow(real, folder)) continue;
      this.watchers.unwatch(real);
      place.reason = 'its folder is not there';
    }
    for (const [name, paths] of this.sourcesAt)
      if (isAtOrBelow(name, folder)) paths.forEach((path) => this.events.changed(path));
    this.events.told();
  }
}
