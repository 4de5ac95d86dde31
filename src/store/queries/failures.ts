import type { FailureKind, Failures } from '../../shared/latency';

/** What failed in one way. */
interface Failed {
  readonly kind: string;
  readonly calls: number;
  readonly errors: number;
  readonly cost: number;
  readonly unpricedCalls: number;
}

/** Calls and failures of a model on a day. */
export interface Counted {
  readonly model: number;
  readonly day: number;
  readonly calls: number;
  /** Failed calls, and failures that were never calls. */
  readonly errors: number;
  readonly failed: readonly Failed[];
}

export const noFailures: Failures = { errors: 0, attempts: 0, kinds: [], cost: 0, unpricedCalls: 0 };

const sumOf = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);

export function failuresOf(rows: readonly Counted[]): Failures {
  const failed = rows.flatMap((row) => row.failed);
  const errors = sumOf(rows, (row) => row.errors);
  const counts = new Map<string, number>();
  for (const { kind, errors: count } of failed) counts.set(kind, (counts.get(kind) ?? 0) + count);
  const kinds: FailureKind[] = [...counts].map(([kind, count]) => ({ kind, count }));
  return {
    errors,
    // What failed without ever being a call was an attempt too.
    attempts: sumOf(rows, ({ calls }) => calls) + errors - sumOf(failed, ({ calls }) => calls),
    kinds: kinds.sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind)),
    cost: sumOf(failed, ({ cost }) => cost),
    unpricedCalls: sumOf(failed, ({ unpricedCalls }) => unpricedCalls),
  };
}
