import assert from 'node:assert/strict';
import { parseLimits } from '../../../src/budgets/limits';
import { budgetsWith } from '../../../src/budgets/raised';
import { budgetCrossing } from '../../../src/budgets/told';
import type { Alert } from '../../../src/shared/alerts';

const entries = [
  { name: 'Shop', limit: 5, period: 'day' },
  { name: 'Shop', limit: 5, period: 'week' },
  { name: 'Shop', limit: 6, period: 'day' },
  { name: 'Shop', limit: 5, period: 'day', of: { model: 'gpt-4o' } },
  { name: 'Shop', limit: 5, period: 'day', of: { user: 'gpt-4o' } },
  { name: 'Other', limit: 5, period: 'day' },
  { limit: 5, period: 'day' },
  { limit: 5, period: 'day', off: {} },
  'no budget',
];

/** The alert of an entry, as the ledger makes it. */
function alertOf(entry: unknown): Alert {
  const [budget] = parseLimits({ warning: 0, alert: 0, call: 0, burnRate: 0, budgets: [entry] }).limits
    .budgets;
  const { name, limit, period } = budget!;
  return {
    ...{ rule: 'budget', level: 'warning', share: 75, subject: name, label: name, limit, period },
    ...{ crossing: budgetCrossing(budget!, 75, '2026-06-15'), callAt: 0, cost: 4e9, unpricedCalls: 0 },
  };
}

describe('another limit for a budget', () => {
  for (const [i, entry] of entries.slice(0, 7).entries())
    it(`is written into entry ${i + 1} alone, and 0 takes that one out`, () => {
      const alert = alertOf(entry);
      assert.deepEqual(
        budgetsWith(entries, alert, 7.5),
        entries.map((one, j) => (j === i ? { ...(one as object), limit: 7.5 } : one)),
      );
      assert.deepEqual(
        budgetsWith(entries, alert, 0),
        entries.filter((_, j) => j !== i),
      );
    });

  it('is written nowhere if the budget is another one by now', () =>
    assert.deepEqual(budgetsWith(entries, alertOf({ name: 'Shop', limit: 4, period: 'day' }), 9), entries));
});
