/** SQLite's lock levels. */
export const level = { none: 0, shared: 1, reserved: 2, pending: 3, exclusive: 4 } as const;

export const lockResult = { ok: 0, busy: 5 } as const;

/** The lock of one connection on one database file. */
export interface FileLock {
  /** Raises the lock; answers a `lockResult`. */
  lock(level: number): number;
  /** Lowers it to shared or none. */
  unlock(level: number): void;
  /** Whether this or any other connection holds at least the reserved level. */
  isReserved(): boolean;
  /** Throws when the lock was taken away from outside. Called before every access to the file. */
  guard(): void;
  /** Asks for a place in the queue of writers, or confirms it. Fairness only. */
  enqueue(): void;
  dequeue(): void;
  /** Whether an older writer waits. */
  mustQueue(): boolean;
  close(): void;
}
