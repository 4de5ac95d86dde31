import assert from 'node:assert/strict';
import { axisLabels, chartTitle, stackTime } from '../../../webview/charts/stackedTime';

const bucket = (iso: string) => ({ start: Date.parse(`${iso}T00:00:00Z`), label: iso });

describe('stackTime', () => {
  const stacked = stackTime({
    buckets: [bucket('2025-06-01'), bucket('2025-06-02')],
    series: [
      { model: null, label: 'other', cost: [90, 90], calls: [1, 1] },
      { model: 'small', label: 'small', cost: [1, 2], calls: [3, 4] },
      { model: 'large', label: 'large', cost: [10, 20], calls: [5, 0] },
      { model: null, label: 'No model', cost: [0, 4], calls: [0, 2] },
    ],
  });

  it('stacks the dearest first and "other" last, however much it is', () =>
    assert.deepEqual(
      stacked.series.map(({ label, total }) => [label, total]),
      [
        ['large', 30],
        ['No model', 4],
        ['small', 3],
        ['other', 180],
      ],
    ));

  it('adds up what stands over each other', () => {
    assert.deepEqual(stacked.totals, [101, 116]);
    assert.deepEqual(stacked.calls, [9, 7]);
  });

  it('tells calls without a model from "other"', () =>
    assert.deepEqual(
      stacked.series.map(({ isOther }) => isOther),
      [false, false, false, true],
    ));
});

describe('axisLabels', () => {
  const start = (iso: string) => Date.parse(iso);

  it('names days in the zone of the question', () =>
    assert.deepEqual(axisLabels([start('2025-06-01T22:00:00Z')], 'day', 'Europe/Berlin'), ['Jun 2']));
  it('names the year where there are several', () =>
    assert.deepEqual(
      axisLabels([start('2024-12-31T12:00:00Z'), start('2025-01-01T12:00:00Z')], 'day', 'UTC'),
      ['Dec 31, 2024', 'Jan 1, 2025'],
    ));
  it('names months with their year', () =>
    assert.deepEqual(axisLabels([start('2025-06-01T00:00:00Z')], 'month', 'UTC'), ['Jun 2025']));
});

describe('chartTitle', () => {
  it('is the question', () => assert.equal(chartTitle('week'), 'Cost per week by model'));
});
