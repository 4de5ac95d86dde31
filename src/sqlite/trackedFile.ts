import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { readFully } from './sharedFile';

/** What a file looked like at one moment. */
export interface Look {
  readonly fd: number;
  /** Device and inode. */
  readonly identity: string;
  readonly size: number;
  /** Identity, size and times: differs when the file was changed, if not within one tick of the file system's clock. */
  readonly state: string;
  /** Whether the last change is longer ago than such a tick, so that a further change must show in `state`. */
  readonly settled: boolean;
  /** Its first bytes. */
  readonly head: Buffer;
}

const tickMs = 12;

/** A file of someone else's, opened for reading, and opened again when another one has taken its name. */
export class TrackedFile {
  private fd: number | undefined;
  private identity = '';

  constructor(
    readonly path: string,
    private readonly headSize: number,
  ) {}

  /** Undefined while there is no such file. @throws the system's error when it cannot be read. */
  look(): Look | undefined {
    const stats = this.stat();
    if (!stats || this.fd === undefined) return undefined;
    const head = Buffer.alloc(Math.min(this.headSize, Number(stats.size)));
    const got = readFully(this.fd, head, 0, head.length, 0);
    return {
      fd: this.fd,
      identity: this.identity,
      size: Number(stats.size),
      state: [this.identity, stats.size, stats.mtimeNs, stats.ctimeNs].join(':'),
      settled: Math.abs(Date.now() - Number(stats.mtimeNs / 1_000_000n)) > tickMs,
      head: head.subarray(0, got),
    };
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
    this.identity = '';
  }

  private stat(): BigIntStats | undefined {
    const named = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    if (!named || !named.isFile()) {
      this.close();
      if (named) throw Object.assign(new Error(`not a file: ${this.path}`), { code: 'EISDIR' });
      return undefined;
    }
    if (this.fd !== undefined && this.identity === identityOf(named)) return named;
    return this.reopen();
  }

  private reopen(): BigIntStats | undefined {
    this.close();
    try {
      this.fd = openSync(this.path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const stats = fstatSync(this.fd, { bigint: true });
    this.identity = identityOf(stats);
    return stats;
  }
}

const identityOf = (stats: BigIntStats): string => `${stats.dev}:${stats.ino}`;
