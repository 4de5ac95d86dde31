import assert from 'node:assert/strict';
import { priceCall } from '../../../src/pricing/cost';
import { parseUserPrices } from '../../../src/pricing/parseUserPrices';
import { createPriceBook } from '../../../src/pricing/prices';
import type { CallFigures } from '../../../src/pricing/cost';
import type { ChosenSets } from '../../../src/pricing/priceSets';

const at = Date.parse('2026-05-01T00:00:00Z');

function bookOf(...entries: readonly unknown[]) {
  return bookWith({}, ...entries);
}

function bookWith(sets: ChosenSets, ...entries: readonly unknown[]) {
  const { prices, problems } = parseUserPrices(entries);
  assert.deepEqual(problems, []);
  const book = createPriceBook(Date.parse('2026-06-01T00:00:00Z'));
  book.choose({ own: prices, sets });
  return book;
}

const priced = (call: CallFigures, ...entries: readonly unknown[]): [number | undefined, boolean] => {
  const { computed, computedExact } = priceCall({ at, ...call }, bookOf(...entries));
  return [computed, computedExact];
};

const gpt: CallFigures = { provider: 'openai', model: 'gpt-4o', inputTokens: 1000, outputTokens: 100 };

describe("a price of the user's own", () => {
  it('goes before list prices, and is exact', () => {
    // 1,000 x 2 + 100 x 8, a million.
    assert.deepEqual(priced(gpt, { model: 'gpt-4o', prices: { input: 2, output: 8 } }), [2_800_000, true]);
  });

  it('goes before a price set', () => {
    const own = { model: 'gpt-realtime*', prices: { input: 1, output: 1 } };
    const book = bookWith({ nevil: 'nevil-documented' }, own);
    const call = { at, provider: 'openai', model: 'gpt-realtime', inputTokens: 1000 };
    assert.equal(priceCall(call, book, 'nevil').computed, 1_000_000);
  });

  it('prices what no list knows: own deployments and machines, at 0 if that is what is written', () => {
    const call = { provider: 'azure', model: 'our-deployment', inputTokens: 1000, outputTokens: 1 };
    assert.deepEqual(priced(call), [undefined, false]);
    assert.deepEqual(
      priced(call, { provider: 'azure_openai', model: 'our-*', prices: { input: 1, output: 2 } }),
      [1_002_000, true],
    );
    const local = { provider: 'ollama', model: 'llama3.1:8b', inputTokens: 1000, outputTokens: 500 };
    assert.deepEqual(priced(local, { model: 'llama3.1:8b', prices: { input: 0, output: 0 } }), [0, true]);
  });

  it('fits a model in any spelling', () => {
    const entry = { model: 'claude-sonnet-4-5*', prices: { input: 1, output: 1 } };
    for (const model of ['claude-sonnet-4.5', 'anthropic/claude-sonnet-4-5-20250929'])
      assert.deepEqual(priced({ model, inputTokens: 1000 }, entry), [1_000_000, true]);
  });

  it('at one provider is no price at another', () => {
    const entry = { provider: 'azure', model: 'gpt-4o', prices: { input: 1, output: 1 } };
    assert.deepEqual(priced(gpt, entry), [3_500_000, true]);
    assert.deepEqual(priced({ ...gpt, provider: 'azure' }, entry), [1_100_000, true]);
  });

  it('that names the model most closely is taken, wherever it stands', () => {
    const entries = [
      { model: 'gpt-*', prices: { input: 1, output: 1 } },
      { model: 'gpt-4o', prices: { input: 3, output: 3 } },
      { model: 'gpt-4*', prices: { input: 2, output: 2 } },
    ];
    assert.deepEqual(priced(gpt, ...entries), [3_300_000, true]);
    assert.deepEqual(priced({ ...gpt, model: 'gpt-4.1' }, ...entries), [2_200_000, true]);
    assert.deepEqual(priced({ ...gpt, model: 'gpt-5' }, ...entries), [1_100_000, true]);
  });

  it('holds between its dates, to the millisecond; before and after, the list does', () => {
    const entries = [
      { model: 'gpt-4o', from: '2026-03-01', prices: { input: 2, output: 2 } },
      { model: 'gpt-4o', from: '2026-04-01', until: '2026-05-01', prices: { input: 1, output: 1 } },
    ];
    const when = (time: string) => priced({ ...gpt, at: Date.parse(time) }, ...entries)[0];
    assert.equal(when('2026-02-28T23:59:59.999Z'), 3_500_000);
    assert.equal(when('2026-03-01T00:00:00Z'), 2_200_000);
    assert.equal(when('2026-03-31T23:59:59.999Z'), 2_200_000);
    assert.equal(when('2026-04-01T00:00:00Z'), 1_100_000);
    assert.equal(when('2026-05-01T00:00:00Z'), 3_500_000);
  });

  it('is not exact for a call without a time if it has dates', () => {
    const entry = { model: 'gpt-4o', from: '2026-03-01', prices: { input: 1, output: 1 } };
    const { computed, computedExact } = priceCall(gpt, bookOf(entry));
    assert.deepEqual([computed, computedExact], [1_100_000, false]);
  });

  it('has tiers, fees, factors and hours', () => {
    const tiered = {
      model: 'gpt-4o',
      prices: { input: 1, output: 1 },
      tiers: [{ above: 999, prices: { input: 10 } }],
    };
    assert.deepEqual(priced({ ...gpt, inputTokens: 999 }, tiered), [1_099_000, true]);
    assert.deepEqual(priced(gpt, tiered), [10_100_000, true]);
    const fees = {
      model: 'gpt-4o',
      prices: { input: 1, output: 1 },
      perRequest: 0.5,
      perWebSearch: 0.25,
      perImage: 2,
    };
    assert.deepEqual(priced({ ...gpt, webSearches: 2, images: 3 }, fees), [1_100_000 + 7_000_000_000, true]);
    const factors = { model: 'gpt-4o', prices: { input: 1, output: 1 }, factors: { flex: 0.25 } };
    assert.deepEqual(priced({ ...gpt, tier: 'flex' }, factors), [275_000, true]);
    const hours = { model: 'my-ears', perHour: { audioInput: 0.36 } };
    assert.deepEqual(priced({ model: 'my-ears', audioInputSeconds: 10 }, hours), [1_000_000, true]);
  });

  it('keeps listed fees and factors that it does not name', () => {
    const entry = { model: 'gpt-5', prices: { input: 1, output: 1 } };
    const call = { ...gpt, model: 'gpt-5' };
    assert.deepEqual(priced({ ...call, tier: 'batch' }, entry), [550_000, true]);
    assert.deepEqual(priced({ ...call, webSearches: 1 }, entry), [1_100_000 + 10_000_000, true]);
  });

  it('is that of a listed model, each at its time, with its terms and where they are from', () => {
    const entry = { model: 'our-o3-*', sameAs: 'openai/o3', note: 'it is o3' };
    const call = { provider: 'azure', model: 'our-o3-eu', inputTokens: 1000, outputTokens: 100 };
    const when = (time: string, more: CallFigures = {}) =>
      priced({ ...call, at: Date.parse(time), ...more }, entry);
    // o3 cost 10 and 40 until 10 June 2025, then 2 and 8; a batch costs half.
    assert.deepEqual(when('2025-05-01T00:00:00Z'), [14_000_000, true]);
    assert.deepEqual(when('2026-05-01T00:00:00Z'), [2_800_000, true]);
    assert.deepEqual(when('2026-05-01T00:00:00Z', { tier: 'batch' }), [1_400_000, true]);
    const { source } = bookOf(entry).priceOf('azure', 'our-o3-eu', at)!;
    assert.equal(source?.kind, 'user');
    assert.equal(source?.listedAs, 'our-o3-*');
    assert.equal(source?.note, 'it is o3');
    assert.equal(source?.takenFrom?.listedAs, 'openai/o3');
  });

  it('takes the place of a list, between its dates', () => {
    const entry = { model: 'gpt-4o', from: '2026-03-01', until: '2026-04-01', sameAs: 'openai/gpt-4o-mini' };
    const when = (time: string) => priced({ ...gpt, at: Date.parse(time) }, entry)[0];
    assert.equal(when('2026-02-28T23:59:59.999Z'), 3_500_000);
    // 1,000 x 0.15 + 100 x 0.60, a million.
    assert.equal(when('2026-03-01T00:00:00Z'), 210_000);
    assert.equal(when('2026-04-01T00:00:00Z'), 3_500_000);
  });

  it('is listed with all others that there are, and when each holds', () => {
    const book = bookOf(
      { model: 'o3', from: '2026-01-01', until: '2026-02-01', prices: { input: 1, output: 1 } },
      { model: 'ours', from: '2025-01-01', sameAs: 'openai/o3' },
    );
    const cut = Date.parse('2025-06-10');
    const told = (model: string) =>
      book
        .periodsOf('openai', model)
        .map(({ rates, from, until }) => [rates.source?.kind, rates.input!.base / 1e6, from, until]);
    const listed = [
      ['correction', 10, undefined, cut],
      ['correction', 2, cut, undefined],
    ];
    assert.deepEqual(told('o3'), [
      ['user', 1, Date.parse('2026-01-01'), Date.parse('2026-02-01')],
      ...listed,
    ]);
    assert.deepEqual(told('ours'), [
      ['user', 10, Date.parse('2025-01-01'), cut],
      ['user', 2, cut, undefined],
    ]);
    assert.deepEqual(told('nobody-knows'), []);
    book.choose({ sets: { nevil: 'nevil-documented' } });
    assert.equal(book.periodsOf('openai', 'gpt-realtime')[0]?.importer, 'nevil');
  });

  it('changes the version of the book', () => {
    const versions = [1, 2].map((input) => bookOf({ model: 'x', prices: { input } }).version);
    assert.equal(new Set([...versions, bookOf().version]).size, 3);
  });
});

