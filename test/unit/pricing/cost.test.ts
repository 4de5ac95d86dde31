import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chooseCost, priceCall } from '../../../src/pricing/cost';
import type { CallFigures } from '../../../src/pricing/cost';
import { createPriceBook } from '../../../src/pricing/prices';
import type { CostMode, Usage } from '../../../src/shared/model';

interface Case {
  readonly name: string;
  readonly provider?: string;
  readonly model: string;
  readonly at: string;
  readonly usage: Partial<Usage>;
  /** Worked out from the published price list, in exact fractions. */
  readonly nano: number;
}

const book = createPriceBook();
const at = Date.parse('2025-06-01T00:00:00Z');
const computed = (call: CallFigures): number | undefined => priceCall(call, book).computed;
const chosen = (mode: CostMode, call: CallFigures) => chooseCost(mode, call, priceCall(call, book));

describe('priceCall, against published prices', () => {
  const cases = JSON.parse(readFileSync('test/fixtures/pricing/workedOut.json', 'utf8')) as Case[];
  for (const { name, provider, model, at: time, usage, nano } of cases) {
    it(name, () => {
      const call = { ...usage, model, at: Date.parse(time), ...(provider ? { provider } : {}) };
      assert.equal(computed(call), nano);
    });
  }
});

describe('priceCall, without a price', () => {
  const unpriced: readonly (readonly [string | undefined, string])[] = [
    ['local', 'llama-3.1-8b-instruct'],
    [undefined, 'llama-3.1-8b-instruct'],
    [undefined, 'meta-llama/Llama-3.1-8B-Instruct'],
    ['ollama', 'deepseek-r1'],
    [undefined, 'ollama/mistral-large-latest'],
    [undefined, 'deepseek-r1:8b'],
    [undefined, 'mistral-nemo:latest'],
    [undefined, 'gpt-oss:20b'],
    ['openai', 'gpt-oss-120b'],
    ['openai', 'gpt-99'],
    ['azure', 'my-deployment'],
    ['azure', 'gpt-4o-eu'],
    ['together', 'deepseek-chat'],
    ['google', 'gemma-3-27b-it'],
    ['openrouter', 'gemini-2.5-pro-exp-03-25'],
    ['anthropic', 'claude-sonnet-4-6-fast'],
    ['constructor', '__proto__'],
    ['', ''],
  ];
  for (const [provider, model] of unpriced) {
    it(`${provider ?? 'no provider'}, ${model || 'no model'}`, () => {
      const call = { model, at, inputTokens: 1000, outputTokens: 1000, ...(provider ? { provider } : {}) };
      assert.equal(computed(call), undefined);
      assert.deepEqual(chosen('auto', call), { usd: undefined, state: 'unpriced', exact: false });
    });
  }

  it('seconds or images alone of a model that is sold by tokens', () => {
    assert.equal(computed({ model: 'gpt-4o-transcribe', at, audioInputSeconds: 30 }), undefined);
    assert.equal(computed({ model: 'gpt-4o', at, images: 2 }), undefined);
  });

  it('tokens alone of a model that is sold by the hour', () => {
    assert.equal(computed({ model: 'whisper-1', at, inputTokens: 30, outputTokens: 3 }), undefined);
  });
});

