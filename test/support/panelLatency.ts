import type { LatencyGroup, LatencyReport, Percentiles } from '../../src/shared/latency';

const times = (p50: number, p95: number, p99: number, isExact = true): Percentiles => ({
  ...{ calls: 40, p50, p95, p99, isExact },
});

const noFailures = { errors: 0, attempts: 40, kinds: [], cost: 0, unpricedCalls: 0 };

const group = (label: string, fields: Partial<LatencyGroup>): LatencyGroup => ({
  ...{ key: label, label, calls: 40, latency: null, firstToken: null, failures: noFailures },
  ...fields,
});

/** Two models and a third of which only failures are known. */
export const latencyReport = (isExact = true): LatencyReport => ({
  total: group('All', {
    key: null,
    latency: times(1100, 5200, 9000, isExact),
    firstToken: times(310, 800, 950, isExact),
    failures: {
      errors: 5,
      attempts: 80,
      kinds: [
        { kind: 'rate limit', count: 4 },
        { kind: 'timeout', count: 1 },
      ],
      cost: 20_000_000,
      unpricedCalls: 1,
    },
  }),
  retries: { calls: 3, cost: 12_000_000, unpricedCalls: 0, areLatest: false, summedUp: 0 },
  groups: [
    group('gpt-4o', {
      latency: times(1200, 5200, 9000, isExact),
      firstToken: times(310, 800, 950, isExact),
      failures: {
        errors: 1,
        attempts: 40,
        kinds: [{ kind: 'timeout', count: 1 }],
        cost: 20_000_000,
        unpricedCalls: 0,
      },
    }),
    group('claude-sonnet-4-20250514-with-a-long-name', { latency: times(850, 2400, 2600, isExact) }),
    group('<b>bold</b>', {
      failures: {
        errors: 4,
        attempts: 4,
        kinds: [{ kind: 'rate limit', count: 4 }],
        cost: 0,
        unpricedCalls: 1,
      },
    }),
    group('nothing known', {}),
  ],
  groupCount: 4,
});
