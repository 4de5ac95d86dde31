import { DateTime, IANAZone } from 'luxon';
import { UserError } from './errors';
import type { Millis } from './model';
import type { Interval, Period } from './protocol';

/** `since` inclusive, `until` exclusive; an absent end is open. */
export interface TimeSpan {
  readonly since?: Millis;
  readonly until?: Millis;
}

/** `start` inclusive, `end` exclusive: the start of the next one. */
export interface Bucket {
  readonly start: Millis;
  readonly end: Millis;
  /** `2025-06-01 14:00`, `2025-06-01` (of a week its first day), `2025-06`. */
  readonly label: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** On which day a week begins. */
export type FirstDay = 'monday' | 'sunday' | 'saturday';
export const firstDays: readonly FirstDay[] = ['monday', 'sunday', 'saturday'];
/** As luxon counts them. */
const weekdayOf: Readonly<Record<FirstDay, number>> = { monday: 1, sunday: 7, saturday: 6 };

/** Quarter hours since the epoch: the finest step of the rollups, and what every zone's days are made of. */
export const slotMs = 900_000;
export const slotOf = (at: Millis): number => Math.floor(at / slotMs);

export const isZone = (zone: string): boolean => IANAZone.isValidZone(zone);

/**
 * Where a period begins and ends for someone in `zone`. `7d`, `30d`, `90d`: that many calendar days, today the last;
 * `year`: this calendar year until today; `custom`: from `from` to `to` (YYYY-MM-DD), both inclusive.
 * @throws UserError when `from` or `to` is no date.
 */
export function resolvePeriod(
  period: Period,
  from: string | undefined,
  to: string | undefined,
  now: Millis,
  zone: string,
): TimeSpan {
  const today = DateTime.fromMillis(now, { zone }).startOf('day');
  const until = startOfNext(today, 'day').toMillis();
  switch (period) {
    case 'all':
      return {};
    case 'custom':
      return {
        ...(from ? { since: dateIn(from, zone).toMillis() } : {}),
        ...(to ? { until: startOfNext(dateIn(to, zone), 'day').toMillis() } : {}),
      };
    case 'today':
      return { since: today.toMillis(), until };
    case 'year':
      return { since: today.startOf('year').toMillis(), until };
    case '7d':
    case '30d':
    case '90d':
      return { since: daysBefore(today, Number.parseInt(period) - 1), until };
  }
}

const daysBefore = (day: DateTime, days: number): Millis => day.minus({ days }).startOf('day').toMillis();

/** The start of the day again, since some zones have days that begin at 01:00. */
export const startOfNext = (start: DateTime, unit: 'day' | 'week' | 'month'): DateTime =>
  start.plus({ [unit]: 1 }).startOf(unit === 'week' ? 'day' : unit);

/** The first instant of the hour, day, week or month in which `at` lies. */
export function startOf(at: DateTime, unit: Interval, firstDay: FirstDay): DateTime {
  if (unit !== 'week') return at.startOf(unit);
  return at.minus({ days: (at.weekday - weekdayOf[firstDay] + 7) % 7 }).startOf('day');
}

export function dateIn(text: string, zone: string): DateTime {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? DateTime.fromISO(text, { zone }) : undefined;
  if (!date?.isValid)
    throw new UserError(`"${text}" is not a date; write it as YYYY-MM-DD, like 2025-06-30.`);
  return date.startOf('day');
}

/** All buckets that touch the span, oldest first, without gaps; days, weeks and months as in `zone`. */
export function buckets(
  since: Millis,
  until: Millis,
  interval: Interval,
  zone: string,
  firstDay: FirstDay = 'monday',
): readonly Bucket[] {
  const found: Bucket[] = [];
  let start: DateTime = startOf(DateTime.fromMillis(since, { zone }), interval, firstDay);
  while (start.toMillis() < until) {
    // An hour is added as time: its name may come twice, or not at all.
    const end = interval === 'hour' ? start.plus(hourMs) : startOfNext(start, interval);
    found.push({
      start: start.toMillis(),
      end: end.toMillis(),
      label: labelOf(start, interval, found.at(-1)),
    });
    start = end;
  }
  return found;
}

function labelOf(start: DateTime, interval: Interval, before: Bucket | undefined): string {
  if (interval === 'month') return start.toFormat('yyyy-MM');
  if (interval !== 'hour') return start.toFormat('yyyy-MM-dd');
  const label = start.toFormat('yyyy-MM-dd HH:mm');
  return before?.label === label ? start.toFormat('yyyy-MM-dd HH:mm ZZ') : label;
}

/** An interval that gives between about 1 and 100 bars. */
export function autoInterval(since: Millis, until: Millis): Interval {
  const days = (until - since) / dayMs;
  if (days <= 2.1) return 'hour';
  if (days <= 93) return 'day';
  return days <= 732 ? 'week' : 'month';
}

/**
 * An instant as the command line takes it: an ISO date (its first instant in `zone`) or time (in `zone`, unless it
 * names its offset), or `7d`, `24h` before now.
 * @throws UserError for anything else.
 */
export function parseWhen(text: string, now: Millis, zone: string): Millis {
  const ago = /^(\d{1,6})([dh])$/.exec(text.trim());
  if (ago) return now - Number(ago[1]) * (ago[2] === 'd' ? dayMs : hourMs);
  const at = /^\d{4}-\d{2}(-\d{2})?($|[T ])/.test(text.trim())
    ? DateTime.fromISO(text.trim().replace(' ', 'T'), { zone })
    : undefined;
  if (at?.isValid) return at.toMillis();
  throw new UserError(
    `"${text}" is not a time; write a date like 2025-06-30, a time like 2025-06-30T14:00, 7d or 24h.`,
  );
}
