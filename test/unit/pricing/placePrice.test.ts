import assert from 'node:assert/strict';
import { listedModels } from '../../../src/pricing/listedModels';
import { placePrice } from '../../../src/pricing/placePrice';
import { createPriceBook, isListed } from '../../../src/pricing/prices';

const price = (input: number, more: object = {}) => ({ model: 'ours', prices: { input }, ...more });

describe('a price that is put among those of the setting', () => {
  it('comes last, or in place of that of the same model, provider and first day, however these are spelled', () => {
    const other = price(1, { model: 'other' });
    assert.deepEqual(placePrice(undefined, price(2)), { prices: [price(2)], problems: [] });
    assert.deepEqual(placePrice([price(1), other], price(2)).prices, [price(2), other]);
    assert.deepEqual(placePrice([price(1, { model: 'OURS' }), other], price(2)).prices, [price(2), other]);
    const azure = price(1, { provider: 'azure_openai' });
    assert.deepEqual(placePrice([azure], price(2)).prices, [azure, price(2)]);
    assert.deepEqual(placePrice([azure], price(2, { provider: 'azure' })).prices, [
      price(2, { provider: 'azure' }),
    ]);
    const march = price(1, { from: '2026-03-01' });
    assert.deepEqual(placePrice([march], price(2)).prices, [march, price(2)]);
    assert.deepEqual(placePrice([march], price(2, { from: '2026-03-01T00:00:00Z' })).prices.length, 1);
  });

  it('is refused with the reason where it or another is wrong', () => {
    assert.match(
      placePrice([], { model: 'ours', sameAs: 'nobody/knows' }).problems.join(),
      /no list has a price/,
    );
    assert.match(placePrice([{ model: '*' }], price(1)).problems.join(), /Entry 1 .*names no price/);
    const until = price(1, { until: '2026-05-01' });
    assert.match(placePrice([until], price(2, { from: '2026-03-01' })).problems.join(), /overlap/);
  });
});

describe('listed models', () => {
  const all = listedModels(createPriceBook());

  it('are hundreds, each with a price, and each can be named by an entry', () => {
    assert.ok(all.length > 300, String(all.length));
    assert.deepEqual(
      all.filter(({ name, rates }) => rates.length === 0 || !isListed(name)).map(({ name }) => name),
      [],
    );
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
    const sonnet = all.find(({ name }) => name === 'anthropic/claude-sonnet-4-5');
    assert.deepEqual(
      sonnet?.rates
        .filter(({ over }) => over === undefined)
        .slice(0, 1)
        .map(({ usd }) => usd),
      [3],
    );
  });
});
