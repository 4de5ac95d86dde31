import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import { colorKey } from './modelColors';
import { fillOf } from './texture';
import { readTheme } from './theme';
import type { ChartOptions, TooltipItem } from 'chart.js';
import type { Slots } from './modelColors';
import type { StackedSeries, StackedTime } from './stackedTime';
import type { Theme } from './theme';
import type { NanoUsd } from '../../src/shared/model';
import type { Money } from '../../src/shared/money';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface Drawing {
  /** Names each bar in short. */
  readonly axis: readonly string[];
  readonly slots: Slots;
  readonly money: Money;
}

export interface CostChart {
  update(time: StackedTime, drawing: Drawing): void;
  destroy(): void;
}

type Bars = Chart<'bar', number[], string>;

/** Cost over time, stacked by model. A click on a part of a bar tells `onPick` its series. */
export function mountCostChart(
  canvas: HTMLCanvasElement,
  onPick: (series: StackedSeries) => void,
): CostChart {
  let shown: readonly StackedSeries[] = [];
  const chart: Bars = new Chart(canvas, {
    type: 'bar',
    data: { labels: [], datasets: [] },
    options: {
      animation: false,
      maintainAspectRatio: false,
      onClick: (_event, [hit]) => {
        const picked = hit && shown[hit.datasetIndex];
        if (picked) onPick(picked);
      },
      onHover: (_event, hits) => canvas.style.setProperty('cursor', hits.length > 0 ? 'pointer' : 'default'),
    },
  });
  return {
    update(time, { axis, slots, money }) {
      const theme = readTheme();
      shown = time.series;
      Object.assign(chart.options, themed(theme, axis, time.series, money));
      chart.data.labels = [...time.labels];
      chart.data.datasets = time.series.map((series) => dataset(series, slots, theme, money));
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}

function dataset(series: StackedSeries, slots: Slots, theme: Theme, money: Money) {
  const paint = series.isOther ? theme.other : theme.paint(slots[colorKey(series.model)] ?? 0);
  const fill = fillOf(paint);
  return {
    label: series.label,
    // In units of the currency, so that the marks of the axis are round in it.
    data: series.cost.map(money.units),
    backgroundColor: fill,
    hoverBackgroundColor: fill,
    // A hairline of background between the parts, so that neighbours never run into each other.
    borderColor: theme.background,
    hoverBorderColor: theme.foreground,
    borderWidth: { top: 1, bottom: 0, left: 0, right: 0 },
    borderSkipped: false,
    maxBarThickness: 44,
    categoryPercentage: 0.86,
    barPercentage: 0.96,
  };
}

function themed(
  theme: Theme,
  axis: readonly string[],
  series: readonly StackedSeries[],
  money: Money,
): ChartOptions<'bar'> {
  const { family, size } = theme.font;
  const font = { family, size };
  const ticks = { color: theme.quiet, font };
  return {
    color: theme.foreground,
    font,
    interaction: { mode: 'nearest', intersect: true },
    scales: {
      x: {
        stacked: true,
        grid: { display: false },
        border: { color: theme.quiet },
        ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 14, callback: (_, index) => axis[index] },
      },
      y: {
        stacked: true,
        beginAtZero: true,
        border: { display: false },
        grid: { color: theme.grid, tickLength: 0 },
        ticks: { ...ticks, maxTicksLimit: 6, padding: 8, callback: markOf(money) },
      },
    },
    plugins: { tooltip: tooltip(theme, series, money) },
  };
}

const markOf =
  ({ mark }: Money) =>
  (value: number | string, _index: number, ticks: readonly { readonly value: number }[]): string =>
    mark(
      Number(value),
      ticks.map((tick) => tick.value),
    );

type Item = TooltipItem<'bar'>;

const tooltip = (
  { tooltip: colors, font }: Theme,
  series: readonly StackedSeries[],
  { format, exact }: Money,
) => ({
  mode: 'index' as const,
  intersect: false,
  animation: false as const,
  backgroundColor: colors.background,
  borderColor: colors.border,
  borderWidth: 1,
  cornerRadius: 3,
  padding: 8,
  caretSize: 0,
  caretPadding: 8,
  titleColor: colors.foreground,
  bodyColor: colors.foreground,
  footerColor: colors.foreground,
  titleFont: { ...font, weight: 600 },
  bodyFont: font,
  footerFont: { ...font, weight: 600 },
  boxPadding: 4,
  filter: ({ raw }: Item) => Number(raw) > 0,
  itemSort: (a: Item, b: Item) => b.datasetIndex - a.datasetIndex,
  callbacks: {
    label: (item: Item) => `${item.dataset.label ?? ''}  ${format(costOf(series, item))}`,
    footer: (items: Item[]) =>
      items.length > 1 ? `Total  ${exact(items.reduce((sum, item) => sum + costOf(series, item), 0))}` : '',
  },
});

/** In nano-dollars, which add up exactly. */
const costOf = (series: readonly StackedSeries[], { datasetIndex, dataIndex }: Item): NanoUsd =>
  series[datasetIndex]?.cost[dataIndex] ?? 0;
