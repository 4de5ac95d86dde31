import type { Millis, NanoUsd } from '../shared/model';

/** A sum as it stands, and the calls of the last minutes that are part of it, oldest first. */
export interface RunningSum {
  readonly total: NanoUsd;
  readonly recent: readonly RecentCost[];
}

export interface RecentCost {
  readonly at: Millis;
  readonly cost: NanoUsd;
}

/**
 * When the sum reached a limit, whatever order its calls came in: the time of the call, `before` if it was before the
 * recent ones, undefined if it has not.
 */
export function reachedAt({ total, recent }: RunningSum, limit: NanoUsd): Millis | 'before' | undefined {
  if (limit <= 0 || total < limit) return undefined;
  let sum = total - recent.reduce((all, { cost }) => all + cost, 0);
  if (sum >= limit) return 'before';
  for (const { at, cost } of recent) {
    sum += cost;
    if (sum >= limit) return at;
  }
  return undefined;
}

/** Minutes over which a rate is taken. */
export const burnWindowMinutes = 5;

/**
 * The first call since then at which the last minutes cost a limit or more a minute, and what they cost; calls oldest
 * first, those of the minutes before `since` included.
 */
export function burnReached(
  calls: readonly RecentCost[],
  perMinute: NanoUsd,
  since: Millis,
): { readonly at: Millis; readonly rate: NanoUsd } | undefined {
  let first = 0;
  let sum = 0;
  for (const { at, cost } of calls) {
    sum += cost;
    while (calls[first]!.at <= at - burnWindowMinutes * 60_000) sum -= calls[first++]!.cost;
    if (at >= since && sum >= perMinute * burnWindowMinutes)
      return { at, rate: Math.round(sum / burnWindowMinutes) };
  }
  return undefined;
}
