import { dirname } from 'node:path';
import { messageOf } from '../shared/errors';
import type { Connection } from './connection';
import { SqlConnection } from './connection';
import type { ForeignFile } from './foreignFile';
import { ForeignDatabase } from './foreignFile';
import { remoteFileSystem } from './fileSystem';
import { openMemoryStore } from './memoryStore';
import { selfCheck } from './selfCheck';
import { soleLock } from './soleLock';
import type { StoreOptions } from './storeFile';
import { canonicalPath, openStoreFile } from './storeFile';
import { Vfs } from './vfs';
import type { SqlWasm } from './wasm';
import { loadSqlJs } from './wasm';

export type { Connection, SqlParams, SqlValue, Statement } from './connection';
export type { ForeignFile } from './foreignFile';
export type { StoreOptions } from './storeFile';

/** sql.js on real files. One for each thread; use one store connection a thread. */
export interface Engine {
  /**
   * The store: a file shared with other windows, or memory with a `reason` where that would not be safe.
   * @throws UserError when the file is damaged, not permitted, or held by someone for longer than `timeoutMs`.
   */
  openStore(path: string, options?: StoreOptions): Connection;
  openMemory(): Connection;
  /**
   * Someone else's database, for reading.
   * @throws UserError when it is empty, encrypted, no database, damaged, gone, or may not be read.
   */
  openForeign(path: string): ForeignFile;
}

let loading: Promise<Engine> | undefined;

/** Loads sql.js once a thread; later calls get the same engine. */
export function loadEngine(wasmPath: string): Promise<Engine> {
  return (loading ??= loadSqlJs(wasmPath).then(createEngine));
}

function createEngine(wasm: SqlWasm): Engine {
  const { vfs, failure } = installVfs(wasm);
  return {
    openStore(path, options = {}) {
      const file = canonicalPath(path);
      const inMemory = (reason: string, save: boolean) =>
        openMemoryStore(wasm.sql, file, reason, save, () => committedBytes(wasm, vfs, file));
      if (!vfs) return inMemory(`This build of sql.js cannot write files (${failure}).`, true);
      const remote = remoteFileSystem(dirname(file));
      if (remote) return inMemory(`The store lies on ${remote}, where locks are not safe.`, true);
      if (process.platform === 'linux') return openStoreFile(vfs, file, undefined, options);
      const lock = soleLock(file);
      if (lock) return openStoreFile(vfs, file, lock, options);
      return inMemory('Another window has the store open.', false);
    },
    openMemory: () => memoryConnection(wasm),
    openForeign: (path) => new ForeignDatabase(wasm.sql, vfs, path),
  };
}

function installVfs(wasm: SqlWasm): { vfs?: Vfs; failure?: string } {
  try {
    const vfs = new Vfs(wasm);
    selfCheck(vfs);
    return { vfs };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

/** Another window may be in the middle of a transaction. */
function committedBytes(wasm: SqlWasm, vfs: Vfs | undefined, path: string): Uint8Array {
  const file = new ForeignDatabase(wasm.sql, vfs, path);
  try {
    return file.bytes();
  } finally {
    file.close();
  }
}

function memoryConnection(wasm: SqlWasm): Connection {
  let commits = 0;
  const connection = new SqlConnection(new wasm.sql.Database(), {
    storage: 'memory',
    timeoutMs: 0,
    changeCounter: () => commits,
    committed: () => void commits++,
    explain: (error) => error,
    closed: () => undefined,
  });
  connection.script('PRAGMA temp_store = 2; PRAGMA foreign_keys = ON');
  return connection;
}
