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

/** Minutes over which a rate is taken at most. */
export const burnWindowMinutes = 5;

/**
 * A rate over the longest of them is what it is. In a shorter time one dear call alone would make one, which is for the limits
 * of calls and sessions: half of the limit has to be reached without it.
 */
const windows = [
  { minutes: 1, withoutDearest: 0.5 },
  { minutes: 2, withoutDearest: 0.5 },
  { minutes: burnWindowMinutes, withoutDearest: 0 },
] as const;

/**
 * The first call since then at which the last one, two or five minutes cost a limit or more a minute, and what they cost at
 * most; calls oldest first, those of the minutes before `since` included.
 */
export function burnReached(
  calls: readonly RecentCost[],
  perMinute: NanoUsd,
  since: Millis,
): { readonly at: Millis; readonly rate: NanoUsd } | undefined {
  const rates = windows.map((window) => rateOver(window, calls, perMinute));
  for (const [i, { at }] of calls.entries()) {
    const reached = rates.map((rateAt) => rateAt(i)).filter((rate) => rate !== undefined);
    if (at >= since && reached.length > 0) return { at, rate: Math.max(...reached) };
  }
  return undefined;
}

/** A minute of those before a call, if it cost the limit. To be asked for one call after the other. */
function rateOver(
  { minutes, withoutDearest }: (typeof windows)[number],
  calls: readonly RecentCost[],
  perMinute: NanoUsd,
): (call: number) => NanoUsd | undefined {
  const limit = perMinute * minutes;
  let first = 0;
  let sum = 0;
  return (last) => {
    const { at, cost } = calls[last]!;
    sum += cost;
    while (calls[first]!.at <= at - minutes * 60_000) sum -= calls[first++]!.cost;
    if (sum < limit) return undefined;
    const rest = withoutDearest === 0 ? sum : sum - dearestOf(calls, first, last);
    return rest >= limit * withoutDearest ? Math.round(sum / minutes) : undefined;
  };
}

function dearestOf(calls: readonly RecentCost[], first: number, last: number): NanoUsd {
  let dearest = 0;
  for (let i = first; i <= last; i++) dearest = Math.max(dearest, calls[i]!.cost);
  return dearest;
}
