import { dayKey } from './report';
import { factsOf } from './facts';
import { modelOf, sumsByDay } from './dayModelSums';
import { totalsOf } from '../measures';
import type { Store } from '../store';
import type { Question, Totals } from '../../shared/model';

export interface DayRow extends Totals {
  /** YYYY-MM-DD in the zone of the question; null for calls without a known time. */
  readonly day: string | null;
  readonly provider: string | null;
  readonly model: string | null;
}

/** One row a day and model, oldest day first. `sessions` counts those with a call in the row. */
export function daily(store: Store, question: Question): DayRow[] {
  return store.db.read(() => {
    const sessions = sessionsByDay(store, question);
    return sumsByDay(store, question)
      .map(({ day, model, sum }) => ({
        day: dayKey(day),
        ...modelOf(store, model),
        ...totalsOf(sum, question.mode, sessions.get(`${day} ${model}`)?.size ?? 0),
      }))
      .sort(
        (a, b) =>
          compare(a.day, b.day) ||
          b.cost - a.cost ||
          compare(a.model, b.model) ||
          compare(a.provider, b.provider),
      );
  });
}

/** Sessions with a call, by day and model. Apart from the sums, which need not tell sessions apart. */
function sessionsByDay(store: Store, question: Question): Map<string, Set<number>> {
  const facts = factsOf(store, question, { session: true, time: true });
  const seen = new Map<string, Set<number>>();
  const rows = store.db.rows(`SELECT DISTINCT f.bucket, f.model, f.session ${facts.from}`, facts.params);
  for (const [bucket, model, session] of rows as [number, number, number][]) {
    const key = `${facts.dayOf(bucket)} ${model}`;
    const sessions = seen.get(key);
    if (sessions) sessions.add(session);
    else seen.set(key, new Set([session]));
  }
  return seen;
}

const compare = (a: string | null, b: string | null): number =>
  (a ?? '') < (b ?? '') ? -1 : a === b ? 0 : 1;
