import assert from 'node:assert/strict';
import { costLabel, moneyFormat, usd } from '../../../src/shared/money';

const eur = moneyFormat({ code: 'EUR', perUsd: 0.92, asOf: '2026-11-01' });
const at = (code: string, perUsd: number) => moneyFormat({ code, perUsd }).format;

const table = (
  name: string,
  say: (nano: number) => string,
  rows: readonly (readonly [nano: number, said: string])[],
): void => {
  describe(name, () => {
    for (const [nano, said] of rows) it(`${nano} is ${said}`, () => assert.equal(say(nano), said));
  });
};

table('an amount in US dollars', usd.format, [
  [0, '$0'],
  [1, '$0.000000001'],
  [14, '$0.000000014'],
  [120_000, '$0.00012'],
  [123_456, '$0.00012'],
  [6_000_000, '$0.006'],
  [45_678_000, '$0.046'],
  [99_600_000, '$0.10'],
  [100_000_000, '$0.10'],
  [123_400_000, '$0.123'],
  [500_000_000, '$0.50'],
  [999_600_000, '$1.00'],
  [12_340_000_000, '$12.34'],
  [12_345_678_901, '$12.35'],
  [999_994_000_000, '$999.99'],
  [999_996_000_000, '$1,000'],
  [1_234_499_999_999, '$1,234'],
  [-1_500_000_000, '-$1.50'],
  [-120_000, '-$0.00012'],
  [9_007_199_254_740_991, '$9,007,199'],
]);

table('an exact amount in US dollars', usd.exact, [
  [0, '$0'],
  [1, '$0.000000001'],
  [6_000_000, '$0.006'],
  [1_234_000_000_001, '$1,234.000000001'],
  [1_000_000_000_000, '$1,000'],
  [-1_234_500_000_000, '-$1,234.5'],
]);

// Worked out by hand: nano-dollars / 1e9 x rate.
table('an amount in euros at 0.92', eur.format, [
  [0, '€0'],
  [1, '€0.00000000092'],
  [120_000, '€0.00011'],
  [100_000_000, '€0.092'],
  [1_000_000_000, '€0.92'],
  [12_340_000_000, '€11.35'],
  [-1_500_000_000, '-€1.38'],
  [1_086_950_000_000, '€999.99'],
  [1_086_956_521_739, '€1,000'],
  [2_500_000_000_000, '€2,300'],
  [9_007_199_254_740_991, '€8,286,623'],
]);

table('an amount in yen, which have no cents, at 149.5', at('JPY', 149.5), [
  [0, '¥0'],
  [100_000, '¥0.015'],
  [10_000_000, '¥1.5'],
  [500_000_000, '¥74.8'],
  [1_000_000_000, '¥150'],
  [12_340_000_000, '¥1,845'],
  [-12_340_000_000, '-¥1,845'],
]);

table('an amount in dinars, which have a thousand fils, at 0.3075', at('KWD', 0.3075), [
  [0, 'KWD\u00a00'],
  [1_000_000, 'KWD\u00a00.00031'],
  [100_000_000, 'KWD\u00a00.0308'],
  [1_000_000_000, 'KWD\u00a00.308'],
  [12_340_000_000, 'KWD\u00a03.795'],
  [4_000_000_000_000, 'KWD\u00a01,230'],
]);

table('an amount in dong at 25345.5', at('VND', 25_345.5), [
  [1_000, '₫0.025'],
  [9_007_199_254_740_991, '₫228,291,968,711'],
]);

// 1.005, of which a binary fraction is a little less.
table('the half of a cent', at('EUR', 1.5), [[670_000_000, '€1.01']]);

table('an exact amount beside euros', eur.exact, [
  [0, '$0'],
  [123_456_789, '$0.123456789 ≈ €0.114'],
  [-1_500_000_000, '-$1.5 ≈ -€1.38'],
]);

table('a difference', usd.signed, [
  [-1_170_000_000, '-$1.17'],
  [30_000_000, '+$0.03'],
  [0, '$0'],
]);
table('a difference in euros', eur.signed, [
  [-1_170_000_000, '-€1.08'],
  [30_000_000, '+€0.028'],
  [0, '€0'],
]);

