import { factsOf } from './facts';
import { noMeasures, sumOfMeasures } from '../measures';
import type { Need } from './facts';
import type { Store } from '../store';
import type { Question } from '../../shared/model';

/** Sums of one day and model, in the order of the measures. */
export interface DayModelSum {
  /** Days since 1970-01-01 in the zone of the question. */
  readonly day: number;
  /** Its id in the store. */
  readonly model: number;
  readonly sum: readonly number[];
}

/** Inside a read: sums by day and model, of what is excluded from analytics too if `excluded` says so. */
export function sumsByDay(store: Store, question: Question, excluded?: Need['excluded']): DayModelSum[] {
  const facts = factsOf(store, question, { time: true, ...(excluded ? { excluded } : {}) });
  const rows = store.db.rows(
    `SELECT f.bucket, f.model, ${sumOfMeasures('f')} ${facts.from} GROUP BY f.bucket, f.model`,
    facts.params,
  );
  const groups = new Map<string, { day: number; model: number; sum: number[] }>();
  for (const [bucket, model, ...sums] of rows as number[][]) {
    const day = facts.dayOf(bucket!);
    const key = `${day} ${model}`;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { day, model: model!, sum: noMeasures() }));
    const { sum } = group;
    sums.forEach((value, i) => (sum[i]! += value));
  }
  return [...groups.values()];
}

/** Inside a read. */
export function modelOf(
  store: Store,
  id: number,
): { readonly provider: string | null; readonly model: string | null } {
  const [row] = store.db.rows('SELECT provider, name FROM model WHERE id = ?', [id]);
  return { provider: (row?.[0] as string) || null, model: (row?.[1] as string) || null };
}
