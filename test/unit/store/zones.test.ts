import assert from 'node:assert/strict';
import { slotMillis, slotsPerDay } from '../../../src/store/slots';
import { dayOfSlots } from '../../../src/store/zones';

/** The date by the calendar of the platform, independent of the library that the product takes. */
const dateIn = (zone: string): ((at: number) => string) => {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  return (at) => format.format(at);
};

describe('dayOfSlots', () => {
  const years = {
    'America/St_Johns': [2010, 2026],
    'America/Havana': [2026],
    'America/Sao_Paulo': [2018],
    'Australia/Lord_Howe': [2026],
    'Asia/Kathmandu': [2026],
    'Pacific/Apia': [2011],
    'Europe/Berlin': [2026],
  };
  for (const [zone, all] of Object.entries(years))
    it(`is the date of every quarter hour of a year in ${zone}`, () => {
      const [dayOf, dateOf] = [dayOfSlots(zone), dateIn(zone)];
      for (const year of all) {
        const first = Date.UTC(year, 0, 1) / slotMillis;
        for (let slot = first; slot < first + 365 * slotsPerDay; slot++) {
          const day = new Date(dayOf(slot) * 86_400_000).toISOString().slice(0, 10);
          if (day !== dateOf(slot * slotMillis)) assert.fail(`${slot}: ${day}`);
        }
      }
    });
});
