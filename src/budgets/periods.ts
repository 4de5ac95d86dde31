import { DateTime } from 'luxon';
import { startOf, startOfNext } from '../shared/period';
import type { BudgetPeriod } from '../shared/alerts';
import type { Millis } from '../shared/model';
import type { FirstDay } from '../shared/period';

/** `start` inclusive, `end` exclusive. */
export interface PeriodSpan {
  readonly start: Millis;
  readonly end: Millis;
  /** Its first day, YYYY-MM-DD. */
  readonly firstDay: string;
}

/** The day, week or month that an instant lies in, by the calendar of a zone: days of 23 and 25 hours included. */
export function periodAt(at: Millis, period: BudgetPeriod, zone: string, firstDay: FirstDay): PeriodSpan {
  const start = startOf(DateTime.fromMillis(at, { zone }), period, firstDay);
  const end = startOfNext(start, period);
  return { start: start.toMillis(), end: end.toMillis(), firstDay: start.toFormat('yyyy-MM-dd') };
}
