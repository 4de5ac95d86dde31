import assert from 'node:assert/strict';
import { intervalFor } from '../../../../src/host/panel/panelInterval';

const day = 86_400_000;

describe('intervalFor', () => {
  const cases: readonly (readonly [
    string,
    Parameters<typeof intervalFor>,
    ReturnType<typeof intervalFor>,
  ])[] = [
    ['keeps what was chosen', ['hour', { since: 0, until: 30 * day }], 'hour'],
    ['takes days where hours would be more than 1,500 bars', ['hour', { since: 0, until: 63 * day }], 'day'],
    [
      'takes months where weeks would be too many as well',
      ['hour', { since: 0, until: 40_000 * day }],
      'month',
    ],
    ['does not go below what was chosen', ['week', { since: 0, until: day }], 'week'],
    ['shows two days by the hour on its own', ['auto', { since: 0, until: 2 * day }], 'hour'],
    ['shows a month by the day on its own', ['auto', { since: 0, until: 30 * day }], 'day'],
    ['is careful while the ends are not known', ['hour', { since: 0 }], 'month'],
  ];
  for (const [name, args, expected] of cases) it(name, () => assert.equal(intervalFor(...args), expected));
});
