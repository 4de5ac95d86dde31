import { DateTime } from 'luxon';
import { dateIn, startOf, startOfNext } from './period';
import { UserError } from './errors';
import type { Millis, Question, Totals } from './model';
import type { FirstDay } from './period';
import type { Share } from './protocol';

export type SummaryPeriod = 'day' | 'week' | 'month' | 'custom';
export const summaryPeriods: readonly SummaryPeriod[] = ['day', 'week', 'month', 'custom'];

/** Which period is summed up. Dates are YYYY-MM-DD. */
export interface SummaryQuery {
  readonly period: SummaryPeriod;
  /** A day in it; absent: today. */
  readonly of?: string;
  /** Only with `custom`, and then both; inclusive. */
  readonly from?: string;
  readonly to?: string;
}

/** `since` inclusive, `until` exclusive; the days are inclusive. */
export interface DaySpan {
  readonly since: Millis;
  readonly until: Millis;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** Where a period lies, and with what it is compared. */
export interface SummarySpan extends DaySpan {
  readonly period: SummaryPeriod;
  /** It began and is not over. */
  readonly isRunning: boolean;
  /** The period of equal kind before it; of a running one only as much as has passed of that. */
  readonly previous: DaySpan & { readonly isPart: boolean };
}

/** What a period cost and used. */
export interface Summary extends SummarySpan {
  readonly total: Totals;
  readonly previousTotal: Totals;
  readonly byModel: readonly Share[];
  /** `key` is null for calls without a command. Empty where no call has one. */
  readonly byCommand: readonly Share[];
}

/** What the worker answers about periods. */
export interface SummaryApi {
  /** The filter of the question counts but for its period. */
  summary(span: SummarySpan, question: Question): Promise<Summary>;
}

const day = (at: DateTime): string => at.toFormat('yyyy-MM-dd');

const spanFrom = (start: DateTime, end: DateTime): DaySpan => ({
  since: start.toMillis(),
  until: end.toMillis(),
  firstDay: day(start),
  lastDay: day(end.minus(1)),
});

/** @throws UserError where a date is none, or a custom period ends before it begins. */
export function summarySpan(query: SummaryQuery, now: Millis, zone: string, firstDay: FirstDay): SummarySpan {
  const at = DateTime.fromMillis(now, { zone });
  const { start, end, back } = query.period === 'custom' ? custom(query, zone) : regular(query, at, firstDay);
  const isRunning = start <= at && at < end;
  const before = back(start).startOf('day');
  const passed = isRunning ? back(at) : start;
  // The 31st has no counterpart in a shorter month, which is compared as a whole then.
  const hasPart = passed < start && (query.period !== 'month' || passed.day === at.day);
  const until = hasPart ? passed : start;
  return {
    ...spanFrom(start, end),
    period: query.period,
    isRunning,
    previous: { ...spanFrom(before, until), isPart: isRunning && until < start },
  };
}

interface Ends {
  readonly start: DateTime;
  readonly end: DateTime;
  /** The same moment of the period before. */
  readonly back: (at: DateTime) => DateTime;
}

function regular({ period, of }: SummaryQuery, now: DateTime, firstDay: FirstDay): Ends {
  const unit = period as Exclude<SummaryPeriod, 'custom'>;
  const within = of === undefined ? now : dateIn(of, now.zoneName ?? 'UTC');
  const start = startOf(within, unit, firstDay);
  return { start, end: startOfNext(start, unit), back: (at) => at.minus({ [unit]: 1 }) };
}

function custom({ from, to }: SummaryQuery, zone: string): Ends {
  if (from === undefined || to === undefined)
    throw new UserError('A period of your own needs its first and its last day.');
  const [start, last] = [dateIn(from, zone), dateIn(to, zone)];
  if (last < start) throw new UserError(`The last day, ${to}, lies before the first, ${from}.`);
  const days = Math.round(last.diff(start, 'days').days) + 1;
  return { start, end: startOfNext(last, 'day'), back: (at) => at.minus({ days }) };
}

/** The period before (-1) or after (1) one. */
export function neighbour({ period, firstDay, lastDay, previous }: SummarySpan, step: -1 | 1): SummaryQuery {
  const next = DateTime.fromISO(lastDay, { zone: 'utc' }).plus({ days: 1 });
  if (period !== 'custom') return { period, of: step < 0 ? previous.firstDay : day(next) };
  const first = DateTime.fromISO(firstDay, { zone: 'utc' });
  const days = next.diff(first, 'days').days;
  return step < 0
    ? { period, from: previous.firstDay, to: day(first.minus({ days: 1 })) }
    : { period, from: day(next), to: day(next.plus({ days: days - 1 })) };
}

export const tokensOf = (usage: Totals | Share): number =>
  usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.outputTokens;

/** Nano-dollars; null where there was no session. */
export const costPerSession = ({ cost, sessions }: Totals): number | null =>
  sessions === 0 ? null : Math.round(cost / sessions);
