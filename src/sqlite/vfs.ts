import type { RawDatabase, SqlJs } from 'sql.js';
import type { FileLock } from './lock';
import { pauseThread } from './pause';
import type { SqlWasm } from './wasm';

/** An open file as SQLite sees it. Whatever a method throws becomes an I/O error of the statement. */
export interface OpenFile {
  /** IOCAP flags of SQLite. */
  readonly characteristics?: number;
  readonly lock?: FileLock;
  /** Fills `target` from `at` on; returns fewer bytes than asked only at the end of the file. */
  read(target: Uint8Array, at: number, length: number, offset: number): number;
  write(source: Uint8Array, at: number, length: number, offset: number): void;
  truncate(size: number): void;
  sync(): void;
  size(): number;
  close(): void;
}

/** A database and the files beside it. `suffix` is empty for the database, else `-journal` or `-wal`. */
export interface FileProvider {
  open(suffix: string, flags: number): OpenFile;
  exists(suffix: string): boolean;
  remove(suffix: string, syncDirectory: boolean): void;
}

export const openFlags = { readOnly: 1, create: 4 } as const;
export const immutable = 0x2000;

const code = { ok: 0, ioError: 10, notFound: 12, full: 13, cannotOpen: 14, shortRead: 522 } as const;
const sectorSize = 4096;

/** Byte offsets in `struct sqlite3_vfs` on wasm32, part of SQLite's public interface. */
const vfsAt = { fileSize: 4, name: 16, open: 24, remove: 28, access: 32, sleep: 60 } as const;

type Native = (...args: number[]) => number;

/**
 * Gives stock sql.js real files: the default VFS of the wasm module is pointed at callbacks that serve databases
 * opened by `open`; all others stay in the module's own memory.
 * @throws Error when the build is not laid out as expected; nothing is changed then.
 */
export class Vfs {
  private readonly files = new Map<number, OpenFile>();
  private readonly providers = new Map<string, FileProvider>();
  private pending: FileProvider | undefined;
  private failure: unknown;
  private served = 0;
  private readonly sql: SqlJs;

  constructor(private readonly wasm: SqlWasm) {
    this.sql = wasm.sql;
    const vfs = this.findDefaultVfs();
    this.installNames(vfs, this.installMethods());
  }

  open(provider: FileProvider): RawDatabase {
    this.pending = provider;
    try {
      return new this.sql.Database(new Uint8Array(0));
    } finally {
      this.pending = undefined;
    }
  }

  /** Makes a file known under a name that can be attached to an open database; it is forgotten when it is closed. */
  serve(provider: FileProvider): string {
    const name = `/served_${++this.served}`;
    this.providers.set(name, provider);
    return name;
  }

  /** What a callback threw last: the cause of an "I/O error" that SQLite reports. Forgotten once taken. */
  takeFailure(): unknown {
    const failure = this.failure;
    this.failure = undefined;
    return failure;
  }

  /** `sqlite3*` starts with a pointer to its VFS. */
  private findDefaultVfs(): number {
    const { sql, wasm } = this;
    const name = sql.stringToNewUTF8(':memory:');
    const slot = sql._malloc(8);
    sql._sqlite3_open(name, slot);
    const database = wasm.heap.int32(slot);
    const vfs = wasm.heap.int32(database);
    sql._sqlite3_close_v2(database);
    sql._free(name);
    sql._free(slot);
    const vfsName = sql.UTF8ToString(wasm.heap.int32(vfs + vfsAt.name));
    const fileSize = wasm.heap.int32(vfs + vfsAt.fileSize);
    if (vfsName !== 'unix' || fileSize < 4 || fileSize >= 1024)
      throw new Error(`unknown sql.js build: VFS ${vfsName}, file size ${fileSize}`);
    return vfs;
  }

  private guarded(work: () => number, otherwise: number = code.ioError): number {
    try {
      return work();
    } catch (error) {
      this.failure = error;
      const errno = (error as NodeJS.ErrnoException).code;
      return errno === 'ENOSPC' || errno === 'EDQUOT' ? code.full : otherwise;
    }
  }

  private file(pointer: number): OpenFile {
    const file = this.files.get(pointer);
    if (!file) throw new Error('unknown file');
    return file;
  }

