import type { NanoUsd, Question } from './model';

/** Percentiles by nearest rank: the smallest value that at least that share of all values do not exceed. */
export interface Percentiles {
  /** How many calls tell the time. */
  readonly calls: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Worked out from every single value; else from a sketch, each within 1 % of its value. */
  readonly isExact: boolean;
}

/** Failures of one class. */
export interface FailureKind {
  readonly kind: string;
  readonly count: number;
}

/** What failed, and what was paid for it. */
export interface Failures {
  /** Calls that failed, and failures that were never calls. */
  readonly errors: number;
  /** All calls and all failures that were never calls. */
  readonly attempts: number;
  /** The most frequent first. */
  readonly kinds: readonly FailureKind[];
  /** What failed calls cost, as far as it is known. */
  readonly cost: NanoUsd;
  readonly unpricedCalls: number;
}

/** Failed calls after which the same model was called again within a minute, in the same session by the same agent. */
export interface Retries {
  readonly calls: number;
  /** What these failed attempts cost; what came after them is an ordinary call. */
  readonly cost: NanoUsd;
  readonly unpricedCalls: number;
  /** There are more failed calls than could be looked at: these are of the latest. */
  readonly areLatest: boolean;
  /** Failed calls of which only sums are kept: nobody knows whether they were tried again. */
  readonly summedUp: number;
}

export interface LatencyGroup {
  /** Name of the model or provider, or the day; null for none. */
  readonly key: string | null;
  readonly label: string;
  readonly calls: number;
  readonly latency: Percentiles | null;
  /** Time to the first token. */
  readonly firstToken: Percentiles | null;
  readonly failures: Failures;
}

/** How fast calls were, and what went wrong. */
export interface LatencyReport {
  readonly total: LatencyGroup;
  readonly retries: Retries;
  /** The most calls first; days the oldest first. At most `maxLatencyGroups`, of which `groupCount` there are in all. */
  readonly groups: readonly LatencyGroup[];
  readonly groupCount: number;
}

export type LatencyBy = 'model' | 'provider' | 'day';
export const latencyBys: readonly LatencyBy[] = ['model', 'provider', 'day'];

/** What the worker answers about time and failures. */
export interface LatencyQuestions {
  latency(question: Question, by: LatencyBy): Promise<LatencyReport>;
}

export const errorRate = ({ errors, attempts }: Failures): number => (attempts === 0 ? 0 : errors / attempts);
