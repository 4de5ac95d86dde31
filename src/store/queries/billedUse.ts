import { modelOf, sumsByDay } from './dayModelSums';
import { factsOf, fromWith } from './facts';
import { dayKey } from './report';
import { isCounted, sumOfMeasures, sumsOf } from '../measures';
import { noSlot } from '../slots';
import type { Need } from './facts';
import type { Store } from '../store';
import type { Question, Totals } from '../../shared/model';

/** What was used on one day of the question's zone, of one model of one provider. */
export interface DayUse {
  readonly day: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly totals: Omit<Totals, 'sessions'>;
}

/**
 * Inside a read: sums of calls with a known time by day and model, from quarter hours where the days of the zone are not
 * kept. What is excluded from analytics is left out, or counted all the same.
 */
export const useByDay = (store: Store, question: Question, excluded?: Need['excluded']): DayUse[] =>
  sumsByDay(store, question, excluded).flatMap(({ day, model, sum }) => {
    const key = dayKey(day);
    return key === null ? [] : [{ day: key, ...modelOf(store, model), totals: sumsOf(sum, question.mode) }];
  });

/** Inside a read: calls of each model without a known time. */
export function untimedUse(
  store: Store,
  question: Question,
): Pick<DayUse, 'provider' | 'model' | 'totals'>[] {
  const facts = factsOf(store, { ...question, filter: {} }, { slot: true, call: true });
  const untimed = fromWith(facts, 'f.bucket = ?');
  return store.db
    .rows(`SELECT f.model, ${sumOfMeasures('f')} ${untimed} GROUP BY f.model`, [...facts.params, noSlot])
    .map(([model, ...sum]) => ({
      ...modelOf(store, model as number),
      totals: sumsOf(sum as number[], question.mode),
    }));
}

/** Inside a read: calls of each model that tell a service tier of its own, in a period. */
export const tieredUse = (
  store: Store,
  since: number,
  until: number,
): { readonly provider: string | null; readonly model: string | null; readonly calls: number }[] =>
  store.db
    .rows(
      `SELECT c.model, count(*) FROM call c JOIN session s ON s.id = c.session
        WHERE c.tier IS NOT NULL AND c.at >= ? AND c.at < ? AND s.excluded = 0 AND ${isCounted} GROUP BY c.model`,
      [since, until],
    )
    .map(([model, calls]) => ({ ...modelOf(store, model as number), calls: calls as number }));
