import { formatCount } from '../../src/shared/format';
import { mountCostChart } from '../charts/costChart';
import { axisLabels, chartTitle, stackTime } from '../charts/stackedTime';
import { element, icon, setAttribute, setText } from '../element';
import { toggleFilter, toggleOpen } from '../state';
import type { Choice } from '../state';
import type { StackedSeries, StackedTime } from '../charts/stackedTime';
import type { Mount } from '../view';
import type { Money } from '../../src/shared/money';
import type { PanelData } from '../../src/shared/protocol';

const id = 'cost-over-time';

/** Cost over time by model: a chart, and the same figures as a table, always there for who cannot see the chart. */
export const mountCostOverTime: Mount = (root, { change }) => {
  let data: PanelData | undefined;
  const title = element('h2');
  const toggleText = element('span');
  const toggle = element(
    'button',
    { class: 'tl-quiet-button', onClick: () => change((state) => toggleOpen(state, id)) },
    icon('table'),
    toggleText,
  );
  const canvas = element('canvas', { attributes: { role: 'img' } });
  const chartBox = element('div', { class: 'tl-chart' }, canvas);
  const table = element('table', { class: 'tl-time-table' });
  const tableBox = element(
    'div',
    { class: 'tl-scroll', attributes: { tabindex: '0', role: 'region' } },
    table,
  );
  root.append(element('div', { class: 'tl-head' }, title, toggle), chartBox, tableBox);
  const chart = mountCostChart(canvas, (series) => {
    const choices = data ? choicesOf(series, data) : [];
    if (choices.length > 0) change((state) => toggleFilter(state, 'models', choices));
  });
  return {
    update(answer, state, money) {
      ({ data } = answer);
      const time = stackTime(data);
      const isTable = state.open.includes(id);
      setText(title, chartTitle(answer.interval));
      setText(toggleText, isTable ? 'Show as chart' : 'Show as table');
      setAttribute(canvas, 'aria-label', summary(chartTitle(answer.interval), time, money));
      setAttribute(tableBox, 'aria-label', `${chartTitle(answer.interval)}, as a table`);
      setAttribute(tableBox, 'tabindex', isTable ? '0' : '-1');
      chartBox.hidden = isTable;
      tableBox.classList.toggle('tl-visually-hidden', !isTable);
      fillTable(table, time, money);
      const axis = axisLabels(time.starts, answer.interval, answer.zone);
      if (!isTable) chart.update(time, { axis, slots: state.slots, money });
    },
    destroy() {
      chart.destroy();
      root.replaceChildren();
    },
  };
};

/** "other" stands for every model that has no series of its own. */
function choicesOf(picked: StackedSeries, { byModel, series }: PanelData): readonly Choice[] {
  if (!picked.isOther) return [{ key: picked.model, label: picked.label }];
  const drawn = stackTime({ buckets: [], series }).series.filter(({ isOther }) => !isOther);
  return byModel
    .filter(({ filterKey }) => !drawn.some(({ model }) => model === filterKey))
    .map(({ filterKey, label }) => ({ key: filterKey, label }));
}

function summary(title: string, { labels, series, totals }: StackedTime, { format }: Money): string {
  const dearest = totals.indexOf(Math.max(...totals));
  const first = series[0];
  const sum = totals.reduce((a, b) => a + b, 0);
  const parts = [
    `${title}: ${format(sum)}`,
    dearest >= 0 ? `the dearest is ${labels[dearest]} with ${format(totals[dearest] ?? 0)}` : '',
    first ? `most goes to ${first.label} with ${format(first.total)}` : '',
    'the table that follows has all figures',
  ];
  return parts.filter(Boolean).join('; ');
}

/** Rows without calls are left out: a year of days is mostly nothing. */
function fillTable(
  table: HTMLTableElement,
  { labels, series, totals, calls }: StackedTime,
  { format, exact }: Money,
): void {
  const column = (text: string, numeric = true) =>
    element('th', { text, class: numeric ? 'tl-number' : '', attributes: { scope: 'col' } });
  const money = (nano: number) =>
    element('td', { class: 'tl-number', text: format(nano), title: exact(nano) });
  const row = (name: string, index: number) =>
    element(
      'tr',
      {},
      element('th', { text: name, attributes: { scope: 'row' } }),
      money(totals[index] ?? 0),
      element('td', { class: 'tl-number', text: formatCount(calls[index] ?? 0) }),
      ...series.map(({ cost }) => money(cost[index] ?? 0)),
    );
  const heads = [
    column('Start', false),
    column('Total'),
    column('Calls'),
    ...series.map(({ label }) => column(label)),
  ];
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  table.replaceChildren(
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...labels.flatMap((label, index) => (calls[index] ? [row(label, index)] : []))),
    element(
      'tfoot',
      {},
      element(
        'tr',
        {},
        element('th', { text: 'Total', attributes: { scope: 'row' } }),
        money(sum(totals)),
        element('td', { class: 'tl-number', text: formatCount(sum(calls)) }),
        ...series.map(({ total }) => money(total)),
      ),
    ),
  );
}