describe('priceCall, exactness and zero', () => {
  it('an id that ends in :free costs an exact 0', () => {
    const call = {
      provider: 'openrouter',
      model: 'deepseek/deepseek-r1:free',
      at,
      inputTokens: 10,
      outputTokens: 5,
    };
    assert.deepEqual(chosen('auto', call), { usd: 0, state: 'computed', exact: true });
  });

  it('a successful call that used nothing is unpriced', () => {
    assert.equal(chosen('auto', { model: 'gpt-4o', at }).state, 'unpriced');
    assert.equal(chosen('auto', { model: 'gpt-4o', at, inputTokens: 0 }).state, 'unpriced');
  });

  it('a failed call that used nothing costs an exact 0, known model or not, in every mode', () => {
    for (const mode of ['auto', 'recorded', 'computed'] as const) {
      const { usd, state, exact } = chosen(mode, { model: 'nobody-knows', at, failed: true });
      assert.deepEqual([usd, exact], [0, true]);
      assert.notEqual(state, 'unpriced');
    }
  });

  it('a failed call that used tokens costs what they cost', () => {
    assert.equal(computed({ model: 'gpt-4o', at, failed: true, inputTokens: 1000 }), 2_500_000);
  });

  it('is not exact where the time decides about the price and is unknown', () => {
    assert.equal(
      priceCall({ provider: 'openai', model: 'o3', inputTokens: 1000 }, book).computedExact,
      false,
    );
    assert.equal(
      priceCall({ provider: 'openai', model: 'gpt-4.1', inputTokens: 1000 }, book).computedExact,
      true,
    );
  });

  it('is not exact where audio has no price of its own', () => {
    const call = { provider: 'openai', model: 'gpt-4o', at, inputTokens: 1000, audioInputTokens: 400 };
    assert.deepEqual(priceCall(call, book), { computed: 2_500_000, computedExact: false, included: false });
  });

  it('takes broken counts for nothing', () => {
    assert.equal(
      computed({ model: 'gpt-4.1', at, inputTokens: 1000, outputTokens: -5, cacheReadTokens: NaN }),
      2_000_000,
    );
  });

  it('never charges a part beyond its whole', () => {
    const call = {
      model: 'gpt-realtime',
      at,
      inputTokens: 10,
      audioInputTokens: 99,
      outputTokens: 10,
      audioOutputTokens: 99,
    };
    assert.equal(computed(call), 10 * 32_000 + 10 * 64_000);
  });
});

describe('chooseCost', () => {
  const call = { provider: 'openai', model: 'gpt-4.1', at, inputTokens: 1000 };
  const cents = { ...call, recorded: 10_000_000, recordedExact: false };

  it('auto prefers an exact recorded cost, then one beside it, then the computed, then an inexact one', () => {
    assert.deepEqual(chosen('auto', { ...call, recorded: 7, recordedExact: true }), {
      usd: 7,
      state: 'recorded',
      exact: true,
    });
    assert.deepEqual(chosen('auto', { ...cents, recordedElsewhere: 9 }), {
      usd: 9,
      state: 'recorded',
      exact: true,
    });
    assert.deepEqual(chosen('auto', cents), { usd: 2_000_000, state: 'computed', exact: true });
    assert.deepEqual(chosen('auto', { ...cents, model: 'own' }), {
      usd: 10_000_000,
      state: 'recorded',
      exact: false,
    });
  });

  it('recorded and computed take that one or nothing', () => {
    assert.deepEqual(chosen('recorded', { ...cents, recordedElsewhere: 9 }), {
      usd: 10_000_000,
      state: 'recorded',
      exact: false,
    });
    assert.deepEqual(chosen('recorded', { ...call, recordedElsewhere: 9 }).state, 'unpriced');
    assert.deepEqual(chosen('recorded', call).state, 'unpriced');
    assert.deepEqual(chosen('computed', { ...cents, recordedExact: true }), {
      usd: 2_000_000,
      state: 'computed',
      exact: true,
    });
    assert.deepEqual(chosen('computed', { ...cents, model: 'own' }).state, 'unpriced');
  });

  it('an exact recorded 0 is a true 0', () => {
    assert.deepEqual(chosen('auto', { ...call, recorded: 0, recordedExact: true }), {
      usd: 0,
      state: 'recorded',
      exact: true,
    });
  });

  for (const provider of ['copilot', 'github', 'github-copilot', 'GitHub']) {
    it(`${provider} without recorded credits is included, at the first-party price`, () => {
      const included = { provider, model: 'gpt-4.1', at, inputTokens: 1000, outputTokens: 1000 };
      assert.equal(computed(included), 10_000_000);
      assert.deepEqual(chosen('auto', included), { usd: 0, state: 'included', exact: true });
      assert.deepEqual(chosen('recorded', included), { usd: 0, state: 'included', exact: true });
      assert.deepEqual(chosen('computed', included), { usd: 10_000_000, state: 'computed', exact: true });
      assert.equal(chosen('auto', { ...included, recorded: 5, recordedExact: true }).usd, 5);
    });
  }

  it('what the source calls included is included', () => {
    assert.equal(chosen('auto', { ...call, included: true }).state, 'included');
  });
});
