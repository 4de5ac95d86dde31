import { DateTime } from 'luxon';
import type { Connection } from '../sqlite/connection';
import { slotMillis, slotsPerDay } from './slots';

/** The day of calls without a known time. */
export const noDay = -1_000_000;

/** At most this many zones are kept summed up by day; the one asked for longest ago gives way. */
const maxZones = 3;

export interface Zone {
  readonly id: number;
  readonly name: string;
  /** Days since 1970-01-01 in the zone's own calendar of a quarter hour (UTC). */
  dayOf(slot: number): number;
}

const offsetAt = (at: number, zone: string): number => DateTime.fromMillis(at, { zone }).offset * 60_000;

/** Days since 1970-01-01 in the calendar of `zone`. */
export const dayNumber = (at: number, zone: string): number =>
  Math.floor((at + offsetAt(at, zone)) / 86_400_000);

/** First instant of a day number in `zone`; the inverse of `dayNumber`. */
export function startOfDay(day: number, zone: string): number {
  const { year, month, day: dayOfMonth } = DateTime.fromMillis(day * 86_400_000, { zone: 'utc' });
  return DateTime.fromObject({ year, month, day: dayOfMonth }, { zone }).startOf('day').toMillis();
}

/** `dayNumber` of quarter hours: the zone is asked once for each day that its clocks do not change on. */
export function dayOfSlots(zone: string): (slot: number) => number {
  const offsets = new Map<number, number | null>();
  const offsetIn = (utcDay: number): number | null => {
    const [first, next] = [utcDay, utcDay + 1].map((day) => offsetAt(day * 86_400_000, zone));
    return first === next ? first! : null;
  };
  return (slot) => {
    const utcDay = Math.floor(slot / slotsPerDay);
    let offset = offsets.get(utcDay);
    if (offset === undefined) offsets.set(utcDay, (offset = offsetIn(utcDay)));
    const at = slot * slotMillis;
    return offset === null ? dayNumber(at, zone) : Math.floor((at + offset) / 86_400_000);
  };
}

function zoneOf(id: number, name: string): Zone {
  const dayOf = dayOfSlots(name);
  return { id, name, dayOf: (slot) => (slot < 0 ? noDay : dayOf(slot)) };
}

/** The zones from which somebody looks at this store: their days are summed up as calls come in. */
export class Zones {
  private readonly known = new Map<number, Zone>();

  constructor(private readonly db: Connection) {}

  /** As they stand in the store now; another window may have added one. */
  all(): Zone[] {
    return this.db
      .rows('SELECT id, name FROM zone')
      .map(([id, name]) => this.zone(id as number, name as string));
  }

  find(name: string): Zone | undefined {
    const [row] = this.db.rows('SELECT id FROM zone WHERE name = ?', [name]);
    return row && this.zone(row[0] as number, name);
  }

  /** Inside a write: adds `name` and drops the zone asked for longest ago. The caller fills `usage_day`. */
  add(name: string): Zone {
    const rows = this.db.rows('SELECT id FROM zone ORDER BY asked_at DESC, id DESC');
    for (const [id] of rows.slice(maxZones - 1)) {
      this.db.run('DELETE FROM usage_day WHERE zone = ?', [id!]);
      this.db.run('DELETE FROM time_day WHERE zone = ?', [id!]);
      this.db.run('DELETE FROM zone WHERE id = ?', [id!]);
    }
    this.db.run('INSERT INTO zone (name, asked_at) VALUES (?, ?)', [name, Date.now()]);
    return this.find(name)!;
  }

  private zone(id: number, name: string): Zone {
    const zone = this.known.get(id);
    if (zone?.name === name) return zone;
    const fresh = zoneOf(id, name);
    this.known.set(id, fresh);
    return fresh;
  }
}
