import { autoInterval } from '../../shared/period';
import type { TimeSpan } from '../../shared/period';
import type { Interval } from '../../shared/protocol';

const intervals = ['hour', 'day', 'week', 'month'] as const satisfies readonly Interval[];
const hours: Readonly<Record<Interval, number>> = { hour: 1, day: 24, week: 168, month: 720 };
const mostBuckets = 1500;

/** What was chosen, or the next longer interval where that would be more bars than anyone can draw. */
export function intervalFor(chosen: Interval | 'auto', { since, until }: TimeSpan): Interval {
  if (since === undefined || until === undefined) return 'month';
  if (chosen === 'auto') return autoInterval(since, until);
  const fits = (interval: Interval) => (until - since) / 3_600_000 / hours[interval] <= mostBuckets;
  return intervals.slice(intervals.indexOf(chosen)).find(fits) ?? 'month';
}
