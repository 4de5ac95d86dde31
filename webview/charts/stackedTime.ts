import type { Millis, NanoUsd } from '../../src/shared/model';
import type { Interval, PanelData } from '../../src/shared/protocol';

export interface StackedSeries {
  readonly label: string;
  /** null is "no model recorded", or "other" where `isOther`. */
  readonly model: string | null;
  readonly isOther: boolean;
  readonly total: NanoUsd;
  readonly cost: readonly NanoUsd[];
  readonly calls: readonly number[];
}

export interface StackedTime {
  readonly labels: readonly string[];
  readonly starts: readonly Millis[];
  /** From the zero line upwards: the dearest first, "other" last. */
  readonly series: readonly StackedSeries[];
  readonly totals: readonly NanoUsd[];
  readonly calls: readonly number[];
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Buckets and series of an answer, in the order of drawing and with the sums that the table needs. */
export function stackTime({ buckets, series }: Pick<PanelData, 'buckets' | 'series'>): StackedTime {
  const stacked = series.map(({ model, label, cost, calls }) => {
    const isOther = model === null && label === 'other';
    return { label, model, isOther, total: sum(cost), cost, calls };
  });
  stacked.sort((a, b) => Number(a.isOther) - Number(b.isOther) || b.total - a.total);
  const down = (field: 'cost' | 'calls') =>
    buckets.map((_, index) => sum(stacked.map((one) => one[field][index] ?? 0)));
  return {
    labels: buckets.map(({ label }) => label),
    starts: buckets.map(({ start }) => start),
    series: stacked,
    totals: down('cost'),
    calls: down('calls'),
  };
}

const per: Readonly<Record<Interval, string>> = { hour: 'hour', day: 'day', week: 'week', month: 'month' };

/** The question that the chart answers. */
export const chartTitle = (interval: Interval): string => `Cost per ${per[interval]} by model`;

const axisFormats: Readonly<Record<Interval, Intl.DateTimeFormatOptions>> = {
  hour: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { month: 'short', day: 'numeric' },
  week: { month: 'short', day: 'numeric' },
  month: { month: 'short', year: 'numeric' },
};

/** Short names for the axis; the whole ones stand in the tooltip and the table. Years appear where they differ. */
export function axisLabels(starts: readonly Millis[], interval: Interval, zone: string): readonly string[] {
  const years = new Set(starts.map((start) => new Date(start).getUTCFullYear()));
  const year = years.size > 1 ? ({ year: 'numeric' } as const) : {};
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...year, ...axisFormats[interval] });
  return starts.map((start) => format.format(start));
}
