import assert from 'node:assert/strict';
import { periodAt } from '../../../src/budgets/periods';
import type { BudgetPeriod } from '../../../src/shared/alerts';
import type { FirstDay } from '../../../src/shared/period';

const hour = 3_600_000;
const utc = (iso: string): number => Date.parse(`${iso}Z`);

/** At, period, zone, first day of the week; start and end in UTC, length in hours: from the zones' published rules. */
const cases: readonly (readonly [string, BudgetPeriod, string, FirstDay, string, string, number])[] = [
  // Clocks go forward at 01:00 UTC on 2026-03-29, back at 01:00 UTC on 2026-10-25.
  ['2026-03-29T10:00', 'day', 'Europe/Berlin', 'monday', '2026-03-28T23:00', '2026-03-29T22:00', 23],
  ['2026-10-25T10:00', 'day', 'Europe/Berlin', 'monday', '2026-10-24T22:00', '2026-10-25T23:00', 25],
  ['2026-03-29T22:00', 'day', 'Europe/Berlin', 'monday', '2026-03-29T22:00', '2026-03-30T22:00', 24],
  ['2026-03-29T21:59', 'week', 'Europe/Berlin', 'monday', '2026-03-22T23:00', '2026-03-29T22:00', 167],
  ['2026-03-29T21:59', 'week', 'Europe/Berlin', 'sunday', '2026-03-28T23:00', '2026-04-04T22:00', 167],
  ['2026-03-29T21:59', 'week', 'Europe/Berlin', 'saturday', '2026-03-27T23:00', '2026-04-03T22:00', 167],
  ['2026-10-31T22:59', 'month', 'Europe/Berlin', 'monday', '2026-09-30T22:00', '2026-10-31T23:00', 745],
  // Forward at 07:00 UTC on 2026-03-08, back at 06:00 UTC on 2026-11-01.
  ['2026-03-08T12:00', 'day', 'America/New_York', 'monday', '2026-03-08T05:00', '2026-03-09T04:00', 23],
  ['2026-11-01T12:00', 'day', 'America/New_York', 'monday', '2026-11-01T04:00', '2026-11-02T05:00', 25],
  ['2026-11-01T03:59', 'month', 'America/New_York', 'monday', '2026-10-01T04:00', '2026-11-01T04:00', 744],
  // Half an hour: back at 15:00 UTC on 2026-04-04, forward at 15:30 UTC on 2026-10-03.
  ['2026-04-05T00:00', 'day', 'Australia/Lord_Howe', 'monday', '2026-04-04T13:00', '2026-04-05T13:30', 24.5],
  ['2026-10-04T00:00', 'day', 'Australia/Lord_Howe', 'monday', '2026-10-03T13:30', '2026-10-04T13:00', 23.5],
  [
    '2026-10-04T00:00',
    'week',
    'Australia/Lord_Howe',
    'monday',
    '2026-09-27T13:30',
    '2026-10-04T13:00',
    167.5,
  ],
];

describe('the period of a budget', () => {
  for (const [at, period, zone, weekStart, start, end, hours] of cases)
    it(`${period} at ${at} in ${zone}, weeks from ${weekStart}`, () => {
      const span = periodAt(utc(at), period, zone, weekStart);
      assert.deepEqual([span.start, span.end], [utc(start), utc(end)]);
      assert.equal((span.end - span.start) / hour, hours);
    });

  it('is named by its first day', () =>
    assert.equal(
      periodAt(utc('2026-04-05T00:00'), 'day', 'Australia/Lord_Howe', 'monday').firstDay,
      '2026-04-05',
    ));
});
