import { DateTime } from 'luxon';
import { slotMillis, slotOf } from './slots';

/** YYYY-MM of an instant in a zone, null where none is known. Asked once a quarter hour, then remembered. */
export function monthsOf(zone: string): (at: number | undefined) => string | null {
  const known = new Map<number, string>();
  return (at) => {
    if (at === undefined) return null;
    const slot = slotOf(at);
    let month = known.get(slot);
    if (month === undefined)
      known.set(slot, (month = DateTime.fromMillis(slot * slotMillis, { zone }).toFormat('yyyy-MM')));
    return month;
  };
}
