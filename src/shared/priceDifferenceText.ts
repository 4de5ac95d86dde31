import { formatCount } from './format';
import type { CostMode, NanoUsd } from './model';
import type { Money } from './money';
import type { PriceChange, PriceChangeSum, PriceDifference, ProposalReason } from './repricing';

const mostRows = 200;

/** Amounts and counts of a change in one line: `$12.34 becomes $10.10 (−$2.24); 3 calls unpriced become 0`. */
export function changeText(change: PriceChangeSum, money: Money): string {
  const { before, after, unpricedBefore, unpricedAfter } = change;
  const amounts =
    before === after
      ? `${money.exact(after)} as before`
      : `${money.exact(before)} becomes ${money.exact(after)} (${signed(after - before, money)})`;
  return unpricedBefore === unpricedAfter
    ? amounts
    : `${amounts}; ${counted(unpricedBefore, 'unpriced call')} ${unpricedBefore === 1 ? 'becomes' : 'become'} ${formatCount(unpricedAfter)}`;
}

/** What changes and why, as a question or a notification puts it. */
export function proposalText(why: ProposalReason, difference: PriceDifference, money: Money): string {
  const calls = `what ${counted(difference.calls, 'known call')} ${difference.calls === 1 ? 'costs' : 'cost'}`;
  const subject: Readonly<Record<ProposalReason, string>> = {
    rules: 'The prices in your settings change',
    update: 'The prices that came with this version change',
    review: "Today's prices would change",
  };
  return `${subject[why]} ${calls}: ${changeText(difference, money)}.`;
}

export interface DifferenceWords {
  readonly title: string;
  readonly lead: string;
  readonly zone: string;
  readonly escape: (text: string) => string;
  readonly money: Money;
}

/** The difference as Markdown: sums by model, then model and month. */
export function priceDifferenceText(difference: PriceDifference, words: DifferenceWords): string {
  const { escape, money } = words;
  const { changes, mode, lookedAt, keptAsSums } = difference;
  const months = changes.slice(0, mostRows);
  return [
    `# ${words.title}`,
    words.lead,
    `Amounts are in the cost mode ${modes[mode]} and of the calls whose price changes; calls that are counted once or excluded from analytics are in none. ${counted(lookedAt, 'call')} looked at.${money.note === '' ? '' : ` ${money.note}.`}`,
    keptAsSums > 0
      ? `${counted(keptAsSums, 'old call')} ${keptAsSums === 1 ? 'keeps' : 'keep'} what ${keptAsSums === 1 ? 'it costs' : 'they cost'}: ${keptAsSums === 1 ? 'it is' : 'they are'} kept as sums, from which another price does not follow exactly.`
      : '',
    '## By model',
    table(
      byModel(changes).map((change) => row(nameOf(change, escape), change, money)),
      'Model',
    ),
    `## By model and month`,
    table(
      months.map((change) => row(`${change.month ?? 'Unknown'} | ${nameOf(change, escape)}`, change, money)),
      `Month (${escape(words.zone)}) | Model`,
    ),
    changes.length > months.length
      ? `${counted(changes.length - months.length, 'smaller row')} not shown.`
      : '',
  ]
    .filter((block) => block !== '')
    .join('\n\n')
    .concat('\n');
}

const modes: Readonly<Record<CostMode, string>> = {
  auto: 'automatic',
  recorded: 'recorded',
  computed: 'computed',
};

const nameOf = ({ provider, model }: PriceChange, escape: (text: string) => string): string =>
  `${model === null ? 'Unknown model' : escape(model)}${provider === null ? '' : ` at ${escape(provider)}`}`;

function byModel(changes: readonly PriceChange[]): readonly PriceChange[] {
  const sums = new Map<string, PriceChange>();
  for (const change of changes) {
    const key = JSON.stringify([change.provider, change.model]);
    const known = sums.get(key);
    sums.set(key, known ? added(known, change) : change);
  }
  return [...sums.values()].sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
}

const added = (a: PriceChange, b: PriceChange): PriceChange => ({
  ...a,
  calls: a.calls + b.calls,
  before: a.before + b.before,
  after: a.after + b.after,
  unpricedBefore: a.unpricedBefore + b.unpricedBefore,
  unpricedAfter: a.unpricedAfter + b.unpricedAfter,
  inexactBefore: a.inexactBefore + b.inexactBefore,
  inexactAfter: a.inexactAfter + b.inexactAfter,
});

const row = (name: string, change: PriceChange, money: Money): string =>
  `| ${[
    name,
    formatCount(change.calls),
    money.exact(change.before),
    money.exact(change.after),
    signed(change.after - change.before, money),
    fromTo(change.unpricedBefore, change.unpricedAfter),
    fromTo(change.inexactBefore, change.inexactAfter),
  ].join(' | ')} |`;

const fromTo = (before: number, after: number): string =>
  before === after ? formatCount(after) : `${formatCount(before)} → ${formatCount(after)}`;

function table(rows: readonly string[], name: string): string {
  const head = `| ${name} | Calls | Before | After | Change | Unpriced | Inexact |`;
  const names = name.split('|').map(() => ':--');
  return [head, `| ${names.join(' | ')} | --: | --: | --: | --: | --: | --: |`, ...rows].join('\n');
}

/** A true minus, and a plus: the direction is the news. */
const signed = (nano: NanoUsd, money: Money): string =>
  nano === 0 ? '0' : `${nano < 0 ? '−' : '+'}${money.exact(Math.abs(nano))}`;

const counted = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
