import { usd } from '../exporters/amount';
import { formatCount } from '../shared/format';
import { errorRate } from '../shared/latency';
import { isKnown, kindsText, lostText, rateText, retriesText, timeText } from '../shared/latencyText';
import { printable, textTable } from './report';
import type { Money } from '../shared/money';
import type { LatencyBy, LatencyGroup, LatencyReport, Percentiles } from '../shared/latency';

type Json = Readonly<Record<string, unknown>>;

export function latencyJson({ total, groups, groupCount, retries }: LatencyReport): string {
  return `${JSON.stringify({
    total: figures(total),
    groups: groups.map((group) => ({ key: group.key, label: group.label, ...figures(group) })),
    groupCount,
    retried: {
      calls: retries.calls,
      costUsd: usd(retries.cost),
      unpricedCalls: retries.unpricedCalls,
      partial: retries.areLatest || retries.summedUp > 0,
      notKnown: retries.summedUp,
    },
  })}\n`;
}

const figures = ({ calls, latency, firstToken, failures }: LatencyGroup): Json => ({
  calls,
  ...times('latency', latency),
  ...times('ttft', firstToken),
  errors: failures.errors,
  attempts: failures.attempts,
  errorRate: errorRate(failures),
  errorClasses: Object.fromEntries(failures.kinds.map(({ kind, count }) => [kind, count])),
  failedCostUsd: usd(failures.cost),
  failedUnpricedCalls: failures.unpricedCalls,
});

const times = (name: string, of: Percentiles | null): Json => ({
  [`${name}Calls`]: of?.calls ?? 0,
  [`${name}P50Ms`]: of?.p50 ?? null,
  [`${name}P95Ms`]: of?.p95 ?? null,
  [`${name}P99Ms`]: of?.p99 ?? null,
  [`${name}Exact`]: of?.isExact ?? null,
});

const heads = [
  '',
  'Calls',
  'p50',
  'p95',
  'p99',
  'First token p50',
  'p95',
  'p99',
  'Errors',
  'Rate',
  'Cost of failed',
];

/** For people. */
export function latencyLines({ total, groups, retries }: LatencyReport, by: LatencyBy, money: Money): string {
  const cells = (group: LatencyGroup, label: string): string[] => [
    label,
    formatCount(group.calls),
    ...(['p50', 'p95', 'p99'] as const).map((which) => timeText(group.latency, which)),
    ...(['p50', 'p95', 'p99'] as const).map((which) => timeText(group.firstToken, which)),
    formatCount(group.failures.errors),
    rateText(group.failures),
    lostText(group.failures, money),
  ];
  const rows = groups.filter(isKnown).map((group) => cells(group, printable(group.label)));
  const kinds = kindsText(total.failures);
  const blocks = [
    textTable([[by, ...heads.slice(1)], ...rows, cells(total, 'All')]),
    kinds && `Errors by class: ${kinds}.`,
    retriesText(retries, money),
    total.latency?.isExact === false ? '≈: within 1% of the value.' : '',
  ];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}
