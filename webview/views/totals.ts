import { formatCount, formatTokens } from '../../src/shared/format';
import { element, keyedRows, setText } from '../element';
import { mountFigures, secondsFigure } from '../figureList';
import type { Figure } from '../figureList';
import type { Mount } from '../view';
import type { PanelAnswer } from '../../src/shared/protocol';
import type { Totals } from '../../src/shared/model';
import type { Money } from '../../src/shared/money';

/** What one looks for first: the total, what it is made of, and quieter figures beside it. */
export const mountTotals: Mount = (root) => {
  const cost = element('span', { class: 'tl-total-cost' });
  const span = element('div', { class: 'tl-total-span' });
  const rate = element('div', { class: 'tl-total-rate' });
  const gaps = element('ul', {
    class: 'tl-total-parts',
    attributes: { 'aria-label': 'How whole the total is' },
  });
  const sums = element('ul', {
    class: 'tl-total-parts',
    attributes: { 'aria-label': 'Where costs come from' },
  });
  const figures = mountFigures();
  const gapRows = partRows(gaps);
  const sumRows = partRows(sums);
  root.append(
    element(
      'div',
      { class: 'tl-total' },
      element('h1', { class: 'tl-total-heading' }, cost, span, rate),
      element('div', {}, gaps, sums),
    ),
    figures.list,
  );
  return {
    update(answer, _state, money) {
      const { total } = answer.data;
      setText(cost, money.format(total.cost), money.exact(total.cost));
      setText(span, `Total cost, ${spanText(answer)}`, `Days are counted in ${answer.zone}`);
      rate.hidden = money.note === '';
      setText(rate, money.note, 'By the setting traceLedger.currency; costs are kept in US dollars');
      gapRows(gapsOf(total, money));
      sumRows(sumsOf(total, money));
      figures.update(figuresOf(total));
    },
    destroy: () => root.replaceChildren(),
  };
};

interface Part {
  readonly id: string;
  readonly text: string;
  readonly exact: string;
  /** Says that the total is not whole. */
  readonly isGap?: boolean;
}

const partRows = (list: HTMLElement) =>
  keyedRows<Part>(
    list,
    ({ id }) => id,
    () => {
      const item = element('li');
      return {
        root: item,
        update: ({ text, exact, isGap }) => {
          setText(item, text, exact);
          item.classList.toggle('tl-gap', isGap ?? false);
        },
      };
    },
  );

const calls = (count: number): string => `${formatCount(count)} ${count === 1 ? 'call' : 'calls'}`;

function gapsOf(total: Totals, { exact }: Money): readonly Part[] {
  const { unpricedCalls, excludedCalls, untimedCalls, inexactCalls, includedCalls, included } = total;
  const parts: readonly (Part | false)[] = [
    unpricedCalls > 0 && {
      id: 'unpriced',
      text: `${calls(unpricedCalls)} unpriced`,
      exact: 'These calls have neither a recorded cost nor a known price; they are not in the total',
      isGap: true,
    },
    excludedCalls > 0 && {
      id: 'excluded',
      text: `${calls(excludedCalls)} excluded`,
      exact:
        'You excluded these calls; they are in no figure here. To include them again, check their sessions and sources in the sidebar, or run Choose Models in Analytics',
    },
    untimedCalls > 0 && {
      id: 'untimed',
      text: `${calls(untimedCalls)} without a time left out`,
      exact: 'These calls have no recorded time and cannot be said to lie in the period',
      isGap: true,
    },
    inexactCalls > 0 && {
      id: 'inexact',
      text: `${calls(inexactCalls)} inexact`,
      exact: 'The source rounded or estimated what these calls cost',
    },
    includedCalls > 0 && {
      id: 'included',
      text: `${calls(includedCalls)} included in a subscription`,
      exact: `They would have cost ${exact(included)} by the API; not in the total`,
    },
  ];
  return parts.filter((part) => part !== false);
}

const sumsOf = ({ recorded, computed }: Totals, { format, exact }: Money): readonly Part[] => [
  {
    id: 'recorded',
    text: `recorded ${format(recorded)}`,
    exact: `The sources recorded ${exact(recorded)}, for the calls for which they recorded anything`,
  },
  {
    id: 'computed',
    text: `computed ${format(computed)}`,
    exact: `Tokens times prices come to ${exact(computed)}, for the calls with a known price`,
  },
];

const count = (name: string, value: number): Figure => ({
  name,
  value: formatCount(value),
  exact: value.toLocaleString('en-US'),
});

const tokens = (name: string, value: number, which = ''): Figure => ({
  name,
  value: formatTokens(value),
  exact: `${value.toLocaleString('en-US')} tokens${which}`,
});

const figuresOf = (total: Totals): readonly Figure[] => [
  count('Calls', total.calls),
  count('Sessions', total.sessions),
  tokens('Input', total.inputTokens),
  tokens('Output', total.outputTokens),
  tokens('Cache read', total.cacheReadTokens),
  tokens('Cache write', total.cacheWriteTokens),
  count('Errors', total.errors),
  ...mediaOf(total),
];

/** Only what there is: most ledgers hold text alone. */
const mediaOf = (total: Totals): readonly Figure[] => [
  ...(total.audioInputTokens > 0
    ? [tokens('Audio tokens in', total.audioInputTokens, ' of audio, part of the input')]
    : []),
  ...(total.audioOutputTokens > 0
    ? [tokens('Audio tokens out', total.audioOutputTokens, ' of audio, part of the output')]
    : []),
  ...(total.audioInputSeconds > 0 ? [secondsFigure('Audio in', total.audioInputSeconds)] : []),
  ...(total.audioOutputSeconds > 0 ? [secondsFigure('Audio out', total.audioOutputSeconds)] : []),
  ...(total.images > 0 ? [count('Images', total.images)] : []),
];

/** "Mar 1 – Mar 30, 2026": the days asked about, or all days that have calls. */
function spanText({ since, until, zone, data: { span } }: PanelAnswer): string {
  const first = since ?? span?.first;
  const last = until === undefined ? span?.last : until - 1;
  if (first === undefined || last === undefined) return 'all time';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  });
  return format.formatRange(first, Math.max(first, last));
}
