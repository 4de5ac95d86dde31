import type { AlertChoice, AlertRow, BudgetState } from './alerts';
import type { Millis } from './model';

/** Alerts and budgets: what limits hold, how they stand, and what was told. */
export interface AlertsApi {
  /** From now on these limits hold. One that held before is not switched on anew. */
  chooseAlerts(choice: AlertChoice): Promise<void>;
  /** As chosen last, in this window or another one; the one that is used up most first. */
  budgets(): Promise<readonly BudgetState[]>;
  /** Newest first. */
  alertLog(limit: number): Promise<readonly AlertRow[]>;
  /** Nothing is told until then, in no window; a time that is past ends it. */
  snoozeAlerts(until: Millis): Promise<void>;
  /** Absent when alerts are told. */
  snoozedUntil(): Promise<Millis | undefined>;
}
