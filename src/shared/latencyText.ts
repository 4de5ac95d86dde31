import { formatCount, formatDuration } from './format';
import { errorRate } from './latency';
import type { Money } from './money';
import type { Failures, LatencyGroup, Percentiles, Retries } from './latency';

/** `1.2 s`; `≈ 1.2 s` where it is a sketch's. */
export const timeText = (times: Percentiles | null, which: 'p50' | 'p95' | 'p99'): string =>
  times === null ? '' : `${times.isExact ? '' : '≈ '}${formatDuration(times[which])}`;

/** `2.5%`; nothing where nothing failed. */
export function rateText(failures: Failures): string {
  const rate = errorRate(failures) * 100;
  if (rate === 0) return '';
  return rate < 0.1 ? '<0.1%' : `${rate.toLocaleString('en-US', { maximumFractionDigits: 1 })}%`;
}

/** `rate limit 12, timeout 3`. */
export const kindsText = ({ kinds }: Failures): string =>
  kinds.map(({ kind, count }) => `${kind} ${formatCount(count)}`).join(', ');

/** What failed calls cost, as far as it is known. */
export const lostText = ({ errors, cost, unpricedCalls }: Failures, { format }: Money): string =>
  errors === 0
    ? ''
    : cost === 0 && unpricedCalls > 0
      ? 'unpriced'
      : `${unpricedCalls > 0 ? 'at least ' : ''}${format(cost)}`;

/** What was paid for attempts that were repeated, and of how many that is not known, in sentences; empty where nothing is to be said. */
export const retriesText = (retries: Retries, money: Money): string =>
  [triedAgain(retries, money), notKnown(retries)].filter((sentence) => sentence !== '').join(' ');

function triedAgain({ calls, cost, unpricedCalls, areLatest }: Retries, { format }: Money): string {
  if (calls === 0) return '';
  const least = unpricedCalls > 0 ? 'at least ' : '';
  const some = areLatest ? 'Of the latest 5,000 failed calls, ' : '';
  const what = `${formatCount(calls)} failed ${calls === 1 ? 'call was' : 'calls were'} tried again within a minute`;
  return `${some}${what}; the failed ${calls === 1 ? 'attempt' : 'attempts'} cost ${least}${format(cost)}.`;
}

const notKnown = ({ summedUp }: Retries): string =>
  summedUp === 0
    ? ''
    : `Whether ${formatCount(summedUp)} older failed ${summedUp === 1 ? 'call was' : 'calls were'} tried again is not known: only sums are kept.`;

/** Whether anything is known that a row could tell. */
export const isKnown = ({ latency, firstToken, failures }: LatencyGroup): boolean =>
  latency !== null || firstToken !== null || failures.errors > 0;
