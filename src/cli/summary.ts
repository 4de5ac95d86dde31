import { usd } from '../exporters/amount';
import { totalsFigures } from '../exporters/records';
import { costPerSession, tokensOf } from '../shared/summary';
import { summaryText, summaryTitle } from '../shared/summaryText';
import { printable, textTable } from './report';
import type { CostMode, Totals } from '../shared/model';
import type { Money } from '../shared/money';
import type { Share } from '../shared/protocol';
import type { DaySpan, Summary } from '../shared/summary';

type Json = Readonly<Record<string, unknown>>;

/** The `AnalyticsSummary` of docs/CONTRACT.md, and what goes beyond it. */
export function summaryJson(summary: Summary, zone: string): string {
  const { period, isRunning, previous, total, previousTotal } = summary;
  return `${JSON.stringify({
    period,
    ...spanOf(summary),
    ...figuresOf(total),
    modelBreakdown: breakdown(summary.byModel),
    commandBreakdown: breakdown(summary.byCommand),
    zone,
    running: isRunning,
    total: whole(total),
    previous: {
      ...spanOf(previous),
      ...figuresOf(previousTotal),
      part: previous.isPart,
      total: whole(previousTotal),
    },
    change: changeOf(total, previousTotal),
  })}\n`;
}

const spanOf = ({ since, until, firstDay, lastDay }: DaySpan): Json => ({
  startDate: since,
  endDate: until,
  firstDay,
  lastDay,
});

function figuresOf(total: Totals): Json {
  const each = costPerSession(total);
  return {
    totalCost: usd(total.cost),
    totalTokens: tokensOf(total),
    sessionCount: total.sessions,
    avgCostPerSession: each === null ? null : usd(each),
  };
}

const whole = (total: Totals): Json => ({ ...totalsFigures(total), sessions: total.sessions });

/** By name; `""` stands for none. */
const breakdown = (shares: readonly Share[]): Json =>
  Object.fromEntries(
    shares.map((share) => [
      share.key ?? '',
      {
        cost: usd(share.cost),
        tokens: tokensOf(share),
        calls: share.calls,
        unpricedCalls: share.unpricedCalls,
        inexactCalls: share.inexactCalls,
        includedCalls: share.includedCalls,
        includedUsd: usd(share.included),
      },
    ]),
  );

const changeOf = (now: Totals, before: Totals): Json => ({
  totalCost: usd(now.cost - before.cost),
  totalTokens: tokensOf(now) - tokensOf(before),
  sessionCount: now.sessions - before.sessions,
  costShare: before.cost === 0 ? null : (now.cost - before.cost) / before.cost,
});

/** For people. */
export const summaryLines = (summary: Summary, zone: string, mode: CostMode, money: Money): string =>
  `${summaryTitle(summary)}\n\n${summaryText(summary, {
    zone,
    mode,
    money,
    heading: (text) => text,
    table: (head, rows) => textTable([head, ...rows]),
    escape: printable,
  })}`;
