import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { decodeLine, encodeLine } from '../notes/journalLine';
import type { JournalRecord, LineKind } from '../notes/journalLine';
import { fileError } from './fileError';

const chunkBytes = 1 << 20;
const newline = 0x0a;
const ownerOnly = 0o600;

export interface JournalRead {
  readonly records: readonly JournalRecord[];
  /** Where to go on reading: just after the last complete line. */
  readonly end: number;
  /** Lines that hold nothing known, each as a sentence with its place. */
  readonly torn: readonly string[];
}

/**
 * The user's own data on disk: one line a change, only ever appended, readable by its owner alone. Everything here is
 * synchronous, since it runs inside a transaction of the store; the caller holds the store's lock while appending.
 */
export class Journal {
  private constructor(
    readonly path: string,
    private readonly kinds: readonly LineKind[],
  ) {}

  /**
   * Creates the file if there is none; its folder must exist. `kinds`: what its lines may hold.
   * @throws UserError when it cannot be created or read.
   */
  static open(path: string, kinds: readonly LineKind[]): Journal {
    if (existsSync(path)) return new Journal(path, kinds);
    attempt(path, () => {
      closeSync(openSync(path, constants.O_CREAT | constants.O_APPEND | constants.O_WRONLY, ownerOnly));
      syncFolder(dirname(path));
    });
    return new Journal(path, kinds);
  }

  /**
   * Once this returns, the records are on disk, all of them in one write; `end` is the file's size then. A torn last line
   * of a writer that died is set aside first, so that it never spoils a good one.
   * @throws UserError naming the file when it could not be written; then none of the records counts.
   */
  append(records: readonly JournalRecord[]): { readonly end: number } {
    const lines = Buffer.from(records.map((record) => this.line(record)).join(''));
    Journal.open(this.path, this.kinds);
    return attempt(this.path, () => {
      const file = openSync(this.path, constants.O_CREAT | constants.O_APPEND | constants.O_RDWR, ownerOnly);
      try {
        const torn = tornTail(file);
        if (torn.length > 0) this.setAside(torn);
        const whole = torn.length > 0 ? Buffer.concat([Buffer.of(newline), lines]) : lines;
        if (whole.length > 0) writeWhole(file, whole);
        fsyncSync(file);
        return { end: fstatSync(file).size };
      } finally {
        closeSync(file);
      }
    });
  }

  /** Complete lines from a byte offset on. A file shorter than `offset` was replaced, and is read from its start. */
  readFrom(offset: number): JournalRead {
    if (!existsSync(this.path)) return { records: [], end: 0, torn: [] };
    return attempt(this.path, () => {
      const file = openSync(this.path, constants.O_RDONLY);
      try {
        return readLines(file, offset > fstatSync(file).size ? 0 : offset, this.kinds);
      } finally {
        closeSync(file);
      }
    });
  }

  /** A record as it stands in the file, with its newline. */
  line(record: JournalRecord): string {
    return encodeLine(this.kinds, record);
  }

  /** Bytes on disk; 0 if there is no file. */
  size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  private setAside(torn: Buffer): void {
    const aside = `${this.path}.torn-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    writeFileSync(aside, torn, { mode: ownerOnly, flag: 'a' });
  }
}

/** The bytes after the last newline. */
function tornTail(file: number): Buffer {
  const size = fstatSync(file).size;
  let tail = Buffer.alloc(0);
  for (let at = size; at > 0;) {
    const length = Math.min(at, 4096);
    at -= length;
    const chunk = readExactly(file, at, length);
    const cut = chunk.lastIndexOf(newline);
    tail = Buffer.concat([chunk.subarray(cut + 1), tail]);
    if (cut >= 0) break;
  }
  return tail;
}

function readExactly(file: number, position: number, length: number): Buffer {
  const chunk = Buffer.alloc(length);
  return chunk.subarray(0, readSync(file, chunk, 0, length, position));
}

/** One write; what the disk did not take is a torn line, which the next append sets aside. */
function writeWhole(file: number, bytes: Buffer): void {
  const written = writeSync(file, bytes);
  if (written < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
}

function readLines(file: number, offset: number, kinds: readonly LineKind[]): JournalRead {
  const records: JournalRecord[] = [];
  const torn: string[] = [];
  const decoder = new StringDecoder('utf8');
  let end = offset;
  let rest = '';
  let lineStart = offset;
  for (let at = offset, chunk = readExactly(file, at, chunkBytes); chunk.length > 0;) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const decoded = decodeLine(kinds, line);
      if (decoded.record) records.push(decoded.record);
      else if (line.trim() !== '') torn.push(`byte ${lineStart}: ${decoded.reason}`);
      lineStart += Buffer.byteLength(line) + 1;
    }
    const cut = chunk.lastIndexOf(newline);
    if (cut >= 0) end = at + cut + 1;
    at += chunk.length;
    chunk = readExactly(file, at, chunkBytes);
  }
  return { records, end, torn };
}

/** The name of a new file is on disk only once its folder is. Windows cannot and need not do that. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function attempt<T>(path: string, job: () => T): T {
  try {
    return job();
  } catch (error) {
    throw fileError(path, error);
  }
}
