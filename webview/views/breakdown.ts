import { formatCount } from '../../src/shared/format';
import { paintSwatch } from '../charts/texture';
import { element, keyedRows, setAttribute, setText } from '../element';
import { filteredKeys, toggleFilter, toggleOpen } from '../state';
import type { Row } from '../element';
import type { FilterField, PanelState } from '../state';
import type { PanelAnswer, PanelData, Share } from '../../src/shared/protocol';
import type { Money } from '../../src/shared/money';
import type { Paint } from '../charts/theme';
import type { Actions, Mount } from '../view';

export interface Breakdown {
  readonly id: string;
  readonly title: string;
  /** Head of the first column. */
  readonly what: string;
  readonly field: FilterField;
  readonly groups: (data: PanelData) => readonly Share[];
  /** How the chart paints these groups, where it does. */
  readonly painter?: (answer: PanelAnswer, state: PanelState) => (group: Share) => Paint;
}

/** So many rows before "Show all". */
const short = 8;

interface Shown {
  readonly group: Share;
  readonly share: number;
  /** Length of its bar, 0 to 1, against the dearest. */
  readonly length: number;
  readonly isActive: boolean;
  readonly money: Money;
  readonly paint?: Paint;
}

/** Costs by one thing, as bars in a table; each row is a button that filters by it. */
export const mountBreakdown =
  (breakdown: Breakdown): Mount =>
  (root, actions) => {
    const body = element('tbody');
    const table = element('table', { class: 'tl-breakdown' }, head(breakdown), body);
    const more = element('button', {
      class: 'tl-quiet-button',
      onClick: () => actions.change((state) => toggleOpen(state, breakdown.id)),
    });
    const rows = keyedRows<Shown>(
      body,
      ({ group }) => JSON.stringify(group.filterKey),
      () => groupRow(breakdown.field, actions),
    );
    root.append(element('h2', { text: breakdown.title }), table, more);
    return {
      update(answer, state, money) {
        const groups = [...breakdown.groups(answer.data)].sort(
          (a, b) => b.cost - a.cost || b.calls - a.calls,
        );
        const isWhole = state.open.includes(breakdown.id);
        root.hidden = isTrivial(groups, breakdown.field, state);
        table.classList.toggle(
          'tl-no-unpriced',
          groups.every(({ unpricedCalls }) => unpricedCalls === 0),
        );
        table.classList.toggle(
          'tl-no-excluded',
          groups.every(({ excludedCalls }) => excludedCalls === 0),
        );
        const some = isWhole ? groups : groups.slice(0, short);
        rows(shownOf(breakdown, some, groups, answer, state).map((shown) => ({ ...shown, money })));
        more.hidden = groups.length <= short;
        setText(more, isWhole ? 'Show fewer' : `Show all ${groups.length}`);
      },
      destroy: () => root.replaceChildren(),
    };
  };

/** A list that only says "none recorded" says nothing. */
const isTrivial = (groups: readonly Share[], field: FilterField, state: PanelState): boolean =>
  groups.every(({ filterKey }) => filterKey === null) && filteredKeys(state, field).length === 0;

const head = ({ title, what }: Breakdown) =>
  element(
    'thead',
    {},
    element(
      'tr',
      {},
      element('th', { text: what, attributes: { scope: 'col', 'aria-label': `${what}: ${title}` } }),
      ...['Cost', 'Share', 'Calls', 'Unpriced', 'Excluded'].map((text) =>
        element('th', { class: 'tl-number', text, attributes: { scope: 'col' } }),
      ),
    ),
  );

function shownOf(
  { field, painter }: Breakdown,
  groups: readonly Share[],
  all: readonly Share[],
  answer: PanelAnswer,
  state: PanelState,
): readonly Omit<Shown, 'money'>[] {
  const total = all.reduce((sum, { cost }) => sum + cost, 0);
  const dearest = Math.max(0, ...all.map(({ cost }) => cost));
  const active = filteredKeys(state, field);
  const paint = painter?.(answer, state);
  return groups.map((group) => ({
    group,
    share: total > 0 ? group.cost / total : 0,
    length: dearest > 0 ? group.cost / dearest : 0,
    isActive: active.includes(group.filterKey),
    ...(paint ? { paint: paint(group) } : {}),
  }));
}

const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '<1%' : share < 1 && share > 0.99 ? '>99%' : `${Math.round(share * 100)}%`;

function groupRow(field: FilterField, { change }: Actions): Row<Shown> {
  let shown: Shown | undefined;
  const swatch = element('canvas', { class: 'tl-swatch', attributes: { 'aria-hidden': 'true' } });
  const label = element('span', { class: 'tl-label' });
  const bar = element('span', { class: 'tl-bar', attributes: { 'aria-hidden': 'true' } });
  const pick = element('button', { class: 'tl-pick' }, bar, swatch, label);
  const number = () => element('td', { class: 'tl-number' });
  const [cost, share, calls, unpriced, excluded] = [
    number(),
    number(),
    number(),
    number(),
    number(),
  ] as const;
  const name = element('th', { attributes: { scope: 'row' } }, pick);
  const root = element('tr', {}, name, cost, share, calls, unpriced, excluded);
  root.addEventListener('click', () => {
    if (!shown) return;
    const choice = { key: shown.group.filterKey, label: shown.group.label };
    change((state) => toggleFilter(state, field, [choice]));
  });
  return {
    root,
    update(now) {
      shown = now;
      const { group } = now;
      setText(label, group.label);
      setAttribute(
        pick,
        'title',
        now.isActive ? `${group.label}: remove this filter` : `Show only ${group.label}`,
      );
      setAttribute(pick, 'aria-pressed', String(now.isActive));
      bar.style.setProperty('--length', String(now.length));
      swatch.hidden = !now.paint;
      if (now.paint) bar.style.setProperty('--color', now.paint.fill);
      if (now.paint) bar.style.setProperty('--tint', '30%');
      if (now.paint) paintSwatch(swatch, now.paint);
      const isUnknown = showCost(cost, group, now.money);
      setText(share, isUnknown ? '' : percent(now.share));
      setText(calls, formatCount(group.calls), group.calls.toLocaleString('en-US'));
      showGap(unpriced, group.unpricedCalls, 'are not in this cost');
      showGap(excluded, group.excludedCalls, 'are excluded from analytics');
    },
  };
}

/** How many calls are not in the figures beside, and why. */
function showGap(cell: HTMLElement, calls: number, why: string): void {
  setText(cell, calls > 0 ? formatCount(calls) : '');
  cell.title = calls > 0 ? `${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'} ${why}` : '';
}

/** @returns whether nothing is known of the cost. */
function showCost(cell: HTMLElement, { cost, unpricedCalls }: Share, { format, exact }: Money): boolean {
  const isUnknown = cost === 0 && unpricedCalls > 0;
  setText(cell, isUnknown ? 'unpriced' : format(cost), isUnknown ? 'No price is known' : exact(cost));
  cell.classList.toggle('tl-quiet', isUnknown);
  return isUnknown;
}
