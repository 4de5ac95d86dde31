import { exactUsd, formatCount, formatTokens, formatUsd } from '../../src/shared/format';
import { element, keyedRows, setText } from '../element';
import type { Mount } from '../view';
import type { PanelAnswer } from '../../src/shared/protocol';
import type { Totals } from '../../src/shared/model';

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly exact: string;
}

/** What one looks for first: the total, what it is made of, and quieter figures beside it. */
export const mountTotals: Mount = (root) => {
  const cost = element('span', { class: 'tl-total-cost' });
  const span = element('div', { class: 'tl-total-span' });
  const made = element('ul', {
    class: 'tl-total-parts',
    attributes: { 'aria-label': 'What the total is made of' },
  });
  const figures = element('dl', { class: 'tl-figures' });
  const partRows = keyedRows<Part>(
    made,
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
  const figureRows = keyedRows<Figure>(
    figures,
    ({ name }) => name,
    ({ name }) => {
      const value = element('dd');
      const item = element('div', {}, element('dt', { text: name }), value);
      return { root: item, update: (figure) => setText(value, figure.value, figure.exact) };
    },
  );
  root.append(
    element('div', { class: 'tl-total' }, element('h1', { class: 'tl-total-heading' }, cost, span), made),
    figures,
  );
  return {
    update(answer) {
      const { total } = answer.data;
      setText(cost, formatUsd(total.cost), exactUsd(total.cost));
      setText(span, `Total cost, ${spanText(answer)}`, `Days are counted in ${answer.zone}`);
      partRows(partsOf(total));
      figureRows(figuresOf(total));
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

const calls = (count: number): string => `${formatCount(count)} ${count === 1 ? 'call' : 'calls'}`;

function partsOf(total: Totals): readonly Part[] {
  const { unpricedCalls, excludedCalls, inexactCalls, includedCalls, included } = total;
  const parts: readonly (Part | false)[] = [
    unpricedCalls > 0 && {
      id: 'unpriced',
      text: `${calls(unpricedCalls)} unpriced`,
      exact: 'These calls have neither a recorded cost nor a known price; they are not in the total',
      isGap: true,
    },
    excludedCalls > 0 && {
      id: 'excluded',
      text: `${calls(excludedCalls)} without a time left out`,
      exact: 'These calls have no recorded time and cannot be said to lie in the period',
      isGap: true,
    },
    {
      id: 'recorded',
      text: `recorded ${formatUsd(total.recorded)}`,
      exact: `${exactUsd(total.recorded)} recorded by the sources`,
    },
    {
      id: 'computed',
      text: `computed ${formatUsd(total.computed)}`,
      exact: `${exactUsd(total.computed)} from tokens and prices`,
    },
    inexactCalls > 0 && {
      id: 'inexact',
      text: `${calls(inexactCalls)} inexact`,
      exact: 'The source rounded or estimated what these calls cost',
    },
    includedCalls > 0 && {
      id: 'included',
      text: `${calls(includedCalls)} included in a subscription`,
      exact: `They would have cost ${exactUsd(included)} by the API; not in the total`,
    },
  ];
  return parts.filter((part) => part !== false);
}

function figuresOf(total: Totals): readonly Figure[] {
  const count = (name: string, value: number): Figure => ({
    name,
    value: formatCount(value),
    exact: value.toLocaleString('en-US'),
  });
  const tokens = (name: string, value: number): Figure => ({
    name,
    value: formatTokens(value),
    exact: `${value.toLocaleString('en-US')} tokens`,
  });
  return [
    count('Calls', total.calls),
    count('Sessions', total.sessions),
    tokens('Input', total.inputTokens),
    tokens('Output', total.outputTokens),
    tokens('Cache read', total.cacheReadTokens),
    tokens('Cache write', total.cacheWriteTokens),
    count('Errors', total.errors),
  ];
}

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
