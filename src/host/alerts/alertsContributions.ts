/** Commands of alerts. */
export interface AlertCommands {
  /** Opens the log of alerts, and how the budgets stand. */
  'traceLedger.showAlerts'(): void;
  /** With minutes it does not ask; 0 ends a snooze. */
  'traceLedger.snoozeAlerts'(minutes?: number): void;
}

export interface AlertSettings {
  /** US dollars of one session; 0 is no limit. */
  'traceLedger.alerts.session.warning': number;
  'traceLedger.alerts.session.alert': number;
  /** US dollars of one call; 0 is no limit. */
  'traceLedger.alerts.call': number;
  /** US dollars a minute of one session; 0 is no limit. */
  'traceLedger.alerts.burnRate': number;
  /** Budgets as somebody wrote them: see `src/budgets/limits.ts`. */
  'traceLedger.budgets': readonly unknown[];
}
