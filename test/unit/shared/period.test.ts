import assert from 'node:assert/strict';
import { UserError } from '../../../src/shared/errors';
import { autoInterval, buckets, isZone, parseWhen, resolvePeriod, slotOf } from '../../../src/shared/period';
import type { Period } from '../../../src/shared/protocol';

const utc = (text: string): number => Date.parse(text);
const berlin = 'Europe/Berlin';
const now = utc('2025-11-05T22:30:00Z'); // 23:30 on the 5th in Berlin

describe('resolvePeriod', () => {
  const rows: readonly (readonly [Period, string, string])[] = [
    ['today', '2025-11-04T23:00:00Z', '2025-11-05T23:00:00Z'],
    // The clocks went back on October 26, so that one of the 30 days has 25 hours.
    ['7d', '2025-10-29T23:00:00Z', '2025-11-05T23:00:00Z'],
    ['30d', '2025-10-06T22:00:00Z', '2025-11-05T23:00:00Z'],
    ['90d', '2025-08-07T22:00:00Z', '2025-11-05T23:00:00Z'],
    ['year', '2024-12-31T23:00:00Z', '2025-11-05T23:00:00Z'],
  ];
  for (const [period, since, until] of rows) {
    it(`${period} in calendar days of the zone`, () => {
      assert.deepEqual(resolvePeriod(period, undefined, undefined, now, berlin), {
        since: utc(since),
        until: utc(until),
      });
    });
  }

  it('knows that it is tomorrow elsewhere', () => {
    assert.equal(
      resolvePeriod('today', undefined, undefined, now, 'Asia/Tokyo').since,
      utc('2025-11-05T15:00:00Z'),
    );
  });

  it('all is open at both ends', () => {
    assert.deepEqual(resolvePeriod('all', '2025-01-01', undefined, now, berlin), {});
  });

  it('custom includes both days', () => {
    assert.deepEqual(resolvePeriod('custom', '2025-03-30', '2025-03-30', now, berlin), {
      since: utc('2025-03-29T23:00:00Z'),
      until: utc('2025-03-30T22:00:00Z'),
    });
    assert.deepEqual(resolvePeriod('custom', undefined, '2025-03-30', now, 'UTC'), {
      until: utc('2025-03-31'),
    });
  });

  for (const text of ['2025-02-30', 'yesterday', '2025-W05']) {
    it(`refuses ${text} with a sentence`, () => {
      assert.throws(() => resolvePeriod('custom', text, undefined, now, berlin), UserError);
    });
  }
});

describe('buckets of weeks', () => {
  it('begin on the first day that is set, also where it has no midnight', () => {
    const labels = (firstDay: 'monday' | 'sunday' | 'saturday', zone = 'UTC'): string[] =>
      buckets(utc('2025-03-05T12:00Z'), utc('2025-03-12T12:00Z'), 'week', zone, firstDay).map(
        ({ label }) => label,
      );
    assert.deepEqual(labels('monday'), ['2025-03-03', '2025-03-10']);
    assert.deepEqual(labels('sunday'), ['2025-03-02', '2025-03-09']);
    assert.deepEqual(labels('saturday'), ['2025-03-01', '2025-03-08']);
    const [, second] = buckets(
      ...([utc('2025-03-05T12:00Z'), utc('2025-03-12T12:00Z'), 'week'] as const),
      'America/Havana',
      'sunday',
    );
    assert.equal(second!.start, utc('2025-03-09T05:00Z'));
  });
});

describe('buckets', () => {
  const starts = (...args: Parameters<typeof buckets>) =>
    buckets(...args).map(({ start }) => new Date(start).toISOString());

  it('has no gaps over a change of clocks, and days of 23 hours', () => {
    const found = buckets(utc('2025-03-29T00:00:00Z'), utc('2025-03-31T12:00:00Z'), 'day', berlin);
    assert.deepEqual(
      found.map(({ label }) => label),
      ['2025-03-29', '2025-03-30', '2025-03-31'],
    );
    assert.deepEqual(
      found.map(({ start, end }) => (end - start) / 3_600_000),
      [24, 23, 24],
    );
    found.slice(1).forEach(({ start }, i) => assert.equal(start, found[i]?.end));
  });

  it('tells the two hours apart that have one name', () => {
    const labels = buckets(utc('2025-10-26T00:00:00Z'), utc('2025-10-26T02:00:00Z'), 'hour', berlin).map(
      ({ label }) => label,
    );
    assert.deepEqual(labels, ['2025-10-26 02:00', '2025-10-26 02:00 +01:00']);
  });

  it('begins days at 01:00 where there is no midnight', () => {
    assert.deepEqual(
      starts(utc('2018-11-03T12:00:00Z'), utc('2018-11-05T12:00:00Z'), 'day', 'America/Sao_Paulo'),
      ['2018-11-03T03:00:00.000Z', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
    );
  });

  it('begins weeks on Monday and months on the first', () => {
    assert.deepEqual(starts(utc('2025-06-04'), utc('2025-06-10'), 'week', 'UTC'), [
      '2025-06-02T00:00:00.000Z',
      '2025-06-09T00:00:00.000Z',
    ]);
    assert.deepEqual(
      buckets(utc('2025-01-31'), utc('2025-03-01'), 'month', 'UTC').map(({ label }) => label),
      ['2025-01', '2025-02'],
    );
  });

  it('leaves the end out', () => {
    assert.equal(buckets(utc('2025-06-01'), utc('2025-06-02'), 'day', 'UTC').length, 1);
    assert.equal(buckets(utc('2025-06-01'), utc('2025-06-01'), 'day', 'UTC').length, 0);
  });
});

describe('autoInterval', () => {
  const days = (count: number) => autoInterval(0, count * 86_400_000);
  it('keeps the number of bars readable', () => {
    assert.deepEqual([1, 7, 92, 365, 2000].map(days), ['hour', 'day', 'day', 'week', 'month']);
  });
});

describe('parseWhen', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['2025-06-30', '2025-06-29T22:00:00.000Z'],
    ['2025-06-30T14:00', '2025-06-30T12:00:00.000Z'],
    ['2025-06-30 14:00:05', '2025-06-30T12:00:05.000Z'],
    ['2025-06-30T14:00:00Z', '2025-06-30T14:00:00.000Z'],
    ['2025-06-30T14:00:00-05:00', '2025-06-30T19:00:00.000Z'],
    ['7d', '2025-10-29T22:30:00.000Z'],
    ['24h', '2025-11-04T22:30:00.000Z'],
  ];
  for (const [text, iso] of rows) {
    it(text, () => assert.equal(new Date(parseWhen(text, now, berlin)).toISOString(), iso));
  }
  for (const text of ['', 'soon', '7', '7w', '2025', '12:30', '2025-13-01', '2025-06-30T25:00']) {
    it(`refuses "${text}" with a sentence`, () =>
      assert.throws(() => parseWhen(text, now, berlin), UserError));
  }
});

describe('zones and slots', () => {
  it('knows IANA names', () => {
    assert.deepEqual(['Europe/Berlin', 'UTC', 'Mars/Base', ''].map(isZone), [true, true, false, false]);
  });
  it('counts quarter hours', () => assert.deepEqual([0, 899_999, 900_000].map(slotOf), [0, 0, 1]));
});
