import { closeSync, fstatSync, mkdirSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError, messageOf } from '../shared/errors';
import { ClaimLock } from './claimLock';
import type { Backing, Connection } from './connection';
import { SqlConnection } from './connection';
import { databaseHeaderSize, parseDatabaseHeader } from './databaseHeader';
import type { FileLock } from './lock';
import { readOnlyFile } from './readOnlyFile';
import { sharedFile } from './sharedFile';
import type { Vfs } from './vfs';

export interface StoreOptions {
  /** How long a transaction waits for other windows. */
  readonly timeoutMs?: number;
  /** Page cache; with the default a batch of some 1,000 rows never keeps readers out before its commit. */
  readonly cacheKiB?: number;
  /** Whether a commit waits for the disk. Off, a kill loses nothing but a power cut may. */
  readonly sync?: boolean;
}

export const defaultTimeoutMs = 10_000;

/** The store itself cannot be used, whatever is to be written: full, locked, damaged or not permitted. */
export class StoreError extends UserError {}

/**
 * The path under which every window knows this file, whatever links lead to it. Its folder is made if need be.
 * @throws UserError when it cannot be made.
 */
export function canonicalPath(path: string): string {
  const absolute = resolve(path);
  try {
    mkdirSync(dirname(absolute), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainStoreError(error, absolute, error);
  }
  try {
    return realpathSync(absolute);
  } catch {
    return join(realpathSync(dirname(absolute)), basename(absolute));
  }
}

/** Opens the store on its file. `lock` is closed with it. */
export function openStoreFile(
  vfs: Vfs,
  path: string,
  lock: FileLock | undefined,
  options: StoreOptions,
): Connection {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const held = lock ?? claimsOf(path, timeoutMs);
  const explain = (error: unknown) => explainStoreError(error, path, vfs.takeFailure());
  let counterFd: number | undefined;
  const backing: Backing = {
    storage: 'file',
    timeoutMs,
    queue: held,
    changeCounter: () => readChangeCounter((counterFd ??= openSync(path, 'r'))),
    committed: () => undefined,
    serve: (other, work) => withServed(vfs, other, work),
    explain,
    closed: () => {
      if (counterFd !== undefined) closeSync(counterFd);
      counterFd = undefined;
    },
  };
  try {
    const connection = new SqlConnection(vfs.open(sharedFile(path, held, options.sync ?? true)), backing);
    prepareStore(connection, options.cacheKiB ?? 65_536);
    return connection;
  } catch (error) {
    held.close();
    throw explain(error);
  }
}

/** A copy of the store that nobody writes, under a name of SQLite's. */
function withServed<T>(vfs: Vfs, path: string, work: (name: string) => T): T {
  const fd = openSync(path, 'r');
  try {
    const start = Buffer.alloc(databaseHeaderSize);
    readSync(fd, start, 0, start.length, 0);
    const { size } = fstatSync(fd);
    const { pageSize } = parseDatabaseHeader(start, size, path);
    return work(vfs.serve(readOnlyFile({ fd, pageSize, pageCount: size / pageSize })));
  } finally {
    closeSync(fd);
  }
}

function claimsOf(path: string, timeoutMs: number): FileLock {
  try {
    return new ClaimLock(path, timeoutMs);
  } catch (error) {
    throw explainStoreError(error, path, error);
  }
}

function prepareStore(connection: Connection, cacheKiB: number): void {
  try {
    connection.script(
      // Holds for a new file only: pages that became free can be given back some at a time.
      `PRAGMA auto_vacuum = 2; PRAGMA cache_size = -${Math.trunc(cacheKiB)}; PRAGMA temp_store = 2; PRAGMA foreign_keys = ON;
       PRAGMA journal_mode = TRUNCATE; SELECT count(*) FROM sqlite_schema;`,
    );
  } catch (error) {
    connection.close();
    throw error;
  }
}

const counterAt = 24;

/** The file change counter in the header: SQLite raises it with every commit. */
function readChangeCounter(fd: number): number {
  const bytes = Buffer.alloc(4);
  return readSync(fd, bytes, 0, 4, counterAt) === 4 ? bytes.readUInt32BE(0) : 0;
}

/** Turns what the user can do something about into a UserError. */
export function explainStoreError(error: unknown, path: string, cause: unknown): unknown {
  if (error instanceof UserError) return error;
  const message = messageOf(error);
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code;
  const remedy = remedyFor(message, reason, path);
  if (remedy) return new StoreError(remedy, { cause: cause ?? error });
  if (cause === undefined || !/I\/O error|unable to open/.test(message)) return error;
  return new Error(`${message}: ${messageOf(cause)}`, { cause });
}

function remedyFor(message: string, reason: string | undefined, path: string): string | undefined {
  if (message.includes('disk is full') || reason === 'ENOSPC' || reason === 'EDQUOT')
    return `No space is left for the store ${path}: free some space on its disk and try again.`;
  if (message.includes('database is locked'))
    return `The store ${path} is in use by another window that does not let go: close that window and try again.`;
  if (/not a database|malformed/.test(message))
    return `The store ${path} is damaged: move it away and start again; it is rebuilt from your sources and notes.`;
  if (reason === 'EACCES' || reason === 'EPERM' || reason === 'EROFS')
    return `The store ${path} cannot be written: check the permissions of the file and its folder.`;
  if (reason === 'ENOTDIR' || reason === 'EEXIST')
    return `The store ${path} cannot be made, since a part of its path is no folder: choose another place.`;
  return undefined;
}
