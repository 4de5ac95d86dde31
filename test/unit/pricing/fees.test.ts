import assert from 'node:assert/strict';
import { priceCall } from '../../../src/pricing/cost';
import { createPriceBook } from '../../../src/pricing/prices';
import type { CallFigures } from '../../../src/pricing/cost';

const book = createPriceBook();
const at = Date.parse('2026-05-01T00:00:00Z');

function priced(call: CallFigures): [number | undefined, boolean] {
  const { computed, computedExact } = priceCall({ at, ...call }, book);
  return [computed, computedExact];
}

describe('searches of the web', () => {
  const sonnet = { provider: 'anthropic', model: 'claude-sonnet-4-5', inputTokens: 1000, outputTokens: 100 };

  it('cost 10 USD a thousand at Anthropic, beside the tokens', () => {
    // 1,000 x 3 + 100 x 15, a million, and 3 x 0.01.
    assert.deepEqual(priced({ ...sonnet, webSearches: 3 }), [4_500_000 + 30_000_000, true]);
  });

  it('cost the same in a batch, where tokens cost half', () => {
    assert.deepEqual(priced({ ...sonnet, webSearches: 3, tier: 'batch' }), [2_250_000 + 30_000_000, true]);
  });

  it('make a cost inexact where nobody says what they cost', () => {
    const deepseek = { provider: 'deepseek', model: 'deepseek-chat', inputTokens: 1000 };
    const [without, exact] = priced(deepseek);
    assert.equal(exact, true);
    assert.deepEqual(priced({ ...deepseek, webSearches: 1 }), [without, false]);
  });

  it('of Gemini 2.5 are charged once a request, and perhaps were free', () => {
    const call = { provider: 'google', model: 'gemini-2.5-flash', inputTokens: 1000, webSearches: 4 };
    // 1,000 x 0.30, a million, and 35 a thousand requests.
    assert.deepEqual(priced(call), [300_000 + 35_000_000, false]);
  });
});

describe('images that are sold by piece', () => {
  it('cost their price', () => {
    assert.deepEqual(priced({ provider: 'google', model: 'imagen-4.0-generate-001', images: 3 }), [
      120_000_000,
      true,
    ]);
  });

  it('have no price where it depends on what traces do not tell', () => {
    assert.deepEqual(priced({ provider: 'openai', model: 'dall-e-3', images: 3 }), [undefined, false]);
  });
});
