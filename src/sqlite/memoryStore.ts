import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import type { SqlJs } from 'sql.js';
import type { Connection } from './connection';
import { SqlConnection } from './connection';
import { explainStoreError } from './storeFile';

const saveDelayMs = 2000;

/**
 * The store in memory, with what its file held at the time. With `save` it is written back as a whole, beside the file
 * first and then renamed: two seconds after a commit and on closing. A file that someone else has changed since is
 * left as it is; what was imported here can be imported again.
 */
export function openMemoryStore(
  sql: SqlJs,
  path: string,
  reason: string,
  save: boolean,
  committedBytes: () => Uint8Array,
): Connection {
  let seen = fingerprint(path);
  const database = new sql.Database(isEmpty(path) ? undefined : committedBytes());
  let commits = 0;
  let unsaved = false;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!save || !unsaved || fingerprint(path) !== seen) return;
    replaceFile(path, database.export());
    seen = fingerprint(path);
    unsaved = false;
  };
  const connection = new SqlConnection(database, {
    storage: 'memory',
    reason,
    timeoutMs: 0,
    changeCounter: () => commits,
    committed: () => {
      commits++;
      unsaved = true;
      if (save) timer ??= setTimeout(flush, saveDelayMs).unref();
    },
    explain: (error) => explainStoreError(error, path, undefined),
    closing: flush,
    closed: () => undefined,
  });
  connection.script('PRAGMA temp_store = 2; PRAGMA foreign_keys = ON');
  unsaved = false;
  return connection;
}

const isEmpty = (path: string): boolean => !statSync(path, { throwIfNoEntry: false })?.size;

function fingerprint(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.ino}:${found.size}:${found.mtimeNs}` : '';
}

function replaceFile(path: string, bytes: Uint8Array): void {
  const draft = `${path}.${process.pid}.new`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
