import type { CallFact } from '../../src/shared/facts';

/** The calls that count: of those with the same account the ones of the lowest rank, the fullest of each id. */
export function countedCalls(facts: Iterable<CallFact>): CallFact[] {
  const fullest = new Map<string, CallFact>();
  for (const fact of facts) {
    const known = fullest.get(String(fact.id));
    if (!known || (fact.version ?? -1) >= (known.version ?? -1)) fullest.set(String(fact.id), fact);
  }
  const lowest = new Map<string, number>();
  for (const { account } of fullest.values())
    if (account) lowest.set(account.of, Math.min(account.rank, lowest.get(account.of) ?? Infinity));
  return [...fullest.values()].filter(({ account }) => !account || account.rank === lowest.get(account.of));
}

/** Calls, errors, and the sums of what they used and recorded. */
export function sumsOf(calls: readonly CallFact[]) {
  const sum = (of: (call: CallFact) => number | undefined): number =>
    calls.reduce((all, call) => all + (of(call) ?? 0), 0);
  return {
    calls: calls.length,
    errors: sum(({ failed }) => (failed ? 1 : 0)),
    inputTokens: sum((call) => call.inputTokens),
    cacheReadTokens: sum((call) => call.cacheReadTokens),
    cacheWriteTokens: sum((call) => call.cacheWriteTokens),
    outputTokens: sum((call) => call.outputTokens),
    reasoningTokens: sum((call) => call.reasoningTokens),
    recorded: sum((call) => call.recorded),
  };
}

/** All calls that an import told, those that were told twice included. */
export const toldCalls = (batches: readonly { readonly calls?: readonly CallFact[] }[]): CallFact[] =>
  batches.flatMap(({ calls }) => calls ?? []);
