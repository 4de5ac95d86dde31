import type { Overlay } from './overlay';
import { readFully } from './sharedFile';
import type { FileProvider } from './vfs';
import { immutable } from './vfs';

/** A page that should be there and is not: the file is cut off. */
export class MissingPageError extends Error {
  constructor(readonly page: number) {
    super(`page ${page} is missing`);
  }
}

/** The committed state of a database: its file, and the pages that stand elsewhere. */
export interface Image {
  readonly fd: number;
  readonly pageSize: number;
  readonly pageCount: number;
  readonly overlay?: Overlay;
}

/** For SQLite: never written, never locked, with nothing beside it. The descriptors stay with the caller. */
export function readOnlyFile(image: Image): FileProvider {
  const refuse = () => {
    throw new Error('a foreign database is never written');
  };
  return {
    exists: () => false,
    remove: refuse,
    open(suffix) {
      if (suffix) return refuse();
      return {
        characteristics: immutable,
        size: () => image.pageCount * image.pageSize,
        read: (target, at, length, offset) => readImage(image, target, at, length, offset),
        write: refuse,
        truncate: refuse,
        sync: () => undefined,
        close: () => undefined,
      };
    },
  };
}

/** @throws MissingPageError where zeros would stand for lost data. */
export function readImage(
  { fd, pageSize, pageCount, overlay }: Image,
  target: Uint8Array,
  at: number,
  length: number,
  offset: number,
): number {
  const page = Math.floor(offset / pageSize) + 1;
  if (page > pageCount) return 0;
  const elsewhere = overlay?.offsetOf(page);
  const got =
    overlay && elsewhere !== undefined
      ? readFully(overlay.fd, target, at, length, elsewhere + (offset % pageSize))
      : readFully(fd, target, at, length, offset);
  if (got < length) throw new MissingPageError(page);
  if (offset === 0) forceRollbackMode(target, at, length);
  return length;
}

/** Bytes 18 and 19 say 2 for WAL, which would need shared memory to open; 1 is rollback mode. */
export function forceRollbackMode(bytes: Uint8Array, start: number, length: number): void {
  for (const at of [18, 19]) if (at < length && bytes[start + at] === 2) bytes[start + at] = 1;
}

/** The first page that is neither in the file nor elsewhere; undefined for a whole database. */
export function firstMissingPage(image: Image, fileSize: number): number | undefined {
  for (let page = Math.floor(fileSize / image.pageSize) + 1; page <= image.pageCount; page++)
    if (image.overlay?.offsetOf(page) === undefined) return page;
  return undefined;
}