describe('an amount in any currency', () => {
  const digits = (text: string) => text.replace(/[^\d.-]/g, '');
  /** In 1e-30 of a unit. */
  const whole = (text: string): bigint => {
    const [before = '', after = ''] = text.split('.');
    return BigInt(before + after.padEnd(30, '0'));
  };

  it('is off by no more than half of its last digit', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let i = 0; i < 400; i++) {
      const nano = Math.floor(10 ** (random() * 15));
      const micro = Math.floor(10 ** (1 + random() * 9));
      for (const code of ['EUR', 'JPY', 'KWD']) {
        const text = digits(at(code, micro / 1e6)(nano));
        const exact = BigInt(nano) * BigInt(micro) * 10n ** 15n;
        // Digits after the point are at least as many as are shown: zeros at the end are left out.
        const places = text.split('.')[1]?.length ?? 0;
        const off = whole(text) - exact;
        const step = 10n ** BigInt(30 - places);
        assert.ok((off < 0n ? -off : off) * 2n <= step, `${nano} at ${micro / 1e6}: ${text}`);
        // Two digits at the least, unless what is left out are zeros.
        const shown = text.replace('.', '').replace(/^0+/, '');
        assert.ok(shown.length >= 2 || (off < 0n ? -off : off) * 20n <= step, text);
      }
    }
  });

  it('is converted as a sum, not as a sum of what is shown', () => {
    // Three times €0.0046 would be €0.0138; each shown in whole yen would be nothing.
    assert.equal(eur.format(3 * 5_000_000), '€0.014');
    assert.equal(at('JPY', 150)(1_000 * 1_000), '¥0.15');
  });
});

describe('the note on a currency', () => {
  it('tells rate and day', () => {
    assert.equal(eur.note, 'EUR at 0.92 per USD, 2026-11-01');
    assert.equal(moneyFormat({ code: 'VND', perUsd: 25_345.5 }).note, 'VND at 25,345.5 per USD');
    assert.equal(moneyFormat({ code: 'XAU', perUsd: 0.00025 }).note, 'XAU at 0.00025 per USD');
  });
  it('is none for US dollars', () => assert.equal(usd.note, ''));
});

describe('marks of an axis', () => {
  const said = (marks: readonly number[], money = eur) => marks.map((mark) => money.mark(mark, marks));
  it('are whole where all are', () => assert.deepEqual(said([0, 500, 1_000]), ['€0', '€500', '€1,000']));
  it('have cents where one needs them', () =>
    assert.deepEqual(said([0, 0.5, 1, 1.5]), ['€0', '€0.50', '€1.00', '€1.50']));
  it('are in units of the currency', () => {
    assert.equal(eur.units(2_500_000_000), 2.3);
    assert.equal(usd.units(2_500_000_000), 2.5);
    assert.deepEqual(said([0, 20_000], moneyFormat({ code: 'JPY', perUsd: 150 })), ['¥0', '¥20,000']);
  });
});

describe('costLabel', () => {
  const whole = { cost: 12_340_000_000, calls: 9, unpricedCalls: 0, inexactCalls: 0, includedCalls: 0 };
  it('is the cost where it is whole', () => assert.equal(costLabel(whole, usd.format), '$12.34'));
  it('says what is missing', () => {
    assert.equal(costLabel({ ...whole, unpricedCalls: 3 }, usd.format), '$12.34 · 3 calls unpriced');
    assert.equal(costLabel({ ...whole, unpricedCalls: 1 }, usd.format), '$12.34 · 1 call unpriced');
    assert.equal(
      costLabel({ ...whole, inexactCalls: 2, includedCalls: 4 }, usd.format),
      '$12.34 · 2 inexact · 4 included',
    );
  });
  it('never says $0 for calls of which none has a price', () => {
    assert.equal(
      costLabel({ ...whole, cost: 0, calls: 2, unpricedCalls: 2 }, usd.format),
      '2 calls unpriced',
    );
  });
  it('is $0 where there are no calls', () =>
    assert.equal(costLabel({ ...whole, cost: 0, calls: 0 }, usd.format), '$0'));
  it('is in the currency that it is asked for', () => {
    assert.equal(costLabel({ ...whole, unpricedCalls: 3 }, eur.format), '€11.35 · 3 calls unpriced');
    assert.equal(costLabel({ ...whole, inexactCalls: 1 }, eur.exact), '$12.34 ≈ €11.35 · 1 inexact');
  });
});
