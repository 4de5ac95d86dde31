import { formatCount, formatTokens, formatWhen } from './format';
import { costLabel } from './money';
import { costPerSession, tokensOf } from './summary';
import type { CostMode, Totals } from './model';
import type { Money } from './money';
import type { DaySpan, Summary, SummaryPeriod, SummarySpan } from './summary';
import type { Share } from './protocol';

/** How it is written down: a table and text that is somebody's own. */
export interface Writing {
  readonly zone: string;
  readonly mode: CostMode;
  readonly money: Money;
  readonly heading: (text: string) => string;
  readonly table: (head: readonly string[], rows: readonly (readonly string[])[]) => string;
  readonly escape: (text: string) => string;
}

const names: Readonly<Record<Exclude<SummaryPeriod, 'custom'>, string>> = {
  day: 'Day',
  week: 'Week',
  month: 'Month',
};

export const daysText = ({ firstDay, lastDay }: DaySpan): string =>
  firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`;

/** `Week 2025-09-01 to 2025-09-07`. */
export const summaryTitle = (span: Pick<SummarySpan, 'period' | 'firstDay' | 'lastDay'> & DaySpan): string =>
  span.period === 'custom'
    ? daysText(span)
    : `${names[span.period]} ${span.period === 'month' ? span.firstDay.slice(0, 7) : daysText(span)}`;

type Amount = Pick<Totals, 'cost' | 'calls' | 'unpricedCalls' | 'inexactCalls' | 'includedCalls'>;

/** An amount that lacks calls says so before and after it: `at least $1.20 · 3 calls unpriced`. */
export const wholeCost = (totals: Amount, { format }: Money): string => {
  const lacking = totals.unpricedCalls > 0 && totals.unpricedCalls < totals.calls;
  return `${lacking ? 'at least ' : ''}${costLabel(totals, format)}`;
};

/** `+$1.20 (+12%)`, `no change`; a share only of what is more than nothing. */
export function changeText(now: number, before: number, format: (amount: number) => string): string {
  if (now === before) return 'no change';
  const by = `${now > before ? '+' : '-'}${format(Math.abs(now - before))}`;
  if (before === 0) return by;
  const share = ((now - before) / before) * 100;
  const digits = Math.abs(share) < 10 ? 1 : 0;
  return `${by} (${share > 0 ? '+' : ''}${share.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: 0 })}%)`;
}

/** With what a period is compared, in words. */
export function comparedWith({ isRunning, previous, period }: SummarySpan, zone: string): string {
  const days = daysText(previous);
  if (previous.isPart)
    return `${days}, until ${formatWhen(previous.until, zone)}: as much as has passed of this one`;
  return isRunning && period === 'month' ? `${days} as a whole, which is shorter` : days;
}

/** A whole summary: figures and their change, by model, by command. */
export function summaryText(summary: Summary, writing: Writing): string {
  const { zone, mode, money, heading } = writing;
  const { total, byModel, byCommand } = summary;
  const blocks = [
    `${summary.isRunning ? 'Not over yet. ' : ''}Cost mode: ${mode}. Days are those of ${zone}.${money.note === '' ? '' : ` Shown in ${money.note}.`}`,
    figures(summary, writing),
    `Compared with ${comparedWith(summary, zone)}.${missing(summary)}`,
    total.calls + total.errors === 0 ? 'No call in this period.' : '',
    byModel.length > 0 ? heading('By model') : '',
    byModel.length > 0 ? shares('Model', byModel, total, writing) : '',
    byCommand.length > 0 ? heading('By command') : '',
    byCommand.length > 0 ? shares('Command', byCommand, total, writing) : '',
    outside(total, money),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function figures({ total, previousTotal }: Summary, { table, money }: Writing): string {
  const each = (totals: Totals): string => {
    const cost = costPerSession(totals);
    const lacking = totals.unpricedCalls > 0 ? 'at least ' : '';
    return cost === null ? '' : `${lacking}${money.format(cost)}`;
  };
  const counts = (name: string, of: (totals: Totals) => number): string[] => {
    const [now, before] = [of(total), of(previousTotal)];
    return [name, formatCount(now), formatCount(before), changeText(now, before, formatCount)];
  };
  const rows = [
    [
      'Cost',
      wholeCost(total, money),
      wholeCost(previousTotal, money),
      changeText(total.cost, previousTotal.cost, money.format),
    ],
    counts('Tokens', tokensOf),
    counts('Sessions', ({ sessions }) => sessions),
    [
      'Cost per session',
      each(total),
      each(previousTotal),
      changeText(costPerSession(total) ?? 0, costPerSession(previousTotal) ?? 0, money.format),
    ],
    counts('Calls', ({ calls }) => calls),
    counts('Errors', ({ errors }) => errors),
  ];
  return table(['', 'This period', 'The one before', 'Change'], rows);
}

const missing = ({ total, previousTotal }: Summary): string =>
  total.unpricedCalls + previousTotal.unpricedCalls > 0
    ? ' The change of cost is that of the calls that have a price.'
    : '';

function shares(
  what: string,
  all: readonly Share[],
  total: Totals,
  { table, escape, money }: Writing,
): string {
  const rows = all.map((share) => [
    share.key === null ? share.label : escape(share.label),
    wholeCost(share, money),
    total.cost > 0 ? `${Math.round((share.cost / total.cost) * 100)}%` : '',
    formatTokens(tokensOf(share)),
    formatCount(share.calls),
  ]);
  return table([what, 'Cost', 'Share', 'Tokens', 'Calls'], rows);
}

/** What is in none of the figures. */
function outside({ excludedCalls, untimedCalls, includedCalls, included }: Totals, { exact }: Money): string {
  const calls = (count: number): string => `${formatCount(count)} ${count === 1 ? 'call' : 'calls'}`;
  const parts = [
    includedCalls > 0
      ? `${calls(includedCalls)} included in a subscription, worth ${exact(included)}, in no cost.`
      : '',
    excludedCalls > 0 ? `${calls(excludedCalls)} excluded from analytics, in no figure.` : '',
    untimedCalls > 0 ? `${calls(untimedCalls)} of the ledger without a known time, in no period.` : '',
  ];
  return parts.filter(Boolean).join(' ');
}
