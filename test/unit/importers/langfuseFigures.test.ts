import assert from 'node:assert/strict';
import { callWith, pick, tokensOf } from '../../support/langfuse';

describe('Langfuse: figures', () => {
  describe('usage', () => {
    for (const [name, fields, expected] of [
      [
        'disjoint buckets',
        {
          usageDetails: {
            input: 300,
            input_cached_tokens: 1000,
            output: 200,
            output_reasoning_tokens: 20,
            total: 1520,
          },
        },
        [300, 1000, 0, 220, 20],
      ],
      [
        'names of Anthropic',
        {
          usageDetails: { input: 3, cache_read_input_tokens: 50, cache_creation_input_tokens: 7, output: 9 },
        },
        [3, 50, 7, 9, 0],
      ],
      [
        'details inside the whole, as the total tells',
        {
          usageDetails: {
            input: 1300,
            input_cached_tokens: 1000,
            output: 220,
            output_reasoning_tokens: 20,
            total: 1520,
          },
        },
        [300, 1000, 0, 220, 20],
      ],
      [
        'reasoning inside, cache beside',
        {
          usageDetails: {
            input: 10,
            input_cached_tokens: 4,
            output: 6,
            output_reasoning_tokens: 2,
            total: 20,
          },
        },
        [10, 4, 0, 6, 2],
      ],
      [
        'a cache write beside its 5m and 1h',
        {
          usageDetails: {
            input: 1,
            input_cache_creation: 30,
            input_cache_creation_5m: 10,
            input_cache_creation_1h: 20,
            output: 1,
          },
        },
        [1, 0, 30, 1, 0],
      ],
      [
        'two names of one whole',
        { usageDetails: { input: 8, prompt_tokens: 8, output: 2, completion_tokens: 2 } },
        [8, 0, 0, 2, 0],
      ],
      [
        'sums alone',
        { usage: { input: 1300, output: 220, total: 1520, unit: 'TOKENS' } },
        [1300, 0, 0, 220, 0],
      ],
      [
        'sums of an export',
        { usageDetails: '{}', inputUsage: '12', outputUsage: '3', totalUsage: '15' },
        [12, 0, 0, 3, 0],
      ],
      ['old names of sums', { promptTokens: 12, completionTokens: null, totalTokens: 15 }, [12, 0, 0, 3, 0]],
      ['a total alone', { usageDetails: { total: 40 } }, [40, 0, 0, 0, 0]],
      ['characters', { usage: { input: 99, output: 9, unit: 'CHARACTERS' } }, [0, 0, 0, 0, 0]],
      [
        'nonsense',
        { usageDetails: { input: -5, output: 'NaN', total: [], input_cached_tokens: 4 } },
        [0, 4, 0, 0, 0],
      ],
    ] as const) {
      it(name, async () => assert.deepEqual(tokensOf(await callWith(fields)), expected));
    }

    it('takes audio and the one-hour cache as parts', async () => {
      const call = await callWith({
        usageDetails: {
          input: 10,
          input_audio_tokens: 20,
          input_cached_audio_tokens: 5,
          output: 1,
          output_audio_tokens: 7,
          input_cache_creation_1h: 3,
        },
      });
      assert.deepEqual(tokensOf(call), [30, 5, 3, 8, 0]);
      assert.deepEqual(
        pick(call, 'audioInputTokens', 'audioCachedTokens', 'audioOutputTokens', 'cacheWrite1hTokens'),
        [25, 5, 7, 3],
      );
    });

    it('takes seconds as seconds of audio', async () => {
      const call = await callWith({ usage: { input: 2500, output: 0, unit: 'MILLISECONDS' } });
      assert.equal(call.audioInputSeconds, 2.5);
    });
  });

  describe('cost', () => {
    const used = { usageDetails: { input: 1 } };
    for (const [name, fields, expected] of [
      ['a total in the details', { costDetails: { input: 1, total: '0.000252' }, totalCost: 9 }, 252_000],
      // 0.1 + 0.2 is 0.30000000000000004 in floats; 1.0000000005 rounds half up to 1,000,000,001.
      ['a sum of buckets', { costDetails: { input: '0.1', output: '0.2' } }, 300_000_000],
      ['half a nano-dollar', { totalCost: '1.0000000005' }, 1_000_000_001],
      ['less than half', { totalCost: '1.00000000049999999999' }, 1_000_000_000],
      ['an exponent', { totalCost: 4.5e-5 }, 45_000],
      [
        'one given before one worked out',
        { providedCostDetails: { total: 2 }, costDetails: { total: 3 } },
        2e9,
      ],
      ['the fields of version 1', { calculatedTotalCost: 0.5 }, 500_000_000],
      ['input and output', { inputCost: '0.000000001', outputCost: '' }, 1],
      ['a true zero', { costDetails: { total: 0 }, ...used }, 0],
      ['no price, written as zero', { costDetails: {}, totalCost: 0, ...used }, undefined],
      ['-1 for not asked', { totalCost: -1, ...used }, undefined],
      ['nonsense', { totalCost: 'free', costDetails: { total: 'NaN' } }, undefined],
    ] as const) {
      it(name, async () => {
        const { recorded, recordedExact } = await callWith(fields);
        assert.deepEqual([recorded, recordedExact], [expected, expected === undefined ? undefined : true]);
      });
    }
  });

  it('names the provider by the metadata, which may be text', async () => {
    for (const [fields, expected] of [
      [{ metadata: { provider: 'OpenAI' } }, 'openai'],
      [{ metadata: '{"ls_provider": "anthropic"}' }, 'anthropic'],
      [{ metadata: { 'gen_ai.provider.name': 'aws.bedrock', 'gen_ai.system': 'other' } }, 'aws.bedrock'],
      [{ metadata: { 'gen_ai.system': 'gemini' } }, 'google'],
      [{ metadata: 'not JSON', modelParameters: { provider: 'Groq' } }, 'groq'],
      [{ metadata: {} }, undefined],
    ] as const) {
      assert.equal((await callWith(fields)).provider, expected);
    }
  });

  it('treats -1 of latency as unknown, and works it out', async () => {
    const call = await callWith({ latency: -1, timeToFirstToken: -1, endTime: '2026-03-02T09:00:01.5Z' });
    assert.deepEqual([call.latencyMs, call.ttftMs], [1500, undefined]);
  });
});
