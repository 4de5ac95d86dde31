import assert from 'node:assert/strict';
import { UserError } from '../../../src/shared/errors';
import { neighbour, summarySpan } from '../../../src/shared/summary';
import { changeText } from '../../../src/shared/summaryText';
import type { FirstDay } from '../../../src/shared/period';
import type { SummaryQuery } from '../../../src/shared/summary';

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
/** Instants of both periods, and whether the earlier one is only a part. */
const spans = (query: SummaryQuery, now: string, zone = 'UTC', firstDay: FirstDay = 'monday') => {
  const { since, until, isRunning, previous } = summarySpan(query, Date.parse(now), zone, firstDay);
  return [
    [iso(since), iso(until)],
    [iso(previous.since), iso(previous.until)],
    isRunning ? (previous.isPart ? 'part' : 'running') : 'over',
  ];
};

// 2025-11-05 is a Wednesday.
const now = '2025-11-05T22:30:00Z';

describe('the period of a summary', () => {
  const rows: readonly (readonly [string, SummaryQuery, string, ReturnType<typeof spans>, FirstDay?])[] = [
    [
      'today, against yesterday until the same time',
      { period: 'day' },
      'UTC',
      [['2025-11-05T00:00', '2025-11-06T00:00'], ['2025-11-04T00:00', '2025-11-04T22:30'], 'part'],
    ],
    [
      'today where it is tomorrow already',
      { period: 'day' },
      'Asia/Kathmandu',
      [['2025-11-05T18:15', '2025-11-06T18:15'], ['2025-11-04T18:15', '2025-11-04T22:30'], 'part'],
    ],
    [
      'this week from Monday',
      { period: 'week' },
      'UTC',
      [['2025-11-03T00:00', '2025-11-10T00:00'], ['2025-10-27T00:00', '2025-10-29T22:30'], 'part'],
    ],
    [
      'this week from Sunday',
      { period: 'week' },
      'UTC',
      [['2025-11-02T00:00', '2025-11-09T00:00'], ['2025-10-26T00:00', '2025-10-29T22:30'], 'part'],
      'sunday',
    ],
    [
      'this week from Saturday',
      { period: 'week' },
      'UTC',
      [['2025-11-01T00:00', '2025-11-08T00:00'], ['2025-10-25T00:00', '2025-10-29T22:30'], 'part'],
      'saturday',
    ],
    [
      'a week that has its own last day as the day in it',
      { period: 'week', of: '2025-06-08' },
      'UTC',
      [['2025-06-02T00:00', '2025-06-09T00:00'], ['2025-05-26T00:00', '2025-06-02T00:00'], 'over'],
    ],
    [
      'a month that is over',
      { period: 'month', of: '2025-03-31' },
      'UTC',
      [['2025-03-01T00:00', '2025-04-01T00:00'], ['2025-02-01T00:00', '2025-03-01T00:00'], 'over'],
    ],
    [
      'days of your own, against as many before them',
      { period: 'custom', from: '2025-06-10', to: '2025-06-12' },
      'UTC',
      [['2025-06-10T00:00', '2025-06-13T00:00'], ['2025-06-07T00:00', '2025-06-10T00:00'], 'over'],
    ],
    [
      'the day on which clocks go forward, of 23 hours',
      { period: 'day', of: '2025-03-30' },
      'Europe/Berlin',
      [['2025-03-29T23:00', '2025-03-30T22:00'], ['2025-03-28T23:00', '2025-03-29T23:00'], 'over'],
    ],
    [
      'the week after clocks went back, against one of 169 hours',
      { period: 'week', of: '2025-10-27' },
      'Europe/Berlin',
      [['2025-10-26T23:00', '2025-11-02T23:00'], ['2025-10-19T22:00', '2025-10-26T23:00'], 'over'],
    ],
    [
      // Havana has no midnight on 2025-03-09: its day begins at 01:00.
      'a day without its midnight',
      { period: 'day', of: '2025-03-09' },
      'America/Havana',
      [['2025-03-09T05:00', '2025-03-10T04:00'], ['2025-03-08T05:00', '2025-03-09T05:00'], 'over'],
    ],
  ];
  for (const [name, query, zone, expected, firstDay] of rows)
    it(name, () => assert.deepEqual(spans(query, now, zone, firstDay), expected));

  it('compares the 31st of a month with all of a shorter one', () => {
    assert.deepEqual(spans({ period: 'month' }, '2025-03-31T12:00:00Z'), [
      ['2025-03-01T00:00', '2025-04-01T00:00'],
      ['2025-02-01T00:00', '2025-03-01T00:00'],
      'running',
    ]);
    assert.equal(spans({ period: 'month' }, '2025-03-28T12:00:00Z')[2], 'part');
  });

  it('at the same time of the clock on a day after clocks changed', () => {
    // 09:00 in Berlin is 07:00 UTC on the 30th and 08:00 on the 29th.
    assert.deepEqual(spans({ period: 'day' }, '2025-03-30T07:00:00Z', 'Europe/Berlin')[1], [
      '2025-03-28T23:00',
      '2025-03-29T08:00',
    ]);
  });

  it('refuses what is no period', () => {
    const refuse = (query: SummaryQuery) =>
      assert.throws(() => summarySpan(query, Date.parse(now), 'UTC', 'monday'), UserError);
    refuse({ period: 'day', of: '2025-02-30' });
    refuse({ period: 'custom', from: '2025-06-02' });
    refuse({ period: 'custom', from: '2025-06-02', to: '2025-06-01' });
  });

  it('has neighbours of its kind that touch it, forth and back', () => {
    for (const firstDay of ['monday', 'sunday', 'saturday'] as const)
      for (const query of [
        { period: 'day', of: '2025-03-09' },
        { period: 'week', of: '2025-03-09' },
        { period: 'month', of: '2024-03-31' },
        { period: 'custom', from: '2025-03-08', to: '2025-03-10' },
      ] as const) {
        const of = (wanted: SummaryQuery) => summarySpan(wanted, Date.parse(now), 'America/Havana', firstDay);
        const span = of(query);
        const [before, after] = [of(neighbour(span, -1)), of(neighbour(span, 1))];
        assert.deepEqual([before.until, after.since], [span.since, span.until], query.period);
        assert.equal(before.since, span.previous.since);
        assert.equal(of(neighbour(after, -1)).since, span.since);
      }
  });

  it('tells a change by how much and by which share, where there is one', () => {
    const format = (value: number): string => `$${value}`;
    assert.deepEqual(
      [
        [6, 4],
        [4, 6],
        [4, 0],
        [4, 4],
        [0, 4],
        [101, 100],
      ].map(([now, before]) => changeText(now!, before!, format)),
      ['+$2 (+50%)', '-$2 (-33%)', '+$4', 'no change', '-$4 (-100%)', '+$1 (+1%)'],
    );
  });
});
