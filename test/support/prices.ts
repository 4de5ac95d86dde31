import assert from 'node:assert/strict';
import type { LedgerApi } from '../../src/shared/protocol';
import type { PriceProposal, PriceRules } from '../../src/shared/repricing';

const view = { mode: 'auto', zone: 'UTC' } as const;

/** What nobody changed. */
export const noRules: PriceRules = { prices: [], sets: {}, included: {} };

/** Hands rules over as the settings do. */
export const proposeRules = (ledger: LedgerApi, rules: Partial<PriceRules>) =>
  ledger.proposePrices('propose', { ...noRules, ...rules }, view);

/** Hands rules over that must be right. @returns what waits for the user's word. */
export async function proposed(
  ledger: LedgerApi,
  rules: Partial<PriceRules>,
): Promise<PriceProposal | undefined> {
  const { problems, proposal } = await proposeRules(ledger, rules);
  assert.deepEqual(problems, []);
  return proposal;
}

/** Puts rules in force, for known calls too. */
export async function applyRules(ledger: LedgerApi, rules: Partial<PriceRules>): Promise<void> {
  const proposal = await proposed(ledger, rules);
  if (proposal) await ledger.applyPrices('apply', proposal.id, true);
}
