import { realpathSync } from 'node:fs';
import { databaseHeaderSize } from './databaseHeader';
import { isJournalHeader, journalHeaderSize } from './journalOverlay';
import type { Look } from './trackedFile';
import { TrackedFile } from './trackedFile';
import { isWalHeader, walHeaderSize } from './walOverlay';
import type { WalIndexState } from './walIndex';
import { readWalIndex } from './walIndex';

/** A foreign database and the files beside it, as they were at one moment. */
export interface Observation {
  readonly main: Look;
  /** Absent if there is no log that SQLite would use. */
  readonly wal?: Look;
  /** Absent if there is no transaction to roll back. */
  readonly journal?: Look;
  readonly walIndex?: WalIndexState;
  /** Equal for two moments if nothing happened between them that would harm a reader; new frames in a log do not. */
  readonly state: string;
}

const startSize = 4096;

/** Watches a foreign database without a trace: opens for reading only, locks nothing. */
export class ObservedDatabase {
  readonly path: string;
  private readonly main: TrackedFile;
  private readonly wal: TrackedFile;
  private readonly journal: TrackedFile;

  /** As SQLite does, looks for the log beside the file that a link leads to. */
  constructor(path: string) {
    this.path = realpathSync(path);
    this.main = new TrackedFile(this.path, startSize);
    this.wal = new TrackedFile(`${this.path}-wal`, walHeaderSize);
    this.journal = new TrackedFile(`${this.path}-journal`, journalHeaderSize);
  }

  /** @throws the system's error (`code`) when the database cannot be read. */
  observe(): Observation {
    const main = this.main.look();
    if (!main) throw Object.assign(new Error(`no such file: ${this.path}`), { code: 'ENOENT' });
    const wal = only(this.wal.look(), isWalHeader);
    const journal = only(this.journal.look(), isJournalHeader);
    return {
      main,
      wal,
      journal,
      walIndex: isWalMode(main) ? readWalIndex(this.path) : undefined,
      state: [
        main.state,
        main.head.toString('hex', 0, databaseHeaderSize),
        wal && wal.identity + wal.head.toString('hex'),
        journal && journal.state + journal.head.toString('hex'),
      ].join('|'),
    };
  }

  close(): void {
    for (const file of [this.main, this.wal, this.journal]) file.close();
  }
}

const only = (look: Look | undefined, isValid: (head: Buffer) => boolean): Look | undefined =>
  look && isValid(look.head) ? look : undefined;

const isWalMode = (main: Look): boolean => main.head[18] === 2;

/**
 * Whether what was read from the committed state `before` (with `frames` frames of its log) is untouched `after`.
 * The `-shm` file tells exactly: the log was not started anew, and no newer frame went into the database file.
 * Without it, nothing may have changed in the files, and the last change must be old enough to tell.
 */
export function isIntact(
  before: Observation,
  after: Observation,
  salt: string | undefined,
  frames: number,
): boolean {
  if (before.state === after.state && before.main.settled) return true;
  const expected = salt ?? before.walIndex?.salt;
  return (
    after.walIndex !== undefined &&
    after.walIndex.salt === expected &&
    after.walIndex.checkpointed <= frames &&
    before.main.identity === after.main.identity &&
    !before.journal &&
    !after.journal
  );
}
