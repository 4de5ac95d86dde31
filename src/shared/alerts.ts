import type { CostMode, Millis, NanoUsd } from './model';
import type { FirstDay } from './period';

export type BudgetPeriod = 'day' | 'week' | 'month';

/** Whose calls a budget is for: all that is named must hold. Nothing named: every call. */
export interface BudgetOf {
  /** The project's name, or the last folder of it. */
  readonly project?: string;
  /** `*` stands for any characters. */
  readonly model?: string;
  readonly provider?: string;
  readonly user?: string;
  readonly label?: string;
}

export interface Budget {
  readonly name: string;
  readonly limit: NanoUsd;
  readonly period: BudgetPeriod;
  readonly of: BudgetOf;
}

/** What alerts are for; 0 is no limit. */
export interface AlertLimits {
  readonly session: { readonly warning: NanoUsd; readonly alert: NanoUsd };
  readonly call: NanoUsd;
  /** A minute, of one session. */
  readonly burnRate: NanoUsd;
  readonly budgets: readonly Budget[];
}

/** The limits, and how costs and days are counted. */
export interface AlertChoice {
  readonly limits: AlertLimits;
  readonly mode: CostMode;
  readonly zone: string;
  readonly firstDay: FirstDay;
}

/** A limit that was reached. */
export interface Alert {
  /** Names the limit and what reached it; told once for ever. */
  readonly crossing: string;
  readonly rule: 'session' | 'call' | 'burnRate' | 'budget';
  readonly level: 'warning' | 'alert';
  /** Key of the session, or the budget's name. */
  readonly subject: string;
  /** How the subject is called. */
  readonly label: string;
  /** When the call was that reached it; of older ones, the last one known. */
  readonly callAt: Millis;
  /** The figure at that time: of the session, the call, a minute, or the period. */
  readonly cost: NanoUsd;
  readonly limit: NanoUsd;
  /** How many calls are not in the figure. */
  readonly unpricedCalls: number;
  /** Of budgets: which part of the limit was reached, in percent, and of which period. */
  readonly share?: number;
  readonly period?: BudgetPeriod;
  /** Of budgets: the first day of the period, if it was over by the time this was noticed. */
  readonly ended?: string;
  /** Of budgets: when it will be used up at the rate so far. */
  readonly usedUpAt?: Millis;
}

/** As it stands in the log. */
export interface AlertRow extends Alert {
  /** When it was noticed. */
  readonly seenAt: Millis;
  readonly toldAt?: Millis;
  /** Why it was not told; absent with `toldAt` or while it waits to be told. */
  readonly why?: string;
}

export interface BudgetState {
  readonly budget: Budget;
  /** The period that it is in. */
  readonly start: Millis;
  readonly end: Millis;
  readonly spent: NanoUsd;
  readonly calls: number;
  readonly unpricedCalls: number;
  /** What it comes to at the rate so far. */
  readonly atEnd: NanoUsd;
  /** When it is used up at that rate; absent if not in this period, or if it is used up already. */
  readonly usedUpAt?: Millis;
}
