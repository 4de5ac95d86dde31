import assert from 'node:assert/strict';
import { difference, whatIfLine, whatIfSummary } from '../../../src/shared/whatIfText';
import { moneyFormat, usd } from '../../../src/shared/money';
import type { Alternative, WhatIf } from '../../../src/shared/whatIf';

const other = (compared: number, more: Partial<Alternative> = {}): Alternative => ({
  ...{ provider: 'openai', model: 'gpt-4o-mini', cost: compared, compared, exact: true },
  ...{ readsAsInput: false, writesAsInput: false, isUsed: false },
  ...more,
});
const answer = (more: Partial<WhatIf> = {}): WhatIf => ({
  ...{
    used: ['gpt-4o'],
    baseline: 1_240_000_000,
    calls: 3,
    unpricedCalls: 0,
    unknownCalls: 0,
    unknownCost: 0,
  },
  ...{ includedCalls: 0, exact: true, alternatives: [], leftOut: [] },
  ...more,
});

describe('what-if in words', () => {
  it('is one line for a note', () => {
    assert.equal(
      whatIfLine(answer(), other(70_000_000), usd),
      'Used gpt-4o: $1.24; on gpt-4o-mini the same tokens would have cost $0.07, 94 % less',
    );
  });

  it('says what it is not sure of, and what it leaves out', () => {
    const line = whatIfLine(answer({ unpricedCalls: 1 }), other(70_000_000, { exact: false }), usd);
    assert.match(line, /\$1\.24 \(without 1 call unpriced\); .* cost about \$0\.07,/);
    const nothing = whatIfLine(answer({ baseline: 0, used: [] }), other(70_000_000), usd);
    assert.equal(nothing, 'On gpt-4o-mini the tokens used would have cost $0.07');
    assert.equal(
      whatIfSummary(answer({ includedCalls: 1, unknownCalls: 2, leftOut: ['x'] }), usd),
      'gpt-4o: $1.24 in 3 calls · 1 included, at API prices · 2 without known tokens left out · 1 model without a price for what was used left out',
    );
  });

  it('tells of another currency at which rate, for a note is read long after', () => {
    const eur = moneyFormat({ code: 'EUR', perUsd: 0.5, asOf: '2026-11-01' });
    assert.equal(
      whatIfLine(answer(), other(70_000_000), eur),
      'Used gpt-4o: €0.62; on gpt-4o-mini the same tokens would have cost €0.035, 94 % less (EUR at 0.5 per USD, 2026-11-01)',
    );
    assert.equal(whatIfSummary(answer(), eur), 'gpt-4o: €0.62 in 3 calls · EUR at 0.5 per USD, 2026-11-01');
  });

  for (const [compared, expected] of [
    [1_240_000_000, 'the same'],
    [1_364_000_000, '10 % more'],
    [12_400_000_000, '900 % more'],
    [1_238_760_000, '0.1 % less'],
    [1_000, 'more than 99 % less'],
    [0, '100 % less'],
  ] as const)
    it(`is ${expected} at ${compared}`, () => assert.equal(difference(other(compared), answer()), expected));
});
