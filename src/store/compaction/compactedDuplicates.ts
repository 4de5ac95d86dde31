import { tokensOf } from '../duplicateRules';
import { costOf, flag } from '../measures';
import type { PlacedCall } from '../callRow';
import type { CostMode } from '../../shared/model';
import type { Connection } from '../../sqlite/connection';

const sums = [
  ...['calls', 'tokens', 'cost_auto', 'recorded', 'computed'],
  ...['unpriced_auto', 'unpriced_recorded', 'unpriced_computed'],
];
const modes: readonly CostMode[] = ['auto', 'recorded', 'computed'];

/** Inside a write: what a call would have added that did not count and is summed up. */
export function addDuplicate(db: Connection, call: PlacedCall, countedIn: number): void {
  const costs = modes.map((mode) => costOf(call, mode).usd);
  db.run(
    `INSERT INTO compacted_duplicate (source, counted_in, across, ${sums.join(', ')})
     VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
     ${sums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
    [
      ...[call.source, countedIn, (call.flags & flag.acrossFormats) === 0 ? 0 : 1, tokensOf(call)],
      ...costs.map((usd) => usd ?? 0),
      ...costs.map((usd) => (usd === undefined ? 1 : 0)),
    ],
  );
}
