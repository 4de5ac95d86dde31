import { factsOf } from './facts';
import { sumOfMeasures } from '../measures';
import type { Measures } from '../measures';
import type { Store } from '../store';
import type { Question } from '../../shared/model';
import type { ModelName } from '../../shared/modelPrices';

/** A model as calls name it, and their sums. */
export interface ModelSum extends ModelName {
  readonly sums: Measures;
}

/** The sums of each model as it is named, from the smallest rollup; without what is excluded from analytics. Inside a read. */
export function modelSums(store: Store, question: Question): readonly ModelSum[] {
  const facts = factsOf(store, question, { call: true });
  const rows = store.db.rows(
    `SELECT f.model, ${sumOfMeasures('f')} ${facts.from} GROUP BY f.model`,
    facts.params,
  );
  return rows.map(([id, ...sums]) => {
    const [row] = store.db.rows('SELECT provider, name FROM model WHERE id = ?', [id!]);
    return {
      provider: (row?.[0] as string | undefined) ?? '',
      model: (row?.[1] as string | undefined) ?? '',
      sums: sums.map((value) => (value as number | null) ?? 0),
    };
  });
}
