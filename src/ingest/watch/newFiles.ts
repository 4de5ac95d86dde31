import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isSearched, search } from '../discover';
import { isLeftOut, rememberSearch } from '../../store/watchedFolders';
import type { Strangers } from './strangers';
import type { WatchedPlaces } from './watchedPlaces';
import type { Store } from '../../store/store';
import type { WatchedFolder } from '../../store/watchedFolders';

/** Clocks of file systems are coarse, and times of files are set before they are seen. */
const overlap = 2_000;

export interface NewFilesParts {
  readonly store: Store;
  readonly places: WatchedPlaces;
  readonly strangers: Strangers;
  readonly pause: () => Promise<void>;
  /** A known source may have changed. */
  readonly changed: (path: string) => void;
  readonly isWaiting: (path: string) => boolean;
  readonly again: (path: string, ms: number) => void;
}

/** Finds what came into folders that were imported as folders. It opens no file, and hands on those that may be traces. */
export class NewFiles {
  private readonly searched = new Set<string>();
  private readonly looking = new Set<string>();
  /** Real path of a folder that is polled -> when something last came into it or went. */
  private readonly changedAt = new Map<string, number>();

  constructor(private readonly parts: NewFilesParts) {}

  /** Something happened to a path of which nothing is known: a new file, a new folder, or nothing that stays. */
  async appear(path: string): Promise<void> {
    const { isWaiting, places } = this.parts;
    if (isWaiting(path) || this.looking.has(path)) return;
    this.looking.add(path);
    try {
      const kind = await kindOf(path);
      if (kind === 'file') this.offer(path);
      else if (kind === 'folder' && (await places.isKnown(path))) {
        // It may be another one of the same name.
        await places.addAsked(path);
        await this.list(path);
      } else if (kind === 'folder' && isSearched(basename(path))) await this.enter(path, () => true);
    } finally {
      this.looking.delete(path);
    }
  }

  /**
   * Watches a folder and those below it, once, and offers the files in it that came since it was searched last. Those that
   * are older were looked at then.
   */
  async search({ path, searchedAt }: WatchedFolder): Promise<void> {
    if (this.searched.has(path)) return;
    this.searched.add(path);
    const { store } = this.parts;
    const startedAt = Date.now();
    const since = searchedAt - overlap;
    const offered = await this.enter(path, (found) => isNewer(found, since));
    if (offered > 0) store.write(() => rememberSearch(store.db, [path], startedAt));
  }

  /** A look at a folder of which the system tells nothing. */
  async lookAgain(real: string): Promise<void> {
    const path = await this.parts.places.tryAgain(real);
    if (path === undefined) return;
    const { mtimeMs } = await stat(real);
    if (this.changedAt.get(real) === mtimeMs) return;
    this.changedAt.set(real, mtimeMs);
    await this.list(path);
  }

  private async list(folder: string): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (this.parts.places.isSource(path)) {
        this.parts.changed(path);
        continue;
      }
      const kind = await kindOf(path);
      if (kind === 'file') this.offer(path);
      else if (kind === 'folder' && !(await this.parts.places.isKnown(path))) await this.appear(path);
    }
  }

  /** @returns how many files were offered. */
  private async enter(
    folder: string,
    isWanted: (path: string) => boolean | Promise<boolean>,
  ): Promise<number> {
    let offered = 0;
    for await (const one of search(folder)) {
      if ('folder' in one) {
        await this.parts.places.addAsked(one.folder);
        await this.parts.pause();
      } else if ('path' in one && !this.parts.places.isSource(one.path) && (await isWanted(one.path))) {
        this.offer(one.path);
        offered++;
      }
    }
    return offered;
  }

  private offer(path: string): void {
    const { store, strangers, again } = this.parts;
    const wait = strangers.waitFor(path);
    if (wait !== undefined && !store.db.read(() => isLeftOut(store.db, path))) again(path, wait);
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    const found = await lstat(path);
    if (found.isDirectory()) return 'folder';
    // Links to folders are not followed.
    return found.isFile() || (found.isSymbolicLink() && (await stat(path)).isFile()) ? 'file' : undefined;
  } catch {
    return undefined;
  }
}

const isNewer = (path: string, since: number): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs, ctimeMs }) => Math.max(mtimeMs, ctimeMs) > since,
    () => false,
  );
