import { fstatSync } from 'node:fs';
import type { Overlay } from './overlay';
import { isPageSize } from './overlay';
import { readFully } from './sharedFile';

export const walHeaderSize = 32;
const frameHeaderSize = 24;
const chunkSize = 4 * 1024 * 1024;

/**
 * The committed frames of a write-ahead log, as https://sqlite.org/fileformat2.html#walformat has them. Frames after
 * the last commit, of an older generation of the log, or with a wrong checksum are left out, as SQLite does.
 */
export class WalOverlay implements Overlay {
  readonly pageSize: number;
  /** Both salts, as in the header: another value means another generation. */
  readonly salt: string;
  /** 0 while nothing is committed. */
  pageCount = 0;
  committedFrames = 0;
  private readonly pages = new Map<number, number>();
  private readonly checksum: Checksum;
  private readonly saltBytes: Buffer;

  /** `header` must be valid: see `parseWalHeader`. */
  constructor(
    readonly fd: number,
    header: Buffer,
  ) {
    this.pageSize = header.readUInt32BE(8);
    this.saltBytes = Buffer.from(header.subarray(16, 24));
    this.salt = this.saltBytes.toString('hex');
    this.checksum = new Checksum(isBigEndian(header), header.readUInt32BE(24), header.readUInt32BE(28));
  }

  offsetOf(page: number): number | undefined {
    return this.pages.get(page);
  }

  /** Takes in what was committed since; true if there was anything. Reads only what follows the last commit. */
  extend(): boolean {
    const frameSize = frameHeaderSize + this.pageSize;
    const before = this.committedFrames;
    const running = this.checksum.clone();
    const pending = new Map<number, number>();
    let position = walHeaderSize + before * frameSize;
    let frames = before;
    const left = fstatSync(this.fd).size - position;
    if (left < frameSize) return false;
    const perChunk = Math.max(1, Math.floor(Math.min(left, chunkSize) / frameSize));
    const chunk = Buffer.from(new ArrayBuffer(perChunk * frameSize));
    for (;;) {
      const count = Math.floor(readFully(this.fd, chunk, 0, chunk.length, position) / frameSize);
      for (let i = 0; i < count; i++) {
        const at = i * frameSize;
        if (!this.accepts(chunk, at, running)) return this.committedFrames > before;
        frames++;
        pending.set(chunk.readUInt32BE(at), position + at + frameHeaderSize);
        const sizeAfterCommit = chunk.readUInt32BE(at + 4);
        if (sizeAfterCommit > 0) this.commit(pending, sizeAfterCommit, frames, running);
      }
      if (count < perChunk) return this.committedFrames > before;
      position += count * frameSize;
    }
  }

  private accepts(chunk: Buffer, at: number, running: Checksum): boolean {
    if (chunk.readUInt32BE(at) === 0 || chunk.compare(this.saltBytes, 0, 8, at + 8, at + 16) !== 0)
      return false;
    running.add(chunk, at, 8);
    running.add(chunk, at + frameHeaderSize, this.pageSize);
    return running.matches(chunk, at + 16);
  }

  private commit(pending: Map<number, number>, pageCount: number, frames: number, running: Checksum): void {
    for (const [page, offset] of pending) this.pages.set(page, offset);
    pending.clear();
    this.pageCount = pageCount;
    this.committedFrames = frames;
    this.checksum.set(running);
  }
}

/** Whether this is the header of a write-ahead log that SQLite would use. */
export function isWalHeader(header: Buffer): boolean {
  if (header.length < walHeaderSize) return false;
  const magic = header.readUInt32BE(0);
  if (magic >>> 1 !== 0x377f0682 >>> 1 || header.readUInt32BE(4) !== 3_007_000) return false;
  if (!isPageSize(header.readUInt32BE(8))) return false;
  const checksum = new Checksum(isBigEndian(header), 0, 0);
  checksum.add(aligned(header), 0, 24);
  return checksum.matches(header, 24);
}

/** Small buffers lie anywhere in a pool; the checksum reads words. */
const aligned = (bytes: Buffer): Buffer => Buffer.from(new Uint8Array(bytes).buffer);

const isBigEndian = (header: Buffer): boolean => (header.readUInt32BE(0) & 1) === 1;

/** The running checksum of a log; its words are big- or little-endian, as the writer's machine was. */
class Checksum {
  constructor(
    private readonly bigEndian: boolean,
    private a: number,
    private b: number,
  ) {
    this.a |= 0;
    this.b |= 0;
  }

  clone(): Checksum {
    return new Checksum(this.bigEndian, this.a, this.b);
  }

  set(other: Checksum): void {
    this.a = other.a;
    this.b = other.b;
  }

  /** Read as words of this machine, and turned round where the log has the other order: hundreds of megabytes are usual. */
  add(bytes: Buffer, from: number, length: number): void {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, length / 4);
    let a = this.a;
    let b = this.b;
    for (let i = 0; i < words.length; i += 2) {
      const first = words[i] as number;
      const second = words[i + 1] as number;
      a = (a + (this.bigEndian ? reversed(first) : first) + b) | 0;
      b = (b + (this.bigEndian ? reversed(second) : second) + a) | 0;
    }
    this.a = a;
    this.b = b;
  }

  matches(bytes: Buffer, at: number): boolean {
    return this.a >>> 0 === bytes.readUInt32BE(at) && this.b >>> 0 === bytes.readUInt32BE(at + 4);
  }
}

/** With its four bytes in the other order. All machines that VS Code runs on are little-endian. */
const reversed = (word: number): number =>
  (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
