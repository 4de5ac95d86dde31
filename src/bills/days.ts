import { DateTime } from 'luxon';
import { BillProblem } from './problem';

const numeric = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?=$|[ T,])/;
const words = ['LLL d, yyyy', 'LLLL d, yyyy', 'd LLL yyyy', 'd LLLL yyyy', 'LLL d yyyy', 'LLLL d yyyy'];

const dayIn = (date: DateTime): string | undefined => {
  const day = date.toUTC();
  return date.isValid && day.year >= 2015 && day.year < 2100 ? day.toFormat('yyyy-MM-dd') : undefined;
};

/** The UTC day of seconds or milliseconds since the epoch, an ISO date or time, or a date with the name of its month. */
export function utcDay(text: string): string | undefined {
  const value = text.trim();
  if (/^\d{9,10}(?:\.\d+)?$/.test(value)) return dayIn(DateTime.fromSeconds(Number(value)));
  if (/^\d{12,13}$/.test(value)) return dayIn(DateTime.fromMillis(Number(value)));
  if (/^\d{4}[-/]?\d{2}[-/]?\d{2}/.test(value)) {
    const iso = value
      .replace(/^(\d{4})\/(\d{2})\/(\d{2})/, '$1-$2-$3')
      .replace(/\s*(?:UTC|GMT)$/i, 'Z')
      .replace(/^(\S+) (?=\d)/, '$1T')
      .replace(/ (?=[+-]\d)/, '');
    return dayIn(DateTime.fromISO(iso.replace(/^(\d{4}-?\d{2}-?\d{2})Z$/, '$1'), { zone: 'utc' }));
  }
  for (const form of words) {
    const day = dayIn(DateTime.fromFormat(value, form, { zone: 'utc', locale: 'en' }));
    if (day !== undefined) return day;
  }
  return undefined;
}

/** Dates like `03/04/2026`, which leave open which is the day. */
export const unclearDates = (values: readonly string[]): readonly string[] =>
  orderOf(values) === 'unclear' ? values.filter((value) => isOpen(value)).slice(0, 3) : [];

function isOpen(value: string): boolean {
  const [, first, separator, second] = numeric.exec(value.trim()) ?? [];
  return (
    separator !== undefined &&
    separator !== '.' &&
    Number(first) <= 12 &&
    Number(second) <= 12 &&
    first !== second
  );
}

type Order = 'dayFirst' | 'monthFirst' | 'mixed' | 'unclear' | 'none';

function orderOf(values: readonly string[]): Order {
  const told = new Set<Order>();
  for (const value of values) {
    const [, first, separator, second] = numeric.exec(value.trim()) ?? [];
    if (separator === undefined) continue;
    if (separator === '.' || Number(first) > 12) told.add('dayFirst');
    else if (Number(second) > 12) told.add('monthFirst');
    else if (first !== second) told.add('unclear');
    else told.add('none');
  }
  if (told.has('dayFirst') && told.has('monthFirst')) return 'mixed';
  return (['dayFirst', 'monthFirst', 'unclear'] as const).find((order) => told.has(order)) ?? 'none';
}

/**
 * Reads the dates of a column in one way. @throws BillProblem where the order of day and month differs between rows, or
 * no row tells it and `dayFirst` does not say it.
 */
export function dayReader(
  values: readonly string[],
  dayFirst?: boolean,
): (text: string) => string | undefined {
  const order = orderOf(values);
  if (order === 'mixed')
    throw new BillProblem(
      'its dates have the day first in some rows and the month first in others: write them as YYYY-MM-DD',
    );
  if (order === 'unclear' && dayFirst === undefined)
    throw new BillProblem(
      `it cannot be told whether ${values.find(isOpen)!.trim()} has the day or the month first: write the dates as YYYY-MM-DD, or say which`,
    );
  const isDayFirst = order === 'dayFirst' || (order === 'unclear' && dayFirst === true);
  return (text) => {
    const [, first = '', separator, second = '', year] = numeric.exec(text.trim()) ?? [];
    if (separator === undefined) return utcDay(text);
    const [day, month] = isDayFirst || separator === '.' ? [first, second] : [second, first];
    return dayIn(DateTime.utc(Number(year), Number(month), Number(day)));
  };
}

/** All days from the first to the last, both inclusive. */
export function daysBetween(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let day = DateTime.fromISO(first, { zone: 'utc' }); ; day = day.plus({ days: 1 })) {
    const text = day.toFormat('yyyy-MM-dd');
    if (!day.isValid || text > last) return days;
    days.push(text);
  }
}
