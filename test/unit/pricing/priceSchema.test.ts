import assert from 'node:assert/strict';
import schema from '../../../media/prices.schema.json';
import { contributes } from '../../../package.json';
import { parseUserPrices } from '../../../src/pricing/parseUserPrices';

describe('the schema of traceLedger.prices', () => {
  const { items } = contributes.configuration.properties['traceLedger.prices'];

  it('offers only snippets that are taken', () => {
    const bodies = JSON.stringify(items.defaultSnippets.map(({ body }) => body))
      .replace(/"\^\$\{\d:([\d.]+)\}"/g, '$1')
      .replace(/\$\{\d:([^}]*)\}/g, '$1');
    assert.deepEqual(parseUserPrices(JSON.parse(bodies)).problems, []);
  });

  it('is that of a file of prices, too', () => {
    assert.deepEqual(schema.properties.prices.items, items);
  });

  it('has every key that is read, and no other', () => {
    const { properties } = items;
    const full = {
      ...{ provider: 'x', model: 'm', from: '2026-01-01', until: '2026-02-01', source: 's', note: 'n' },
      prices: Object.fromEntries(Object.keys(properties.prices.properties).map((name) => [name, 1])),
      perHour: Object.fromEntries(Object.keys(properties.perHour.properties).map((name) => [name, 1])),
      factors: Object.fromEntries(Object.keys(properties.factors.properties).map((name) => [name, 1])),
      tiers: [
        {
          above: 1,
          prices: Object.fromEntries(
            Object.keys(properties.tiers.items.properties.prices.properties).map((name) => [name, 1]),
          ),
        },
      ],
      ...{ perRequest: 1, perWebSearch: 1, perImage: 1 },
    };
    assert.deepEqual([...Object.keys(full), 'sameAs'].sort(), Object.keys(properties).sort());
    const alias = { provider: 'x', model: 'm', sameAs: 'openai/gpt-4o', source: 's', note: 'n' };
    assert.deepEqual(parseUserPrices([alias]).problems, []);
    assert.deepEqual(parseUserPrices([full]).problems, []);
    const told = parseUserPrices([{ ...full, stray: 1 }]).problems[0]!;
    for (const name of Object.keys(properties)) assert.ok(told.includes(name), name);
  });
});
