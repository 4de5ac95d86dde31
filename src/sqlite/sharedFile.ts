import {
  chmodSync,
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { FileLock } from './lock';
import type { FileProvider, OpenFile } from './vfs';
import { openFlags } from './vfs';

const ownerOnly = 0o600;

/**
 * A database file shared by several processes, written through with SQLite's rollback journal beside it. One for each
 * connection. `sync: false` survives kills but not a power cut.
 */
export function sharedFile(path: string, lock: FileLock, sync: boolean): FileProvider {
  return {
    open(suffix, flags) {
      const fd = openSync(path + suffix, accessMode(flags), ownerOnly);
      if (!suffix) keepPrivate(path);
      return openFile(fd, lock, sync, suffix === '');
    },
    exists(suffix) {
      const found = statSync(path + suffix, { throwIfNoEntry: false });
      return found !== undefined && found.size > 0;
    },
    remove(suffix, syncDirectory) {
      lock.guard();
      rmSync(path + suffix, { force: true });
      if (syncDirectory && sync) flushDirectory(dirname(path));
    },
  };
}

/** Never truncates, and creates only when SQLite asks: two processes may create the store at the same moment. */
function accessMode(flags: number): number {
  if (flags & openFlags.readOnly) return constants.O_RDONLY;
  return constants.O_RDWR | (flags & openFlags.create ? constants.O_CREAT : 0);
}

function openFile(fd: number, lock: FileLock, sync: boolean, isDatabase: boolean): OpenFile {
  return {
    lock: isDatabase ? lock : undefined,
    read(target, at, length, offset) {
      lock.guard();
      return readFully(fd, target, at, length, offset);
    },
    write(source, at, length, offset) {
      lock.guard();
      for (let done = 0; done < length;)
        done += writeSync(fd, source, at + done, length - done, offset + done);
    },
    truncate(size) {
      lock.guard();
      ftruncateSync(fd, size);
    },
    sync() {
      if (sync) fdatasyncSync(fd);
      lock.guard();
    },
    size: () => fstatSync(fd).size,
    close() {
      closeSync(fd);
      if (isDatabase) lock.close();
    },
  };
}

/** Reads until `length` bytes are there or the file ends. */
export function readFully(
  fd: number,
  target: Uint8Array,
  at: number,
  length: number,
  offset: number,
): number {
  let done = 0;
  while (done < length) {
    const got = readSync(fd, target, at + done, length - done, offset + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** A store copied here with other rights is closed to others; one that is not ours is left alone. */
function keepPrivate(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, ownerOnly);
  } catch {
    // Another user's file, or a file system without modes.
  }
}

function flushDirectory(directory: string): void {
  if (process.platform === 'win32') return; // a directory cannot be opened there
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
