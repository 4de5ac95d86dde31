import { firstLine, formatCount } from './format';
import type { Money } from './money';
import type { Alternative, WhatIf } from './whatIf';

/** `94 % less`, `12 % more`, `the same`; undefined without anything to compare with. */
export function difference({ compared }: Alternative, { baseline }: WhatIf): string | undefined {
  if (baseline === 0) return undefined;
  const share = (compared - baseline) / baseline;
  if (share === 0) return 'the same';
  const percent = Math.abs(share) * 100;
  const shown = percent < 1 ? Number(percent.toPrecision(1)) : Math.round(percent);
  // 100 % less would be for nothing.
  const kept = share < 0 && compared > 0 && shown === 100 ? 'more than 99' : formatPercent(shown);
  return `${kept} % ${share < 0 ? 'less' : 'more'}`;
}

const formatPercent = (percent: number): string => (percent < 1 ? String(percent) : formatCount(percent));

/** `Used gpt-4o: $1.24; on gpt-4o-mini the same tokens would have cost $0.07, 94 % less`. One line, for a note: it tells the rate of another currency. */
export function whatIfLine(answer: WhatIf, other: Alternative, { format, note }: Money): string {
  const { baseline, used, unpricedCalls, summedUpCalls = 0, exact } = answer;
  const about = exact && other.exact ? '' : 'about ';
  const share = difference(other, answer);
  const at = note === '' ? '' : ` (${note})`;
  const without = [
    unpricedCalls > 0 ? `${countedCalls(unpricedCalls)} unpriced` : '',
    summedUpCalls > 0 ? `${countedCalls(summedUpCalls)} kept as sums` : '',
  ].filter((part) => part !== '');
  const left = without.length > 0 ? ` (without ${without.join(' and ')})` : '';
  if (share === undefined)
    return `On ${other.model} the tokens used would have cost ${about}${format(other.cost)}${at}`;
  return `Used ${named(used)}: ${format(baseline)}${left}; on ${other.model} the same tokens would have cost ${about}${format(other.compared)}, ${share}${at}`;
}

const countedCalls = (count: number): string => `${formatCount(count)} ${count === 1 ? 'call' : 'calls'}`;

function named(models: readonly string[]): string {
  if (models.length === 0) return 'unknown models';
  const shown = models.slice(0, 3).join(' and ');
  return models.length > 3 ? `${shown} and ${models.length - 3} more` : shown;
}

/** What is behind an alternative's figure, for a second line below it. */
export function alternativeDetail(other: Alternative, { unpricedCalls }: WhatIf, money: Money): string {
  return [
    other.isUsed ? 'used here; at list prices' : '',
    other.readsAsInput ? 'cache reads charged as input: it has no rate for them' : '',
    other.writesAsInput ? 'cache writes charged as input' : '',
    other.exact ? '' : 'inexact',
    other.priceNote === undefined ? '' : firstLine(other.priceNote, 120),
    unpricedCalls > 0
      ? `with ${countedCalls(unpricedCalls)} that ${unpricedCalls === 1 ? 'has' : 'have'} no cost to compare: ${money.format(other.cost)}`
      : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What the comparison is with, and what is not in it: one line. */
export function whatIfSummary(answer: WhatIf, { format, note }: Money): string {
  const {
    used,
    baseline,
    calls,
    unpricedCalls,
    unknownCalls,
    includedCalls,
    leftOut,
    summedUpCalls = 0,
  } = answer;
  return [
    `${named(used)}: ${format(baseline)} in ${countedCalls(calls)}`,
    unpricedCalls > 0 ? `${formatCount(unpricedCalls)} unpriced` : '',
    includedCalls > 0 ? `${formatCount(includedCalls)} included, at API prices` : '',
    unknownCalls > 0 ? `${formatCount(unknownCalls)} without known tokens left out` : '',
    summedUpCalls > 0 ? `${formatCount(summedUpCalls)} older ones, kept as sums, left out` : '',
    leftOut.length > 0
      ? `${formatCount(leftOut.length)} ${leftOut.length === 1 ? 'model' : 'models'} without a price for what was used left out`
      : '',
    note,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
