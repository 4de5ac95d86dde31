import { freshOf, judged, unknown } from './looking';
import { reachedAt } from '../budgets/crossings';
import { forecast } from '../budgets/forecast';
import { budgetId, limitId } from '../budgets/limits';
import { periodAt } from '../budgets/periods';
import { budgetCrossing, freshMs } from '../budgets/told';
import { isOf, namesOf, spent } from '../store/queries/spending';
import type { Looking } from './looking';
import type { Noticed } from '../budgets/told';
import type { PeriodSpan } from '../budgets/periods';
import type { Alert, AlertChoice, Budget, BudgetState } from '../shared/alerts';
import type { Millis } from '../shared/model';
import type { Store } from '../store/store';

/** Of a budget, in percent. */
const shares = [75, 90, 100] as const;

export const noticeBudgets = (looking: Looking): Noticed[] =>
  looking.choice.limits.budgets.flatMap((budget) =>
    periodsOf(looking, budget).flatMap((period) => noticeBudget(looking, budget, period)),
  );

/** The present one, and the one before it while calls of its end are still news. */
function periodsOf({ choice, now }: Looking, budget: Budget): readonly PeriodSpan[] {
  const at = (time: Millis) => periodAt(time, budget.period, choice.zone, choice.firstDay);
  const [before, present] = [at(now - freshMs), at(now)];
  return before.firstDay === present.firstDay ? [present] : [before, present];
}

/** Parts of the budget that were used up in a period. */
function noticeBudget(looking: Looking, budget: Budget, period: PeriodSpan): Noticed[] {
  const { choice, now, store } = looking;
  const id = budgetId(budget);
  const steps = unknown(
    looking,
    shares.map((share) => ({ share, crossing: budgetCrossing(budget, share, period.firstDay) })),
  );
  if (steps.length === 0) return [];
  const state = budgetState(store, choice, budget, now, period);
  return steps
    .map((step) => ({ ...step, limit: Math.ceil((budget.limit * step.share) / 100) }))
    .filter(({ limit }) => state.spent >= limit)
    .map(({ share, crossing, limit }) => {
      const at =
        reachedAt({ total: state.spent, recent: recentOf(looking, budget, period) }, limit) ?? 'before';
      const alert = {
        ...budgetAlert(state, at, now),
        ...(period.end <= now ? { ended: period.firstDay } : {}),
        crossing,
        share,
        level: share === 100 ? 'alert' : 'warning',
      } as const;
      return judged(looking, alert, at, limitId(`budget|${id}`, budget.limit));
    });
}

function recentOf(
  looking: Looking,
  budget: Budget,
  { start, end }: PeriodSpan,
): readonly { at: Millis; cost: number }[] {
  const of = namesOf(looking.store, budget.of);
  return freshOf(looking).filter((call) => call.at >= start && call.at < end && isOf(of, call));
}

const budgetAlert = (
  { budget, spent: cost, unpricedCalls, usedUpAt }: BudgetState,
  at: Millis | 'before',
  now: Millis,
): Omit<Alert, 'crossing' | 'level'> => ({
  rule: 'budget',
  subject: budget.name,
  label: budget.name,
  callAt: at === 'before' ? now : at,
  cost,
  limit: budget.limit,
  unpricedCalls,
  period: budget.period,
  ...(usedUpAt === undefined ? {} : { usedUpAt }),
});

/** How a budget stands in a period. Inside a read. */
export function budgetState(
  store: Store,
  { mode, zone, firstDay }: Omit<AlertChoice, 'limits'>,
  budget: Budget,
  now: Millis,
  { start, end } = periodAt(now, budget.period, zone, firstDay),
): BudgetState {
  const question = { filter: { since: start, until: end }, mode, zone };
  const { cost, calls, unpricedCalls } = spent(store, question, namesOf(store, budget.of));
  return {
    budget,
    start,
    end,
    spent: cost,
    calls,
    unpricedCalls,
    ...forecast(cost, budget.limit, { start, end }, now),
  };
}
