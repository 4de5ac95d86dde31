import { formatCount } from '../../src/shared/format';
import { isKnown, kindsText, lostText, rateText, retriesText, timeText } from '../../src/shared/latencyText';
import { element, keyedRows, setText } from '../element';
import { toggleOpen } from '../state';
import type { Row } from '../element';
import type { Mount } from '../view';
import type { Money } from '../../src/shared/money';
import type { LatencyGroup, Percentiles } from '../../src/shared/latency';

const id = 'latency';
/** So many rows before "Show all". */
const short = 8;

const columns = ['p50', 'p95', 'p99', 'First token p50', 'p95', 'Errors', 'Error rate', 'Cost of failed'];

/** Wider than a narrow panel, and then to be scrolled by keyboard. */
const scrolled = { tabindex: '0', role: 'region', 'aria-label': 'Latency and errors' };

/** How fast each model answered and what failed; hidden where nothing of either is known. */
export const mountLatency: Mount = (root, actions) => {
  const body = element('tbody');
  const table = element('table', { class: 'tl-latency' }, head(), body);
  const remark = element('p', { class: 'tl-quiet' });
  const more = element('button', {
    class: 'tl-quiet-button',
    onClick: () => actions.change((state) => toggleOpen(state, id)),
  });
  const rows = keyedRows<Shown>(body, ({ group: { key, label } }) => JSON.stringify([key, label]), groupRow);
  const title = element('h2', { text: 'Latency and errors' });
  root.append(title, element('div', { class: 'tl-scroll', attributes: scrolled }, table), more, remark);
  return {
    update({ data: { latency } }, state, money) {
      root.hidden = !latency;
      if (!latency) return;
      const { total, retries } = latency;
      const groups = latency.groups.filter(isKnown);
      const isWhole = state.open.includes(id);
      const shown = [...(isWhole ? groups : groups.slice(0, short)), ...(groups.length > 1 ? [total] : [])];
      rows(shown.map((group) => ({ group, money })));
      more.hidden = groups.length <= short;
      setText(more, isWhole ? 'Show fewer' : `Show all ${groups.length}`);
      const isSketched = [total.latency, total.firstToken].some((times) => times?.isExact === false);
      const text = [
        kindsText(total.failures) && `Errors by class: ${kindsText(total.failures)}.`,
        retriesText(retries, money),
        isSketched ? '≈: within 1% of the value.' : '',
      ];
      remark.hidden = text.every((part) => part === '');
      setText(remark, text.filter(Boolean).join(' '));
    },
    destroy: () => root.replaceChildren(),
  };
};

const head = () =>
  element(
    'thead',
    {},
    element(
      'tr',
      {},
      element('th', { text: 'Model', attributes: { scope: 'col' } }),
      ...columns.map((text, index) =>
        element('th', {
          class: 'tl-number',
          text,
          attributes: { scope: 'col', ...(index === 4 ? { 'aria-label': 'First token p95' } : {}) },
        }),
      ),
    ),
  );

interface Shown {
  readonly group: LatencyGroup;
  readonly money: Money;
}

function groupRow(): Row<Shown> {
  const name = element('th', { class: 'tl-name', attributes: { scope: 'row' } });
  const cells = columns.map(() => element('td', { class: 'tl-number' }));
  const root = element('tr', {}, name, ...cells);
  return {
    root,
    update({ group: { label, latency, firstToken, failures }, money }) {
      setText(name, label, label);
      const texts: readonly (readonly [string, string])[] = [
        ...(['p50', 'p95', 'p99'] as const).map((which) => timeCell(latency, which)),
        ...(['p50', 'p95'] as const).map((which) => timeCell(firstToken, which)),
        [failures.errors > 0 ? formatCount(failures.errors) : '', kindsText(failures)],
        [rateText(failures), `${formatCount(failures.errors)} of ${formatCount(failures.attempts)} attempts`],
        [lostText(failures, money), money.exact(failures.cost)],
      ];
      texts.forEach(([text, title], index) => setText(cells[index]!, text, text === '' ? '' : title));
    },
  };
}

const timeCell = (times: Percentiles | null, which: 'p50' | 'p95' | 'p99'): readonly [string, string] => [
  timeText(times, which),
  times === null
    ? ''
    : `${times[which].toLocaleString('en-US', { maximumFractionDigits: 1 })} ms, of ${formatCount(times.calls)} calls`,
];
