import assert from 'node:assert/strict';
import * as words from '../../../../src/host/status/statusText';
import { usd } from '../../../../src/shared/money';
import type { LiveFigures, LiveStatus } from '../../../../src/shared/statusApi';

const figures = (fields: Partial<LiveFigures> = {}): LiveFigures => ({
  ...{ cost: 120_000_000, tokens: 1234, calls: 7, unpricedCalls: 0, inexactCalls: 0, includedCalls: 0 },
  ...fields,
});
const { levelOf } = words;
const costWord = (some: LiveFigures): string => words.costWord(some, usd);
const statusText = (format: string, some: LiveStatus): string => words.statusText(format, some, usd);
const spokenStatus = (some: LiveStatus, level: words.StatusLevel, inWorkspace: boolean): string =>
  words.spokenStatus(some, level, inWorkspace, usd);
const session = { key: 'k', id: 's', lastAt: 0, ...figures({ cost: 1_450_000_000 }) };
const standard = 'Tokens: ${tokens} | Cost: ${cost} | Session: ${session}';
const status = (fields: Partial<LiveStatus> = {}): LiveStatus => ({
  ...{ total: figures(), models: [], session },
  ...fields,
});

describe('the text of the status bar', () => {
  it('is as designed', () =>
    assert.equal(statusText(standard, status()), 'Tokens: 1,234 | Cost: $0.12 | Session: $1.45'));

  it('leaves a part out that has nothing to show', () => {
    const { total, models } = status();
    assert.equal(statusText(standard, { total, models }), 'Tokens: 1,234 | Cost: $0.12');
    assert.equal(statusText('${session}', { total, models }), 'Trace Ledger');
  });

  it('shows what is no placeholder as it is', () =>
    assert.equal(
      statusText('$(graph) ${calls} of ${nothing} ${toString} ${}', status()),
      '$(graph) 7 of ${nothing} ${toString} ${}',
    ));

  it('is short where figures are large', () =>
    assert.equal(statusText('${tokens}', status({ total: figures({ tokens: 123_456_789 }) })), '123M'));

  it('says that a cost is not whole', () => {
    assert.equal(costWord(figures({ unpricedCalls: 3 })), 'at least $0.12');
    assert.equal(costWord(figures({ cost: 0, unpricedCalls: 7 })), 'unpriced');
    assert.equal(costWord(figures({ cost: 0, calls: 0 })), '$0');
  });

  it('is spoken in words, with the state that colour shows', () => {
    const some = status({ total: figures({ unpricedCalls: 1 }) });
    assert.equal(
      spokenStatus(some, 'warning', true),
      'Trace Ledger: today in this workspace at least $0.12, 1,234 tokens; 1 call unpriced; this session $1.45; ' +
        'warning: the cost of the day has reached its first limit',
    );
    const none = { total: figures({ calls: 0 }), models: [] };
    assert.equal(spokenStatus(none, 'normal', false), 'Trace Ledger: today no calls');
  });

  it('warns from the first limit on and alerts above the second', () => {
    const level = (amount: number, limits = { warning: 1, alert: 5 }) =>
      levelOf({ cost: amount * 1e9 }, limits);
    assert.deepEqual(
      [0, 0.999999999, 1, 5, 5.000000001].map((amount) => level(amount)),
      ['normal', 'normal', 'warning', 'warning', 'alert'],
    );
    assert.equal(level(9, { warning: 1, alert: 0 }), 'warning');
    assert.equal(level(9, { warning: 0, alert: 0 }), 'normal');
  });
});
