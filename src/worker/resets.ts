import { copyFileSync, chmodSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CancellationError, UserError } from '../shared/errors';
import { copyBack, emptyAll, emptyLedger } from '../store/resets';
import { undoMark, undoPath } from '../shared/retentionApi';
import { sourcePaths } from '../store/queries/sourceRows';
import type { OwnData, RetentionApi } from '../shared/retentionApi';
import type { Store } from '../store/store';

/** What resets need of an open ledger. */
export interface ResetsOf {
  readonly store: Store;
  readonly storePath: string;
  readonly journalPath: string;
  /** Reads files from the start. @returns whether all were; else it was told to stop. */
  readonly readAgain: (paths: readonly string[]) => Promise<boolean>;
  /** Reads files that are not in the ledger, to the end. */
  readonly readLater: (paths: readonly string[]) => Promise<unknown>;
  /** The journal is read from where the store has read it. */
  readonly catchUp: () => void;
  readonly changed: () => void;
}

/** Deleting as a whole what the ledger knows, with a copy of the store as the way back until the window is closed. */
export class Resets {
  private readonly copy: string;

  constructor(private readonly ledger: ResetsOf) {
    this.copy = undoPath(ledger.storePath, process.pid);
    for (const path of abandoned(ledger.storePath)) rmSync(path, { force: true });
  }

  readonly api: Pick<
    RetentionApi,
    'resetSource' | 'resetLedger' | 'undoReset' | 'ownData' | 'deleteAllData'
  > = {
    resetSource: async (path) => {
      const isKept = this.keepCopy();
      const others = this.ledger.store.removeSource(path);
      const wanted = [...others, ...(existsSync(path) ? [path] : [])];
      const isRead = await this.ledger.readAgain(wanted);
      if (!isRead && isKept) this.takeBack();
      this.ledger.changed();
      if (!isRead) throw new CancellationError();
      return isKept;
    },
    resetLedger: async () => {
      const isKept = this.keepCopy();
      this.ledger.store.rebuild(emptyLedger);
      this.ledger.changed();
      return isKept;
    },
    undoReset: () => this.undo(),
    ownData: async () => this.ownData(),
    deleteAllData: async () => this.deleteAll(),
  };

  /** The window closes: there is no way back any more. */
  close(): void {
    rmSync(this.copy, { force: true });
  }

  /** Under a read lock: nobody writes meanwhile. */
  private keepCopy(): boolean {
    const { store, storePath } = this.ledger;
    if (store.db.storage === 'memory') return false;
    store.db.read(() => {
      store.db.rows('SELECT count(*) FROM sqlite_schema');
      copyFileSync(storePath, this.copy);
    });
    chmodSync(this.copy, 0o600);
    return true;
  }

  private async undo(): Promise<void> {
    const { store, readLater, changed } = this.ledger;
    if (!existsSync(this.copy))
      throw new UserError(
        'There is no reset to undo: the way back ends when the window is closed. Import the sources again.',
      );
    const later = sourcePaths(store);
    this.takeBack();
    changed();
    await readLater(later.filter((path) => existsSync(path)));
    changed();
  }

  /** The ledger is again what it was when the copy was made; notes of since stay. */
  private takeBack(): void {
    const { store, catchUp } = this.ledger;
    copyBack(store.db, this.copy, (work) => store.rebuild(work));
    rmSync(this.copy, { force: true });
    catchUp();
  }

  private ownData(): readonly OwnData[] {
    const { storePath, journalPath } = this.ledger;
    const all: readonly (readonly [string, string])[] = [
      [storePath, 'the ledger: sources, sessions, calls, sums'],
      [`${storePath}-journal`, 'its rollback journal'],
      [journalPath, 'notes, tags and what was excluded'],
      ...beside(journalPath, '.torn-').map(
        (path) => [path, 'a part of a note that could not be read'] as const,
      ),
      ...beside(storePath, undoMark).map((path) => [path, 'a copy for undoing a reset'] as const),
    ];
    return all.flatMap(([path, what]) => {
      const bytes = statSync(path, { throwIfNoEntry: false })?.size;
      return bytes === undefined ? [] : [{ path, what, bytes }];
    });
  }

  /** Other windows have the store open: it is emptied in its place, and they see it empty at once. */
  private deleteAll(): void {
    const { store, storePath, journalPath, changed } = this.ledger;
    store.rebuild((db) => {
      // First, and under the store's lock: nobody takes its lines in again.
      for (const path of [journalPath, ...beside(journalPath, '.torn-'), ...beside(storePath, undoMark)])
        rmSync(path, { force: true });
      emptyAll(db);
    });
    // Written anew, so that nothing of the old pages is left on the disk; there is little to write.
    store.db.script('VACUUM');
    changed();
  }
}

const beside = (path: string, mark: string): string[] =>
  readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${basename(path)}${mark}`))
    .map((name) => join(dirname(path), name));

/** Copies of windows that are closed. */
const abandoned = (storePath: string): string[] =>
  existsSync(dirname(storePath)) ? beside(storePath, undoMark).filter((path) => !isOfOpenWindow(path)) : [];

/** A worker that was started again finds the copy of its own window; one from before the window is another's of that number. */
function isOfOpenWindow(path: string): boolean {
  const pid = Number(path.slice(path.lastIndexOf('-') + 1));
  if (pid !== process.pid) return isAlive(pid);
  const startedAt = Date.now() - process.uptime() * 1000;
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= startedAt;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
