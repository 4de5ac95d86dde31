import type { Millis } from './model';

/** After how many days something happens to calls; 0 = never. */
export interface RetentionAges {
  /** They become sums by quarter hour. */
  readonly compactAfterDays: number;
  /** These become sums by day. */
  readonly dailyAfterDays: number;
  /** The sums go, too. */
  readonly deleteAfterDays: number;
}

/** Ages, or a moment: calls from before it become sums by quarter hour. */
export type CompactTo = RetentionAges | { readonly before: Millis };

/** What compacting would do now. */
export interface CompactionPlan {
  /** Calls from before this become sums; absent where no age is set. */
  readonly before?: Millis;
  readonly daysBefore?: Millis;
  readonly deleteBefore?: Millis;
  /** Calls that would lose their detail, of how many sessions, and when the first of them was. */
  readonly calls: number;
  readonly sessions: number;
  readonly first?: Millis;
  /** Calls in sums of quarter hours that would become those of days. */
  readonly dailyCalls: number;
  /** Calls that would be in no total any more. */
  readonly deletedCalls: number;
  /** Calls that are kept as sums already. */
  readonly summedUp: number;
  readonly storeBytes: number;
}

export interface CompactionResult {
  readonly calls: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** `ask`: nobody has agreed to that much yet. `run`: somebody has. `wait`: it was another window's turn, or there is nothing to do. */
export type RetentionTurn =
  { readonly kind: 'ask'; readonly plan: CompactionPlan } | { readonly kind: 'run' | 'wait' };

/** Something on disk that is ours. */
export interface OwnData {
  readonly path: string;
  readonly what: string;
  readonly bytes: number;
}

/** Old calls become sums, or go; and what the user deletes as a whole. */
export interface RetentionApi {
  compactionPlan(to: CompactTo): Promise<CompactionPlan>;
  /** In steps; a job that is cancelled leaves what is done. Tells its progress as an import does. */
  compact(job: string, to: CompactTo): Promise<CompactionResult>;
  /** Asked by each window now and then: says once a day in all of them that it is time. */
  retentionTurn(ages: RetentionAges): Promise<RetentionTurn>;
  /** The ages that were agreed to: from now on these run by themselves, or gentler ones. `later`: ask again in a week. */
  answerRetention(answer: RetentionAges | 'later'): Promise<void>;

  /** Forgets what a source told, or all sources, but keeps a copy for `undoReset`. @returns whether there is one. */
  resetSource(path: string): Promise<boolean>;
  resetLedger(): Promise<boolean>;
  /** As it was before the last reset of this window; sources that came later are read again. */
  undoReset(): Promise<void>;

  ownData(): Promise<readonly OwnData[]>;
  /** For ever: an empty ledger stays. */
  deleteAllData(): Promise<void>;
}

export const undoMark = '.undo-';

/** Where a process keeps the copy by which a reset can be undone. */
export const undoPath = (storePath: string, pid: number): string => `${storePath}${undoMark}${pid}`;
