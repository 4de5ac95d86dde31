import assert from 'node:assert/strict';
import { chooseCost, priceCall } from '../../../src/pricing/cost';
import { createPriceBook } from '../../../src/pricing/prices';

const book = createPriceBook();
const at = Date.parse('2026-05-01T00:00:00Z');

describe('a call of another service tier', () => {
  it('costs six times the standard rates on Opus 4.6, whatever it used', () => {
    const call = {
      ...{ provider: 'anthropic', model: 'claude-opus-4-6', at, tier: 'fast' },
      ...{ inputTokens: 1000, cacheReadTokens: 10_000, cacheWriteTokens: 100, outputTokens: 100 },
    };
    // USD a million: 30 input, 3 cache read, 37.50 cache write, 150 output: 0.03 + 0.03 + 0.00375 + 0.015.
    const priced = priceCall(call, book);
    assert.deepEqual([priced.computed, priced.computedExact], [78_750_000, true]);
  });

  it('costs the standard rates, and not for sure, where its factor is not known', () => {
    const standard = { provider: 'openai', model: 'gpt-4-turbo', at, inputTokens: 1000 };
    for (const tier of ['priority', 'constructor', '__proto__']) {
      const call = { ...standard, tier };
      const priced = priceCall(call, book);
      assert.equal(priced.computed, 10_000_000);
      assert.equal(chooseCost('auto', call, priced).exact, false);
    }
    assert.equal(chooseCost('auto', standard, priceCall(standard, book)).exact, true);
  });
});
