import { dayKey } from './report';
import { factsOf } from './facts';
import { noMeasures, sumOfMeasures, totalsOf } from '../measures';
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
    const facts = factsOf(store, question, { time: true });
    const rows = store.db.rows(
      `SELECT f.bucket, f.model, ${sumOfMeasures('f')} ${facts.from} GROUP BY f.bucket, f.model`,
      facts.params,
    );
    const sessions = sessionsByDay(store, question);
    const groups = new Map<string, { day: number; model: number; sum: number[]; sessions: number }>();
    for (const [bucket, model, ...sums] of rows as number[][]) {
      const day = facts.dayOf(bucket!);
      const key = `${day} ${model}`;
      let group = groups.get(key);
      if (!group) {
        group = { day, model: model!, sum: noMeasures(), sessions: sessions.get(key)?.size ?? 0 };
        groups.set(key, group);
      }
      const { sum } = group;
      sums.forEach((value, i) => (sum[i]! += value));
    }
    return [...groups.values()]
      .map(({ day, model, sum, sessions }) => ({
        day: dayKey(day),
        ...modelOf(store, model),
        ...totalsOf(sum, question.mode, sessions),
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

function modelOf(store: Store, id: number): Pick<DayRow, 'provider' | 'model'> {
  const [row] = store.db.rows('SELECT provider, name FROM model WHERE id = ?', [id]);
  return { provider: (row![0] as string) || null, model: (row![1] as string) || null };
}
