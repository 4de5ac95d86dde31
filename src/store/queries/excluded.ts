import { factsOf } from './facts';
import { exclusions, isAny } from '../exclusions';
import type { Facts, Need } from './facts';
import type { Store } from '../store';
import type { Question } from '../../shared/model';
import type { SqlValue } from '../../sqlite/connection';

type GroupOf = (value: SqlValue, facts: Facts) => SqlValue;

/**
 * Inside a read: how many calls match the question but are excluded from analytics, by the values of an expression over
 * the facts, or by what `groupOf` makes of these. Excluded sessions are apart from excluded models and sources in the
 * others, so that each part comes from its smallest rollup.
 */
export function excludedCallsBy(
  store: Store,
  question: Question,
  expression: string,
  need: Need,
  groupOf: GroupOf = (value) => value,
): Map<SqlValue, number> {
  const all = exclusions(store.db);
  const sums = new Map<SqlValue, number>();
  const add = (excluded: Need['excluded']): void => {
    const facts = factsOf(store, question, { ...need, excluded });
    const rows = store.db.rows(
      `SELECT ${expression} AS g, sum(f.calls) ${facts.from} GROUP BY g`,
      facts.params,
    );
    for (const [value, calls] of rows) {
      const group = groupOf(value!, facts);
      sums.set(group, (sums.get(group) ?? 0) + ((calls as number | null) ?? 0));
    }
  };
  if (all.sessions) add('onlySessions');
  if (isAny({ ...all, sessions: false })) add('onlyCalls');
  return sums;
}

/** The same of everything together. */
export const excludedCalls = (store: Store, question: Question): number =>
  excludedCallsBy(store, question, '0', {}).get(0) ?? 0;
