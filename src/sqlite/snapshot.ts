import type { RawDatabase, SqlJs } from 'sql.js';
import { parseDatabaseHeader } from './databaseHeader';
import { journalOverlay } from './journalOverlay';
import type { Observation } from './observation';
import { ObservedDatabase, isIntact } from './observation';
import type { Overlay } from './overlay';
import type { Image } from './readOnlyFile';
import { firstMissingPage, forceRollbackMode, readImage, readOnlyFile } from './readOnlyFile';
import type { Vfs } from './vfs';
import { WalOverlay } from './walOverlay';

/** One committed state of a foreign database, open for queries. */
export interface Snapshot {
  readonly database: RawDatabase;
  readonly damage?: string;
  /** Whether all that was read from it so far belongs to that one state. */
  isIntact(): boolean;
}

const copyLimit = 64 * 1024 * 1024;
const copyLifeMs = 2000;

/** Takes snapshots of one foreign database, and keeps the last one as long as nothing has changed. */
export class Snapshots {
  private readonly observed: ObservedDatabase;
  private wal: WalOverlay | undefined;
  /** Which log `wal` is about, and since when. */
  private generation: string | undefined;
  private current: { snapshot: Snapshot; before: Observation } | undefined;
  private copy: { snapshot: Snapshot; until: number } | undefined;

  constructor(
    private readonly sql: SqlJs,
    private readonly vfs: Vfs | undefined,
    path: string,
  ) {
    this.observed = new ObservedDatabase(path);
  }

  get path(): string {
    return this.observed.path;
  }

  observe(): Observation {
    return this.observed.observe();
  }

  /** Whether an error that came up since `before` is one of the file itself. */
  isUnchangedSince(before: Observation): boolean {
    return isIntact(before, this.observe(), this.wal?.salt, this.wal?.committedFrames ?? 0);
  }

  /** The present committed state, read page by page. `now` must be the latest observation. */
  take(now: Observation): Snapshot {
    if (!this.vfs) return this.takeCopy(now) ?? this.refuse(now);
    const grew = this.updateWal(now);
    if (!grew && this.current && this.isReusable(this.current.before, now)) return this.current.snapshot;
    this.dropCurrent();
    const image = this.imageOf(now);
    const frames = this.wal?.committedFrames ?? 0;
    const salt = this.wal?.salt;
    const snapshot: Snapshot = {
      database: this.vfs.open(readOnlyFile(image)),
      damage: damageOf(image, now.main.size),
      isIntact: () => isIntact(now, this.observe(), salt, frames),
    };
    this.current = { snapshot, before: now };
    return snapshot;
  }

  /**
   * The present committed state, copied into memory: takes much less time than a query, so it can be had between two
   * transactions of a busy writer. Undefined if the file is too large, or was changed meanwhile.
   */
  takeCopy(now: Observation): Snapshot | undefined {
    if (this.copy && performance.now() < this.copy.until) return this.copy.snapshot;
    this.dropCopy();
    this.updateWal(now);
    const image = this.imageOf(now);
    const size = image.pageCount * image.pageSize;
    if (size > copyLimit && this.vfs) return undefined;
    if (firstMissingPage(image, now.main.size) !== undefined) return undefined;
    const bytes = copyOf(image);
    if (!this.isUntouched(now, image, bytes)) return undefined;
    const snapshot = { database: new this.sql.Database(bytes), isIntact: () => true };
    this.copy = { snapshot, until: performance.now() + copyLifeMs };
    return snapshot;
  }

  drop(): void {
    this.dropCurrent();
    this.dropCopy();
  }

  close(): void {
    this.drop();
    this.observed.close();
  }

  /** A writer that never rests leaves no old modification time; then two copies one after the other must be equal. */
  private isUntouched(before: Observation, image: Image, bytes: Uint8Array): boolean {
    const after = this.observe();
    if (isIntact(before, after, this.wal?.salt, this.wal?.committedFrames ?? 0)) return true;
    if (before.state !== after.state || image.overlay) return false;
    return Buffer.compare(bytes, copyOf(image)) === 0 && this.observe().state === before.state;
  }

  private isReusable(before: Observation, now: Observation): boolean {
    return before.state === now.state && before.main.settled;
  }

  /** Brings the index of the log up to date, from the last known commit on; true if anything was committed. */
  private updateWal({ wal }: Observation): boolean {
    const generation = wal && wal.identity + wal.head.toString('hex');
    if (generation !== this.generation) this.wal = wal && new WalOverlay(wal.fd, wal.head);
    this.generation = generation;
    return this.wal?.extend() ?? false;
  }

  private imageOf(now: Observation): Image {
    const overlay = this.overlayOf(now);
    const start = Buffer.from(now.main.head);
    const { pageSize, pageCount } = parseDatabaseHeader(start, now.main.size, this.path);
    const { fd } = now.main;
    if (overlay) return { fd, pageSize: overlay.pageSize, pageCount: overlay.pageCount, overlay };
    return { fd, pageSize, pageCount: pageCount ?? Math.floor(now.main.size / pageSize) };
  }

  private overlayOf(now: Observation): Overlay | undefined {
    if (this.wal && this.wal.pageCount > 0) return this.wal;
    return now.journal && journalOverlay(now.journal.fd);
  }

  private refuse(now: Observation): never {
    throw new Error(`${this.path} (${now.main.size} bytes) cannot be copied into memory`);
  }

  private dropCurrent(): void {
    this.current?.snapshot.database.close();
    this.current = undefined;
  }

  private dropCopy(): void {
    this.copy?.snapshot.database.close();
    this.copy = undefined;
  }
}

function copyOf(image: Image): Uint8Array {
  const bytes = new Uint8Array(image.pageCount * image.pageSize);
  if (!image.overlay) {
    readImageWhole(image, bytes);
    return bytes;
  }
  for (let at = 0; at < bytes.length; at += image.pageSize) readImage(image, bytes, at, image.pageSize, at);
  return bytes;
}

/** In one go: there is nothing to lay over. */
function readImageWhole(image: Image, bytes: Uint8Array): void {
  readImage({ ...image, pageSize: bytes.length, pageCount: 1 }, bytes, 0, bytes.length, 0);
  forceRollbackMode(bytes, 0, bytes.length);
}

function damageOf(image: Image, fileSize: number): string | undefined {
  const missing = firstMissingPage(image, fileSize);
  return missing === undefined
    ? undefined
    : `The file is cut off: ${missing - 1} of ${image.pageCount} pages are there; copy the whole file again.`;
}
