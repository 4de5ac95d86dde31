import type { BudgetState } from './alerts';
import type { Millis, Question, Totals } from './model';

/** What the status bar asks: one question, answered from sums. */
export interface StatusApi {
  liveStatus(ask: LiveQuestion): Promise<LiveStatus>;
}

export interface LiveQuestion {
  /** Its filter holds the day: `since` and `until`. */
  readonly question: Question;
  /** Folders of the workspace. A session that worked there goes before others. */
  readonly folders: readonly string[];
  /** Sums only sessions that worked in these folders. */
  readonly onlyFolders: boolean;
  /** A session whose last call is older is over. */
  readonly activeSince: Millis;
}

/** What a sum is, and what it is not made of. */
export interface LiveFigures extends Pick<
  Totals,
  'cost' | 'calls' | 'unpricedCalls' | 'inexactCalls' | 'includedCalls'
> {
  /** All tokens, each once. */
  readonly tokens: number;
}

export interface LiveStatus {
  /** Of the day. */
  readonly total: LiveFigures;
  /** Its parts by model, the dearest first. */
  readonly models: readonly (LiveFigures & { readonly model: string | null })[];
  /** The session with the newest call; absent when it is over. */
  readonly session?: LiveFigures & {
    readonly key: string;
    readonly id: string;
    readonly lastAt: Millis;
  };
  /** The budget that is used up most; absent where there is none. */
  readonly budget?: BudgetState;
}
