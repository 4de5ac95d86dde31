import type { FileProvider, OpenFile, Vfs } from './vfs';

/**
 * Writes, rolls back, closes and reopens a small database through the VFS, on bytes in memory, and compares.
 * @throws Error if this build of sql.js does not do what the store relies on.
 */
export function selfCheck(vfs: Vfs): void {
  const files = new Map<string, MemoryFile>();
  const provider: FileProvider = {
    open: (suffix) => {
      const file = files.get(suffix) ?? new MemoryFile();
      files.set(suffix, file);
      return file;
    },
    exists: (suffix) => (files.get(suffix)?.size() ?? 0) > 0,
    remove: (suffix) => void files.delete(suffix),
  };
  run(vfs, provider, [
    'CREATE TABLE t (a INTEGER)',
    'INSERT INTO t VALUES (41)',
    'BEGIN',
    'DELETE FROM t',
    'ROLLBACK',
  ]);
  const answer = run(vfs, provider, ['UPDATE t SET a = a + 1', 'SELECT a FROM t']);
  const magic = files.get('')?.text(0, 15);
  if (answer !== 42 || magic !== 'SQLite format 3')
    throw new Error('the self-check of the SQLite VFS failed');
}

/** Runs the statements; answers the first value of the last one that gave a row. */
function run(vfs: Vfs, provider: FileProvider, statements: readonly string[]): unknown {
  const database = vfs.open(provider);
  try {
    let value: unknown;
    for (const statement of database.iterateStatements(statements.join(';')))
      if (statement.step()) value = statement.get()[0];
    return value;
  } finally {
    database.close();
  }
}

class MemoryFile implements OpenFile {
  private bytes = Buffer.alloc(0);

  size = () => this.bytes.length;
  sync = () => undefined;
  close = () => undefined;
  text = (from: number, to: number) => this.bytes.toString('latin1', from, to);

  read(target: Uint8Array, at: number, length: number, offset: number): number {
    const part = this.bytes.subarray(offset, offset + length);
    target.set(part, at);
    return part.length;
  }

  write(source: Uint8Array, at: number, length: number, offset: number): void {
    if (offset + length > this.bytes.length) this.resize(offset + length);
    this.bytes.set(source.subarray(at, at + length), offset);
  }

  truncate(size: number): void {
    this.resize(size);
  }

  private resize(size: number): void {
    const grown = Buffer.alloc(size);
    this.bytes.copy(grown);
    this.bytes = grown;
  }
}
