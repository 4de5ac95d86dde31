import { Claims } from './claims';
import type { FileLock } from './lock';
import { level, lockResult } from './lock';
import { backOff } from './pause';

const { ok, busy } = lockResult;

/**
 * SQLite's lock levels between processes and threads on Linux, on a local file system, with claim files. Announce (create
 * the claim), then look; of two conflicting owners at least one sees the other and withdraws. Exclusive is a pending
 * claim with no shared claim of others left. Nothing is ever taken from a living owner.
 */
export class ClaimLock implements FileLock {
  private held: number = level.none;
  readonly claims: Claims;

  constructor(
    databasePath: string,
    private readonly timeoutMs: number,
    claims?: Claims,
  ) {
    this.claims = claims ?? new Claims(`${databasePath}.lock`);
  }

  get level(): number {
    return this.held;
  }

  lock(wanted: number): number {
    const before = this.held;
    try {
      return this.raise(wanted);
    } catch (error) {
      this.held = level.exclusive;
      try {
        this.unlock(before);
      } finally {
        this.held = before;
      }
      throw error;
    }
  }

  unlock(to: number): void {
    if (to >= this.held) return;
    // R before P: nobody reads while P stands. The other way round a reader after a failed roll-back could see "reserved,
    // so the journal is not hot" and read half a transaction.
    if (to < level.reserved) {
      this.claims.drop('R');
      this.claims.drop('P');
    }
    if (to < level.shared) this.claims.drop('S');
    this.held = to;
  }

  /** Only R counts: a P without R is a recovery in progress, and its journal is hot. */
  isReserved(): boolean {
    return this.held >= level.reserved || this.claims.others('R').length > 0;
  }

  guard(): void {
    this.claims.guard();
  }

  enqueue(): void {
    this.claims.enqueue();
  }

  dequeue(): void {
    this.claims.dequeue();
  }

  mustQueue(): boolean {
    return this.claims.mustQueue();
  }

  close(): void {
    this.unlock(level.none);
    this.claims.dequeue();
  }

  private raise(wanted: number): number {
    const end = performance.now() + this.timeoutMs;
    if (this.held === level.none && !this.share(end)) return busy;
    if (wanted === level.reserved && this.held < level.reserved && !this.reserve()) return busy;
    if (wanted >= level.pending && this.held < level.exclusive) return this.exclude(wanted, end);
    return ok;
  }

  /** Waits: nothing is held yet, so nobody waits for us. */
  private share(end: number): boolean {
    for (let attempt = 0; ; attempt++) {
      if (attempt === 0 || this.claims.others('P').length === 0) {
        this.claims.add('S');
        if (this.claims.others('P').length === 0) break;
        this.claims.drop('S');
      }
      if (performance.now() >= end) return false;
      backOff(attempt);
    }
    this.held = level.shared;
    return true;
  }

  /** Never waits: two readers that both want to write would wait for each other. */
  private reserve(): boolean {
    this.claims.add('R');
    if (this.claims.others('R', 'P').length > 0 || this.claims.mustQueue()) {
      this.claims.drop('R');
      return false;
    }
    this.held = level.reserved;
    return true;
  }

  /** From pending on no new reader comes in, so the writer waits only for those who are reading now. */
  private exclude(wanted: number, end: number): number {
    const isRecovery = this.held === level.shared; // of a hot journal; does not wait
    if (this.held < level.pending) {
      this.claims.add('P');
      if (this.claims.others('P').length > 0) {
        this.claims.drop('P');
        return busy;
      }
      this.held = level.pending;
    }
    if (wanted < level.exclusive) return ok;
    for (let attempt = 0; this.claims.others('S').length > 0; attempt++) {
      if (isRecovery || performance.now() >= end) return busy; // stays pending, as SQLite's own VFS does
      backOff(attempt);
    }
    this.held = level.exclusive;
    return ok;
  }
}
