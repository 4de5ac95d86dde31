import type { Millis, NanoUsd } from '../shared/model';

export interface Forecast {
  /** What the period comes to at the rate so far. */
  readonly atEnd: NanoUsd;
  /** When the limit is reached at that rate; absent if it was or if the period ends before. */
  readonly usedUpAt?: Millis;
}

/** In the first minutes of a period one call would make a rate of thousands. */
const leastMs = 3_600_000;

/** What becomes of a budget if it goes on as since the start of the period. */
export function forecast(
  spent: NanoUsd,
  limit: NanoUsd,
  { start, end }: { readonly start: Millis; readonly end: Millis },
  now: Millis,
): Forecast {
  const elapsed = Math.min(end - start, Math.max(leastMs, now - start));
  const left = Math.max(0, end - Math.max(now, start));
  const rate = spent / elapsed;
  const atEnd = Math.round(spent + rate * left);
  if (spent >= limit || atEnd < limit || rate === 0) return { atEnd };
  return { atEnd, usedUpAt: Math.round(Math.max(now, start) + (limit - spent) / rate) };
}