describe('prices that are refused', () => {
  const good = { model: 'gpt-4o', prices: { input: 1, output: 1 } };
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['no list', { 'gpt-4o': 1 }, /is to be a list/],
    ['no object', [5], /Entry 1 .*is to be an object/],
    ['an unknown key', [good, { ...good, model: 'b', price: 1 }], /Entry 2 \(b\).*there is no price/],
    ['an unknown price', [{ ...good, prices: { inputs: 1 } }], /there is no prices\.inputs/],
    ['an unknown factor', [{ ...good, factors: { slow: 1 } }], /there is no factors\.slow/],
    ['a negative rate', [{ ...good, prices: { input: -1 } }], /prices\.input is negative/],
    ['a rate as text', [{ ...good, prices: { input: '1' } }], /prices\.input is to be a number/],
    ['a rate of null', [{ ...good, perImage: null }], /perImage is to be a number/],
    ['a slip of a unit', [{ ...good, prices: { input: 2.5e9 } }], /more than 1000000/],
    ['no price', [{ model: 'gpt-4o' }], /names no price/],
    ['only a fee for searches', [{ model: 'gpt-4o', perWebSearch: 1 }], /names no price/],
    ['no model', [{ prices: { input: 1 } }], /model is to name a model/],
    ['a model that is everything', [{ ...good, model: '*' }], /fits everything/],
    ['a model that is everything twice', [{ ...good, model: ' **-* ' }], /fits everything/],
    ['too many stars', [{ ...good, model: 'a*b*c*d*e*f*g' }], /more than 5/],
    ['a day that is none', [{ ...good, from: '2026-02-30' }], /from is to be a date/],
    ['a date in words', [{ ...good, until: 'March 2026' }], /until is to be a date/],
    ['an end before the start', [{ ...good, from: '2026-03-01', until: '2026-03-01' }], /not after/],
    ['the same model twice', [good, good], /Entry 2 .*overlap those of entry 1/],
    [
      'two of one day',
      [
        { ...good, from: '2026-03-01' },
        { ...good, model: 'GPT-4o', from: '2026-03-01T00:00:00Z' },
      ],
      /Entry 2 .*overlap/,
    ],
    [
      'an end after the next start',
      [
        { ...good, until: '2026-04-01' },
        { ...good, from: '2026-03-31' },
      ],
      /Entry 2 .*overlap/,
    ],
    [
      'a tier without a price below',
      [{ ...good, tiers: [{ above: 1, prices: { cacheRead: 1 } }] }],
      /tiers\.prices\.cacheRead/,
    ],
    ['a tier above a fraction', [{ ...good, tiers: [{ above: 1.5, prices: { input: 1 } }] }], /whole number/],
    [
      'two tiers at one place',
      [
        {
          ...good,
          tiers: [
            { above: 1, prices: {} },
            { above: 1, prices: {} },
          ],
        },
      ],
      /two tiers/,
    ],
    [
      'a model that no list knows',
      [{ model: 'x', sameAs: 'antropic/claude-9' }],
      /no list has a price of antropic\/claude-9/,
    ],
    ['a model on a machine', [{ model: 'x', sameAs: 'ollama/llama3' }], /Entry 1 \(x\).*no list has a price/],
    [
      'a model that only another entry knows',
      [
        { model: 'x', sameAs: 'y' },
        { model: 'y', prices: { input: 1 } },
      ],
      /Entry 1 \(x\).*no list has a price of y/,
    ],
    [
      'a circle',
      [
        { model: 'y', prices: { input: 1 } },
        { model: 'x', sameAs: 'x' },
      ],
      /Entry 2 \(x\).*no list has a price of x/,
    ],
    [
      'another model beside prices',
      [{ ...good, sameAs: 'openai/gpt-4o' }],
      /sameAs takes.*prices is to be left out/,
    ],
    [
      'another model with factors',
      [{ model: 'x', sameAs: 'openai/gpt-4o', factors: {} }],
      /factors is to be left/,
    ],
    ['another model that is no text', [{ model: 'x', sameAs: 5 }], /sameAs is to be a text/],
    ['a blank note', [{ ...good, note: ' ' }], /note is to be a text/],
  ];
  for (const [name, value, reason] of wrong) {
    it(`for ${name}, with the entry and the reason`, () => {
      const { prices, problems } = parseUserPrices(value);
      assert.equal(prices.length, 0);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, reason);
    });
  }

  it('are each told', () => {
    const { problems } = parseUserPrices([{ model: '*' }, good, { model: 'b', prices: { input: 'x' } }]);
    assert.deepEqual(
      problems.map((problem) => problem.slice(0, 7)),
      ['Entry 1', 'Entry 3'],
    );
  });

  it('are not those of the same model at another provider, or in a row', () => {
    const entries = [good, { ...good, provider: 'azure' }, { ...good, from: '2026-03-01' }];
    assert.deepEqual(parseUserPrices(entries).problems, []);
  });
});
