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
    const facts = factsOf(store, question, { session: true, time: true });
    const rows = store.db.rows(
      `SELECT f.bucket, f.model, f.session, ${sumOfMeasures('f')} ${facts.from} GROUP BY f.bucket, f.model, f.session`,
      facts.params,
    );
    const groups = new Map<string, { day: number; model: number; sum: number[]; sessions: Set<number> }>();
    for (const [bucket, model, session, ...sums] of rows as number[][]) {
      const day = facts.dayOf(bucket!);
      const key = `${day} ${model}`;
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { day, model: model!, sum: noMeasures(), sessions: new Set() }));
      sums.forEach((value, i) => (group.sum[i]! += value));
      group.sessions.add(session!);
    }
    return [...groups.values()]
      .map(({ day, model, sum, sessions }) => ({
        day: dayKey(day),
        ...modelOf(store, model),
        ...totalsOf(sum, question.mode, sessions.size),
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

const compare = (a: string | null, b: string | null): number =>
  (a ?? '') < (b ?? '') ? -1 : a === b ? 0 : 1;

function modelOf(store: Store, id: number): Pick<DayRow, 'provider' | 'model'> {
  const [row] = store.db.rows('SELECT provider, name FROM model WHERE id = ?', [id]);
  return { provider: (row![0] as string) || null, model: (row![1] as string) || null };
}
