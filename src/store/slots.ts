import { slotMs, slotOf as slotAt } from '../shared/period';

/** Calls are summed up by quarter hour (UTC), the finest step that every zone of today agrees with. */
export const slotMillis = slotMs;

/** The slot of calls without a known time. */
export const noSlot = -1;

export const slotOf = (at: number | undefined): number => (at === undefined ? noSlot : slotAt(at));

export const slotsPerDay = 86_400_000 / slotMillis;
