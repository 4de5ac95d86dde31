import assert from 'node:assert/strict';
import { ledgerWith } from './ledgerOf';
import { random } from './randomWorld';
import { shuffled } from './shuffled';
import type { Ledger } from './ledgerOf';
import type { Importer } from '../../src/importers/importer';

export type Dice = ReturnType<typeof random>;

/** A ledger without what depends on the order in which sessions came: tags are given by it. */
export const withoutOrder = ({ issues, calls, sessions, total }: Ledger) => ({
  ...{ issues, calls, total },
  sessions: sessions.map((session) => ({ ...session, tag: null })),
});

/** The records in another order, some twice, split into parts. */
export function parted<T>(records: readonly T[], { below, chance }: Dice): T[][] {
  const all = shuffled([...records, ...records.filter(() => chance(0.3))], 1 + below(1e6));
  const parts: T[][] = [];
  while (all.length > 0) parts.push(all.splice(0, 1 + below(all.length)));
  return parts;
}

/** Imports `turns` arrangements of the same records; all must be one ledger, which is given back. */
export async function sameLedger(
  seed: number,
  turns: number,
  arranged: (dice: Dice) => readonly string[],
  importers?: readonly Importer[],
): Promise<Ledger> {
  const dice = random(seed);
  const first = await ledgerWith(importers, () => arranged(dice));
  for (let turn = 1; turn < turns; turn++) {
    const again = await ledgerWith(importers, () => arranged(dice));
    assert.deepEqual(withoutOrder(again), withoutOrder(first), `seed ${seed}, turn ${turn}`);
  }
  return first;
}

/** The sums that tests reckon by themselves. */
export const sums = ({ total }: Ledger) => ({
  calls: total.calls,
  input: total.inputTokens,
  cacheRead: total.cacheReadTokens,
  cacheWrite: total.cacheWriteTokens,
  output: total.outputTokens,
  recorded: total.recorded,
  errors: total.errors,
});
