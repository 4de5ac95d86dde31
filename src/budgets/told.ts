import { budgetId } from './limits';
import type { Alert, Budget } from '../shared/alerts';
import type { Millis } from '../shared/model';

/** A call that is older when it comes in is history. */
export const freshMs = 10 * 60_000;

/** At most one notification in that time. */
export const quietMs = 60_000;

/** Circumstances in which a limit was reached. */
export interface Moment {
  readonly now: Millis;
  /** Since when the limit holds. */
  readonly since: Millis;
  readonly snoozedUntil: Millis | undefined;
}

/** Why an alert goes to the log alone, or undefined if it is to be told: only what happens is told. */
export function whySilent(at: Millis | 'before', { now, since, snoozedUntil }: Moment): string | undefined {
  if (at === 'before' || now - at > freshMs) return 'more than 10 minutes old when it came in';
  if (at - now > freshMs) return 'its time has not come yet';
  if (at < since) return 'before the limit was set';
  return isSnoozed(now, snoozedUntil) ? snoozedReason : undefined;
}

export const snoozedReason = 'snoozed';

export const isSnoozed = (now: Millis, until: Millis | undefined): boolean =>
  until !== undefined && now < until;

export interface Noticed extends Alert {
  readonly why?: string;
}

/** Of several limits that one subject reached at once, the highest is told; the lower ones say that it was. */
export function highestTold(noticed: readonly Noticed[]): readonly Noticed[] {
  const highest = new Map<string, number>();
  const stepOf = ({ limit, share }: Noticed): number => limit * (share ?? 100);
  for (const one of noticed)
    if (one.why === undefined) highest.set(keyOf(one), Math.max(highest.get(keyOf(one)) ?? 0, stepOf(one)));
  return noticed.map((one) =>
    one.why === undefined && stepOf(one) < highest.get(keyOf(one))!
      ? { ...one, why: 'a higher limit was reached with it' }
      : one,
  );
}

/** What an alert is a step of. */
function keyOf({ rule, subject, crossing }: Noticed): string {
  // Two calls of a session are no steps of each other.
  if (rule === 'call') return crossing;
  // Nor are budgets of one name that are for something else, or two periods.
  return `${rule} ${subject} ${rule === 'budget' ? crossing.replace(/^budget\|\d+\|\d+\|/, '') : ''}`;
}

/** A part of a budget that is used up in the period that begins with that day: told once for ever, whatever it is called. */
export const budgetCrossing = (budget: Budget, share: number, firstDay: string): string =>
  `budget|${budget.limit}|${share}|${firstDay}|${budgetId(budget)}`;

/** Whether that is a part of that budget, in whatever period. */
export function isOfBudget(crossing: string, budget: Budget): boolean {
  const [rule, limit, , , ...id] = crossing.split('|');
  return rule === 'budget' && limit === String(budget.limit) && id.join('|') === budgetId(budget);
}
