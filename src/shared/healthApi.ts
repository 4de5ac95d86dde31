import type { LiveState, SourceWatch } from './liveApi';
import type { Millis, SourceGroup, SourceState } from './model';

/** How it stands with one source. */
export interface SourceHealth {
  readonly path: string;
  /** Null where the format is not known. */
  readonly importer: string | null;
  readonly label: string;
  /** As the last import left it. */
  readonly state: SourceState;
  readonly calls: number;
  readonly problems: number;
  readonly importedAt: Millis;
  /** Last change of the file; null where it is gone, absent where nothing answers in time. */
  readonly fileAt?: Millis | null;
  /** Of its newest call that has a time. */
  readonly newestAt?: Millis;
  readonly watch?: SourceWatch;
}

/** Somebody who holds the store's lock at the moment. */
export interface LockHolder {
  readonly pid: number;
  /** S reads, R is about to write, P waits for readers to leave. */
  readonly kinds: string;
  readonly isOwn: boolean;
}

/** What the last look at the store's pages and rows found. */
export interface IntegrityCheck {
  readonly at: Millis;
  readonly durationMs: number;
  readonly tables: number;
  /** A sentence each, at most 100; none where all is well. */
  readonly problems: readonly string[];
}

export interface StoreHealth {
  readonly path: string;
  readonly storage: 'file' | 'memory';
  /** Why it is not on disk. */
  readonly reason?: string;
  readonly bytes: number;
  readonly pageSize: number;
  readonly pages: number;
  readonly freePages: number;
  readonly calls: number;
  readonly sessions: number;
  readonly migrations: { readonly done: number; readonly known: number; readonly last: string };
  /** IANA zones whose days are summed up. */
  readonly zones: readonly string[];
  readonly holders: readonly LockHolder[];
  /** Absent where nobody has asked for it yet. */
  readonly integrity?: IntegrityCheck;
}

/** How many calls were priced by which prices. */
export interface PricedBy {
  /** Null for calls that were priced before that was kept. */
  readonly version: string | null;
  readonly calls: number;
}

export interface PricesHealth {
  /** In force for new calls: those that came with this version, and the user's own. */
  readonly version: string;
  readonly listed: string;
  readonly current: number;
  /** The most calls first. */
  readonly older: readonly PricedBy[];
}

export interface JournalHealth {
  readonly bytes: number;
  /** Lines that are not taken in yet. */
  readonly waiting: number;
  /** Lines that hold nothing known. */
  readonly unreadable: number;
}

export interface WorkerHealth {
  readonly heapBytes: number;
  /** Outside the heap of JavaScript: SQLite's memory and buffers. */
  readonly externalBytes: number;
  readonly upMs: number;
}

/** One whole picture of what works and what does not. */
export interface Health {
  readonly at: Millis;
  readonly live: LiveState;
  /** Sums by format. */
  readonly formats: readonly SourceGroup[];
  /** At most `listedSources`: those that failed first, then those with problems, then the newest imports. */
  readonly sources: readonly SourceHealth[];
  readonly store: StoreHealth;
  readonly prices: PricesHealth;
  readonly journal: JournalHealth;
  readonly worker: WorkerHealth;
}

export const listedSources = 200;

/** Models by whether the price lists have exactly that name. */
export interface ModelCensus {
  readonly listed: readonly { readonly name: string; readonly calls: number }[];
  /** Names that no list has: anybody's text. */
  readonly unlisted: number;
  readonly unlistedCalls: number;
}

/** What the worker answers about itself. */
export interface HealthApi {
  health(): Promise<Health>;
  /**
   * Checks the store table by table, with its indexes; other questions are answered between two tables. Tells its
   * progress. A store that is damaged is a result, not a rejection.
   */
  checkIntegrity(job: string): Promise<IntegrityCheck>;
  modelCensus(): Promise<ModelCensus>;
}
