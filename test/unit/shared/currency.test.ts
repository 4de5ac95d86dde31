import assert from 'node:assert/strict';
import { parseCurrency } from '../../../src/shared/currency';

describe('parseCurrency', () => {
  const eur = { code: 'EUR', perUsd: 0.92, asOf: '2026-11-01' };

  it('takes a code, a rate and its day', () => assert.deepEqual(parseCurrency(eur), { currency: eur }));

  it('takes nothing and US dollars for US dollars', () => {
    for (const none of [null, undefined, { ...eur, code: 'USD', perUsd: 1 }])
      assert.deepEqual(parseCurrency(none), {});
  });

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['EUR', /an object/],
    [[eur], /an object/],
    [{}, /"code" has to be/],
    [{ ...eur, code: 'eur' }, /"code" has to be/],
    [{ ...eur, code: 'QQQ' }, /"code" has to be/],
    [{ ...eur, code: 7 }, /"code" has to be/],
    [{ ...eur, perUsd: '0.92' }, /"perUsd" has to be .* how much EUR one US dollar is/],
    [{ ...eur, perUsd: 0 }, /"perUsd" has to be/],
    [{ ...eur, perUsd: -1 }, /"perUsd" has to be/],
    [{ ...eur, perUsd: NaN }, /"perUsd" has to be/],
    [{ ...eur, perUsd: 1e-9 }, /"perUsd" has to be/],
    [{ ...eur, perUsd: 1e12 }, /"perUsd" has to be/],
    [{ code: 'EUR', perUsd: 1 }, /"asOf" has to be/],
    [{ ...eur, asOf: '2026-11-31' }, /"asOf" has to be/],
    [{ ...eur, asOf: 'today' }, /"asOf" has to be/],
    [{ ...eur, rate: 1 }, /There is no "rate" in it/],
    [{ ...eur, code: 'USD' }, /worth one/],
  ];
  for (const [value, why] of wrong)
    it(`refuses ${JSON.stringify(value)} and says why`, () => {
      const { currency, problem } = parseCurrency(value);
      assert.equal(currency, undefined);
      assert.match(problem ?? '', why);
    });
});
