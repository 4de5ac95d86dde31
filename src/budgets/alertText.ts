import { formatCount } from '../shared/format';
import type { Alert, Budget, BudgetState } from '../shared/alerts';
import type { NanoUsd } from '../shared/model';

type Money = (nano: NanoUsd) => string;

/** `$1.02`, or `at least $1.02 (3 calls unpriced)`. */
export function figureText(
  { cost, unpricedCalls }: Pick<Alert, 'cost' | 'unpricedCalls'>,
  money: Money,
): string {
  if (unpricedCalls === 0) return money(cost);
  return `at least ${money(cost)} (${formatCount(unpricedCalls)} ${unpricedCalls === 1 ? 'call' : 'calls'} unpriced)`;
}

/** What happened, in one sentence. */
export function alertText(alert: Alert, money: Money, when: (at: number) => string): string {
  const figure = figureText(alert, money);
  const limit = money(alert.limit);
  switch (alert.rule) {
    case 'session':
      return `Session ${alert.label} has cost ${figure}; its ${alert.level} is at ${limit}.`;
    case 'call':
      return `A call of session ${alert.label} has cost ${figure}; the limit for a call is ${limit}.`;
    case 'burnRate':
      return `Session ${alert.label} costs ${figure} a minute; the limit is ${limit}.`;
    case 'budget': {
      const end =
        alert.usedUpAt === undefined ? '' : ` At this rate it is used up at ${when(alert.usedUpAt)}.`;
      const period =
        alert.ended === undefined ? `this ${alert.period}` : `in the ${alert.period} of ${alert.ended}`;
      const used = `${figure} of ${limit} ${period} (${percent(alert.cost, alert.limit)})`;
      return `${alert.label}: ${used}.${end}`;
    }
  }
}

/** Rounded down: a budget is used up when it is. */
export const percent = (part: NanoUsd, whole: NanoUsd): string =>
  whole === 0 ? '0 %' : `${formatCount(Math.floor((part / whole) * 100))} %`;

/** `82 % of $50`. */
export const budgetShort = ({ spent, budget, unpricedCalls }: BudgetState, money: Money): string =>
  `${unpricedCalls > 0 ? 'at least ' : ''}${percent(spent, budget.limit)} of ${money(budget.limit)}`;

/** How a budget stands: `$41.20 of $50 this month (82 %), used up at 2026-06-24 10:00 at this rate`. */
export function budgetText(state: BudgetState, money: Money, when: (at: number) => string): string {
  const { budget, spent, unpricedCalls, usedUpAt, atEnd } = state;
  const used = `${figureText({ cost: spent, unpricedCalls }, money)} of ${money(budget.limit)} this ${budget.period} (${percent(spent, budget.limit)})`;
  if (spent >= budget.limit) return `${used}, used up`;
  const end = usedUpAt === undefined ? `about ${money(atEnd)} by its end` : `used up at ${when(usedUpAt)}`;
  return `${used}, ${end} at this rate`;
}

/** The one that is used up most. */
export const nextBudget = (states: readonly BudgetState[]): BudgetState | undefined =>
  states.reduce<BudgetState | undefined>(
    (most, state) => (most && shareOf(most) >= shareOf(state) ? most : state),
    undefined,
  );

export const shareOf = ({ spent, budget }: { readonly spent: NanoUsd; readonly budget: Budget }): number =>
  spent / budget.limit;
