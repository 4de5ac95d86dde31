import assert from 'node:assert/strict';
import { tooltipText } from '../../../../src/host/status/tooltipText';
import { usd } from '../../../../src/shared/money';
import type { LiveFigures, LiveStatus } from '../../../../src/shared/statusApi';

const figures = (cost: number, fields: Partial<LiveFigures> = {}): LiveFigures => ({
  ...{ cost: cost * 1e9, tokens: 1000, calls: 10, unpricedCalls: 0, inexactCalls: 0, includedCalls: 0 },
  ...fields,
});

const budget: NonNullable<LiveStatus['budget']> = {
  budget: { name: 'Shop | [x](command:evil)\nsecond', limit: 50e9, period: 'month', of: {} },
  ...{ start: 0, end: 1, spent: 41.2e9, calls: 7, unpricedCalls: 0, atEnd: 60e9 },
  usedUpAt: Date.UTC(2026, 5, 24, 10),
};

/** The dearest first. */
const models = Array.from({ length: 11 }, (_, i) => ({ ...figures(11 - i), model: `model-${i + 1}` }));

const text = (status: Partial<LiveStatus>, limits = { warning: 1, alert: 5 }): string =>
  tooltipText(
    {
      ...{ inWorkspace: false, zone: 'UTC', money: usd },
      figures: { total: figures(66, { calls: 110 }), models: [], ...status },
    },
    limits,
  );

describe('the tooltip of the status bar', () => {
  it('has the eight dearest models, and says how many others there are', () => {
    const rows = text({ models })
      .split('\n')
      .filter((line) => line.startsWith('| '));
    assert.equal(rows.length, 2 + 8 + 1);
    assert.equal(rows[2], '| model-1 | $11.00 | 10 | 1,000 |');
    assert.equal(rows[9], '| model-8 | $4.00 | 10 | 1,000 |');
    assert.match(rows[10]!, /^\| 3 others in the cost panel \|/);
    assert.match(text({ models: models.slice(0, 9) }), /^\| 1 other in the cost panel \|/m);
    assert.doesNotMatch(text({ models: models.slice(0, 8) }), /in the cost panel/);
  });

  it('has the budget that is used up most, whose name is no Markdown', () => {
    const [line = ''] = text({ budget })
      .split('\n')
      .filter((one) => one.startsWith('**Budget**'));
    assert.ok(line.includes('$41.20 of $50.00 this month (82 %), used up at 2026-06-24 10:00 at this rate'));
    assert.ok(!line.includes('[x](command:evil)'));
    assert.ok(line.includes('second'));
    assert.doesNotMatch(text({}), /Budget/);
  });

  it('says from where on it warns', () => {
    assert.match(text({}), /^It shows a warning from \$1\.00 a day, an alert above \$5\.00\.$/m);
    assert.match(text({}, { warning: 0, alert: 5 }), /^It shows an alert above \$5\.00\.$/m);
    assert.doesNotMatch(text({}, { warning: 0, alert: 0 }), /It shows/);
  });
});
