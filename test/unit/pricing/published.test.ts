import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { calls } from '../../fixtures/pricing/published.json';
import { priceCall } from '../../../src/pricing/cost';
import { createPriceBook } from '../../../src/pricing/prices';
import type { CallFigures } from '../../../src/pricing/cost';

/** Test that prices agree with those that vendors published; see the fixture for where each was seen. */
const book = createPriceBook();
const kinds = 'plain cached 1h tier dated audio batch flex priority fast prefixed regional searches images';

describe('published prices', () => {
  it('are of at least 200 calls and 60 models, of every kind, each with its source', () => {
    assert.ok(calls.length >= 200);
    assert.ok(new Set(calls.map(({ model }) => model.split(/[/:]/).at(-1))).size >= 60);
    assert.deepEqual([...new Set(calls.map(({ kind }) => kind))].sort(), kinds.split(' ').sort());
    for (const { name, source, seen } of calls)
      assert.ok(source.length > 10 && /^\d{4}-\d\d-\d\d$/.test(seen), name);
  });

  it('are multiplied as written', () => {
    execFileSync('python3', ['test/support/work_out_prices.py', '--check']);
  });

  for (const { name, usage, at, nano, ...row } of calls) {
    it(`of ${name}`, () => {
      const call: CallFigures = {
        ...usage,
        ...('provider' in row ? { provider: row.provider } : {}),
        at: Date.parse(at),
        model: row.model,
        ...('tier' in row ? { tier: row.tier } : {}),
        ...('webSearches' in row ? { webSearches: row.webSearches } : {}),
      };
      const priced = priceCall(call, book);
      assert.deepEqual([priced.computed, priced.computedExact], [nano, true]);
    });
  }
});