  /** Builds the `sqlite3_io_methods` (version 1) of our files; returns its address. */
  private installMethods(): number {
    const { heap } = this.wasm;
    const done = (work: () => void) => this.guarded(() => (work(), code.ok));
    const callback = (fn: (...args: never[]) => number, signature: string) =>
      this.sql.addFunction(fn, signature);
    const methods = [
      1,
      callback((f: number) => done(() => this.close(f)), 'ii'),
      callback((f: number, p: number, n: number, at: bigint) => this.read(f, p, n, Number(at)), 'iiiij'),
      callback(
        (f: number, p: number, n: number, at: bigint) =>
          done(() => this.file(f).write(heap.bytes(), p, n, Number(at))),
        'iiiij',
      ),
      callback((f: number, size: bigint) => done(() => this.file(f).truncate(Number(size))), 'iij'),
      callback((f: number) => done(() => this.file(f).sync()), 'iii'),
      callback((f: number, p: number) => done(() => heap.setInt64(p, this.file(f).size())), 'iii'),
      callback(
        (f: number, level: number) => this.guarded(() => this.file(f).lock?.lock(level) ?? code.ok),
        'iii',
      ),
      callback((f: number, level: number) => done(() => this.file(f).lock?.unlock(level)), 'iii'),
      callback(
        (f: number, p: number) => done(() => heap.setInt32(p, this.file(f).lock?.isReserved() ? 1 : 0)),
        'iii',
      ),
      callback(() => code.notFound, 'iiii'),
      callback(() => sectorSize, 'ii'),
      callback((f: number) => this.files.get(f)?.characteristics ?? 0, 'ii'),
    ];
    const address = this.sql._malloc(methods.length * 4);
    methods.forEach((method, index) => heap.setInt32(address + index * 4, method));
    return address;
  }

  private close(pointer: number): void {
    const file = this.file(pointer);
    this.files.delete(pointer);
    file.close();
  }

  private read(pointer: number, at: number, length: number, offset: number): number {
    return this.guarded(() => {
      const bytes = this.wasm.heap.bytes();
      const got = this.file(pointer).read(bytes, at, length, offset);
      if (got === length) return code.ok;
      bytes.fill(0, at + got, at + length);
      return code.shortRead;
    });
  }

  /** Replaces the functions of the VFS that take file names, and its sleep (the built-in one spins). */
  private installNames(vfs: number, methods: number): void {
    const { heap, table } = this.wasm;
    const native = (at: number) => table.get(heap.int32(vfs + at)) as Native;
    const original = { open: native(vfsAt.open), remove: native(vfsAt.remove), access: native(vfsAt.access) };
    const install = (at: number, fn: (...args: never[]) => number, signature: string) =>
      heap.setInt32(vfs + at, this.sql.addFunction(fn, signature));

    install(
      vfsAt.open,
      (self: number, name: number, file: number, flags: number, out: number) => {
        const known = this.claim(name);
        if (!known) return original.open(self, name, file, flags, out);
        return this.guarded(() => {
          heap.setInt32(file, 0);
          this.files.set(file, this.opened(known, flags));
          heap.setInt32(file, methods);
          if (out) heap.setInt32(out, flags);
          return code.ok;
        }, code.cannotOpen);
      },
      'iiiiii',
    );
    install(
      vfsAt.remove,
      (self: number, name: number, syncDirectory: number) => {
        const known = this.resolve(name);
        if (!known) return original.remove(self, name, syncDirectory);
        return this.guarded(() => (known.provider.remove(known.suffix, syncDirectory !== 0), code.ok));
      },
      'iiii',
    );
    install(
      vfsAt.access,
      (self: number, name: number, flags: number, out: number) => {
        const known = this.resolve(name);
        if (!known) return original.access(self, name, flags, out);
        return this.guarded(() => (heap.setInt32(out, known.provider.exists(known.suffix) ? 1 : 0), code.ok));
      },
      'iiiii',
    );
    install(vfsAt.sleep, (_self: number, micros: number) => (pauseThread(micros / 1000), micros), 'iii');
  }

  private opened({ base, suffix, provider }: Known, flags: number): OpenFile {
    const file = provider.open(suffix, flags);
    if (suffix) return file;
    const close = file.close.bind(file);
    file.close = () => {
      this.providers.delete(base);
      close();
    };
    return file;
  }

  /** The first name that SQLite opens after `open` belongs to the provider handed over there. */
  private claim(name: number): Known | undefined {
    if (this.pending && name) {
      const text = this.sql.UTF8ToString(name);
      if (/^\/?dbfile_\d+$/.test(text)) {
        this.providers.set(text, this.pending);
        this.pending = undefined;
      }
    }
    return this.resolve(name);
  }

  private resolve(name: number): Known | undefined {
    if (!name) return undefined;
    const [, base = '', suffix = ''] = /^(.*?)(-journal|-wal)?$/s.exec(this.sql.UTF8ToString(name)) ?? [];
    const provider = this.providers.get(base);
    return provider && { base, suffix, provider };
  }
}

interface Known {
  readonly base: string;
  readonly suffix: string;
  readonly provider: FileProvider;
}
