import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { priceCall } from '../../../src/pricing/cost';
import { setsByImporter } from '../../../src/pricing/priceSets';
import { createPriceBook } from '../../../src/pricing/prices';
import type { ChosenSets } from '../../../src/pricing/priceSets';
import type { Usage } from '../../../src/shared/model';

const at = Date.parse('2025-11-15T10:00:00Z');

function priced(model: string, usage: Partial<Usage>, importer?: string, sets: ChosenSets = {}) {
  const book = createPriceBook();
  book.choose({ sets });
  const { computed, computedExact } = priceCall({ ...usage, model, at }, book, importer);
  return [computed, computedExact];
}

describe('audio by time and by tokens', () => {
  // Each worked out by hand from the rates that it names, in nano-dollars.
  const cases: readonly [
    name: string,
    model: string,
    Partial<Usage>,
    nano: number | undefined,
    exact: boolean,
  ][] = [
    ['a minute, 0.017', 'gpt-realtime-whisper', { audioInputSeconds: 60 }, 17_000_000, true],
    ['half a minute, 0.034', 'gpt-realtime-translate', { audioInputSeconds: 30 }, 17_000_000, true],
    ['2.4 s at 0.006 a minute', 'whisper-1', { audioInputSeconds: 2.4 }, 240_000, true],
    [
      'tokens beside seconds that are sold by time: 90.5 s at 0.006 a minute',
      'whisper-1',
      { audioInputSeconds: 90.5, inputTokens: 900, outputTokens: 40 },
      9_050_000,
      true,
    ],
    [
      'seconds alone, Gemini: 10 x 32 x 1/1M + 10 output tokens x 2.5/1M',
      'gemini-2.5-flash',
      { audioInputSeconds: 10, outputTokens: 10 },
      345_000,
      false,
    ],
    [
      'seconds alone, Gemini Live: 10 x 25 x 3/1M + 4 x 25 x 12/1M',
      'gemini-live-2.5-flash',
      { audioInputSeconds: 10, audioOutputSeconds: 4 },
      1_950_000,
      false,
    ],
    [
      'seconds beside text, realtime: 100 x 4/1M + 3 x 10 x 32/1M + 20 x 16/1M + 2 x 20 x 64/1M',
      'gpt-realtime',
      { inputTokens: 100, audioInputSeconds: 3, outputTokens: 20, audioOutputSeconds: 2 },
      4_240_000,
      false,
    ],
    [
      'seconds that the tokens hold already: 70 x 4/1M + 30 x 32/1M',
      'gpt-realtime',
      { inputTokens: 100, audioInputTokens: 30, audioInputSeconds: 3 },
      1_240_000,
      true,
    ],
    [
      'all audio cached: 64 x 0.4/1M + 36 x 4/1M, and no seconds on top',
      'gpt-realtime',
      {
        inputTokens: 36,
        cacheReadTokens: 64,
        audioInputTokens: 64,
        audioCachedTokens: 64,
        audioInputSeconds: 6.4,
      },
      169_600,
      true,
    ],
    [
      'seconds that nothing says how to charge, beside tokens: 100 x 2.5/1M',
      'gpt-4o',
      { inputTokens: 100, audioInputSeconds: 3 },
      250_000,
      false,
    ],
    ['seconds that nothing says how to charge', 'gpt-4o', { audioInputSeconds: 3 }, undefined, false],
  ];
  for (const [name, model, usage, nano, exact] of cases) {
    it(`${model}: ${name}`, () => assert.deepEqual(priced(model, usage), [nano, exact]));
  }
});

describe('price sets', () => {
  const nevil = { inputTokens: 4200, outputTokens: 950, audioInputSeconds: 312.5, audioOutputSeconds: 148.2 };

  it('of Nevil, as documented', () => {
    // 312.5 / 60 x 0.06 + 148.2 / 60 x 0.24 + 4,200 x 5/1M + 950 x 20/1M = 0.3125 + 0.5928 + 0.021 + 0.019
    const found = priced('gpt-realtime', nevil, 'nevil', { nevil: 'nevil-documented' });
    assert.deepEqual(found, [945_300_000, false]);
  });

  it('of Nevil, as designed', () => {
    // 312.5 x 0.00001111 + 148.2 x 0.00002222 + 0.04 = 0.003471875 + 0.003293004 + 0.04
    const found = priced('gpt-realtime', nevil, 'nevil', { nevil: 'nevil-design' });
    assert.deepEqual(found, [46_764_879, false]);
  });

  it('of Nevil, for audio that is told in tokens', () => {
    // 600 tokens are a minute of input: 0.06; 1,200 are one of output: 0.24.
    const usage = { inputTokens: 600, audioInputTokens: 600, outputTokens: 1200, audioOutputTokens: 1200 };
    const sets = (name: string) => ({ 'openai-realtime': name });
    assert.deepEqual(priced('gpt-realtime', usage, 'openai-realtime', sets('nevil-documented')), [
      300_000_000,
      false,
    ]);
    // 60 x 0.00001111 + 60 x 0.00002222
    assert.deepEqual(priced('gpt-realtime', usage, 'openai-realtime', sets('nevil-design')), [
      1_999_800,
      false,
    ]);
  });

  it('of Gemini 1.5 Flash, as documented', () => {
    const set = { gemini: 'gemini-1.5-flash-documented' };
    // A million of each, and a minute: 0.075 + 0.30 + 0.40
    const minute = { inputTokens: 1e6, outputTokens: 1e6, audioInputSeconds: 60 };
    assert.deepEqual(priced('gemini-1.5-flash-002', minute, 'gemini', set), [775_000_000, false]);
    // 1,920 tokens are a minute.
    const tokens = { inputTokens: 1920, audioInputTokens: 1920 };
    assert.deepEqual(priced('gemini-1.5-flash', tokens, 'gemini', set), [400_000_000, false]);
  });

  it('hold for their importer and their models alone', () => {
    const usage = { inputTokens: 1000 };
    // List prices: gpt-realtime 4, gpt-4o 2.5 a million.
    assert.deepEqual(priced('gpt-realtime', usage, 'plato', { nevil: 'nevil-documented' }), [
      4_000_000,
      true,
    ]);
    assert.deepEqual(priced('gpt-realtime', usage, undefined, { nevil: 'nevil-documented' }), [
      4_000_000,
      true,
    ]);
    assert.deepEqual(priced('gpt-4o', usage, 'nevil', { nevil: 'nevil-documented' }), [2_500_000, true]);
    for (const name of ['list', 'nobody', 'gemini-1.5-flash-documented', '__proto__'])
      assert.deepEqual(priced('gpt-realtime', usage, 'nevil', { nevil: name }), [4_000_000, true], name);
  });

  it('are the choices of the settings, which name the same', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { enum?: string[]; default: string }> } };
    };
    const settings = Object.entries(contributes.configuration.properties)
      .filter(([name]) => name.startsWith('traceLedger.priceSet.'))
      .map(([name, { enum: names = [] }]) => [name.split('.')[2]!, [...names].sort()]);
    assert.deepEqual(
      Object.fromEntries(settings),
      Object.fromEntries(
        Object.entries(setsByImporter).map(([importer, names]) => [importer, [...names, 'list'].sort()]),
      ),
    );
    assert.equal(
      contributes.configuration.properties['traceLedger.priceSet.nevil']!.default,
      'nevil-documented',
    );
  });
});
