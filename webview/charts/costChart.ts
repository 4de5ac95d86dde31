import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import { exactUsd, formatCount, formatUsd } from '../../src/shared/format';
import { colorKey } from './modelColors';
import { fillOf } from './texture';
import { readTheme } from './theme';
import type { ChartOptions, TooltipItem } from 'chart.js';
import type { Slots } from './modelColors';
import type { StackedSeries, StackedTime } from './stackedTime';
import type { Theme } from './theme';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface CostChart {
  /** `axis` names each bar in short. */
  update(time: StackedTime, axis: readonly string[], slots: Slots): void;
  destroy(): void;
}

type Bars = Chart<'bar', number[], string>;

/** Cost over time in nano-dollars, stacked by model. A click on a part of a bar tells `onPick` its series. */
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
    update(time, axis, slots) {
      const theme = readTheme();
      shown = time.series;
      Object.assign(chart.options, themed(theme, axis));
      chart.data.labels = [...time.labels];
      chart.data.datasets = time.series.map((series) => dataset(series, slots, theme));
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}

function dataset(series: StackedSeries, slots: Slots, theme: Theme) {
  const paint = series.isOther ? theme.other : theme.paint(slots[colorKey(series.model)] ?? 0);
  const fill = fillOf(paint);
  return {
    label: series.label,
    data: [...series.cost],
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

function themed(theme: Theme, axis: readonly string[]): ChartOptions<'bar'> {
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
        ticks: { ...ticks, maxTicksLimit: 6, padding: 8, callback: axisUsd },
      },
    },
    plugins: { tooltip: tooltip(theme) },
  };
}

/** Cents only where some mark on the axis needs them. */
const axisUsd = (
  value: number | string,
  _index: number,
  ticks: readonly { readonly value: number }[],
): string => {
  const isWhole = ticks.every((tick) => tick.value % 1e9 === 0);
  return isWhole ? `$${formatCount(Number(value) / 1e9)}` : formatUsd(Number(value));
};

type Item = TooltipItem<'bar'>;

const tooltip = ({ tooltip: colors, font }: Theme) => ({
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
    label: ({ dataset: { label }, raw }: Item) => `${label ?? ''}  ${formatUsd(Number(raw))}`,
    footer: (items: Item[]) =>
      items.length > 1 ? `Total  ${exactUsd(items.reduce((sum, { raw }) => sum + Number(raw), 0))}` : '',
  },
});
