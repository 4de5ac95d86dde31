import { formatCount, formatDuration } from '../../src/shared/format';
import { element, setText } from '../element';
import { mountFigures, secondsFigure } from '../figureList';
import type { Figure } from '../figureList';
import type { Mount } from '../view';
import type { Money } from '../../src/shared/money';
import type { RealtimeUsage } from '../../src/shared/protocol';

/** What voice sessions used, and how far the source's own estimate is from known prices; hidden where nobody spoke. */
export const mountRealtime: Mount = (root) => {
  const figures = mountFigures();
  const remark = element('p', { class: 'tl-quiet' });
  root.append(element('h2', { text: 'Realtime voice usage' }), figures.list, remark);
  return {
    update({ data: { realtime } }, _state, money) {
      root.hidden = !realtime;
      if (!realtime) return;
      figures.update(figuresOf(realtime, money));
      const text = remarkOn(realtime, money);
      remark.hidden = text === '';
      setText(remark, text);
    },
    destroy: () => root.replaceChildren(),
  };
};

function figuresOf(usage: RealtimeUsage, { format, exact }: Money): readonly Figure[] {
  const { functionCalls, durationMs, estimate } = usage;
  const figures: readonly (Figure | false)[] = [
    secondsFigure('Audio in', usage.audioInputSeconds),
    secondsFigure('Audio out', usage.audioOutputSeconds),
    usage.audioInputTokens > 0 && tokens('Audio tokens in', usage.audioInputTokens, 'of audio'),
    usage.audioOutputTokens > 0 && tokens('Audio tokens out', usage.audioOutputTokens, 'of audio'),
    tokens('Text tokens in', usage.textInputTokens, 'that are not audio'),
    tokens('Text tokens out', usage.textOutputTokens, 'that are not audio'),
    functionCalls !== null && {
      name: 'Function calls',
      value: formatCount(functionCalls),
      exact: 'Functions that the model called in these sessions, inside the period or not',
    },
    { name: 'Sessions', value: formatCount(usage.sessions), exact: 'As the sources count them' },
    durationMs !== null && {
      name: 'Duration',
      value: formatDuration(durationMs),
      exact: 'How long these sessions were open, inside the period or not',
    },
    { name: 'Computed', value: format(usage.computed), exact: exact(usage.computed) },
    estimate !== undefined && {
      name: 'Estimated by the source',
      value: format(estimate.recorded),
      exact: exact(estimate.recorded),
    },
  ];
  return figures.filter((figure) => figure !== false);
}

const tokens = (name: string, count: number, which: string): Figure => ({
  name,
  value: formatCount(count),
  exact: `${formatCount(count)} tokens ${which}`,
});

/** What stands behind the two amounts. */
const remarkOn = ({ unpricedCalls, estimate }: RealtimeUsage, money: Money): string =>
  [
    estimate ? difference(estimate, money) : '',
    unpricedCalls > 0
      ? `${formatCount(unpricedCalls)} ${unpricedCalls === 1 ? 'call has' : 'calls have'} no known price and ${unpricedCalls === 1 ? 'is' : 'are'} not in the computed cost.`
      : '',
  ]
    .filter(Boolean)
    .join(' ');

function difference(
  { recorded, computed }: NonNullable<RealtimeUsage['estimate']>,
  { format }: Money,
): string {
  const estimated = `The source’s own estimate of ${format(recorded)} is inexact`;
  if (computed === null) return `${estimated} and cannot be checked, since a price is missing.`;
  const same = `${estimated}: by known prices the same usage costs ${format(computed)}`;
  const ratio = recorded > 0 ? computed / recorded : undefined;
  return ratio === undefined ? `${same}.` : `${same}, ${timesText(ratio)}.`;
}

/** "20 times as much", "about as much", "12% of it". */
function timesText(ratio: number): string {
  if (ratio > 0.95 && ratio < 1.05) return 'about as much';
  if (ratio < 1) return ratio < 0.01 ? 'less than 1% of it' : `${Math.round(ratio * 100)}% of it`;
  return `${ratio.toLocaleString('en-US', { maximumFractionDigits: ratio < 10 ? 1 : 0 })} times as much`;
}
