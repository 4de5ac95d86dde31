import { parseLimits } from './limits';
import { isOfBudget } from './told';
import type { Alert } from '../shared/alerts';

const none = { warning: 0, alert: 0, call: 0, burnRate: 0 };

/**
 * Budgets as somebody wrote them, with another limit, in US dollars, for the one that an alert is of; with 0 that one goes.
 * Whatever else was written stays as it was.
 */
export function budgetsWith(entries: readonly unknown[], alert: Alert, usd: number): readonly unknown[] {
  return entries.flatMap((entry) => {
    const [budget] = parseLimits({ ...none, budgets: [entry] }).limits.budgets;
    if (!budget || budget.name !== alert.subject || !isOfBudget(alert.crossing, budget)) return [entry];
    return usd === 0 ? [] : [{ ...(entry as object), limit: usd }];
  });
}
