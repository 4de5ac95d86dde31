import { measureColumns, noMeasures } from './measures';
import type { Measures } from './measures';
import type { Zone } from './zones';
import type { Connection, Statement } from '../sqlite/connection';

/** What a session belongs to, as far as sums by day care. 0 = none. */
export interface Membership {
  readonly experiment: number;
  readonly person: number;
  /** Left out of analytics: its calls are in no sum by day. */
  readonly excluded: boolean;
}

interface SlotDelta {
  readonly session: number;
  readonly slot: number;
  readonly model: number;
  readonly source: number;
  readonly sum: Measures;
}

const columns = measureColumns.join(', ');
const marks = (count: number): string => new Array(count).fill('?').join(', ');

/** A statement that adds measures to the row of these keys, or begins it. */
export const upsert = (table: string, keys: readonly string[]): string =>
  `INSERT INTO ${table} (${keys.join(', ')}, ${columns}) VALUES (${marks(keys.length + measureColumns.length)})
   ON CONFLICT DO UPDATE SET ${measureColumns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;

function addTo(sum: Measures, more: readonly number[], sign = 1): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += sign * more[i]!;
}

const dayKeys = ['zone', 'day', 'model', 'source', 'experiment', 'person'];

/**
 * Gathers what calls add to (or take from) the rollups and writes it in one go, in the transaction that writes the
 * calls. Everything is a difference, so nothing is ever summed twice.
 */
export class Rollups {
  private readonly deltas = new Map<string, SlotDelta>();
  private readonly toSlot: Statement;
  private readonly toSession: Statement;
  private readonly toDay: Statement;
  private shrank = false;

  constructor(private readonly db: Connection) {
    this.toSlot = db.prepare(upsert('usage_slot', ['session', 'slot', 'model', 'source']));
    this.toSession = db.prepare(upsert('usage_session', ['session']));
    this.toDay = db.prepare(upsert('usage_day', dayKeys));
  }

  add(
    session: number,
    slot: number,
    model: number,
    source: number,
    measures: readonly number[],
    sign: 1 | -1,
  ): void {
    const key = `${session} ${slot} ${model} ${source}`;
    let delta = this.deltas.get(key);
    if (!delta) this.deltas.set(key, (delta = { session, slot, model, source, sum: noMeasures() }));
    addTo(delta.sum, measures, sign);
    if (sign < 0) this.shrank = true;
  }

  flush(zones: readonly Zone[], membershipOf: (session: number) => Membership): void {
    const sessions = new Map<number, Measures>();
    const days = new DayDeltas();
    for (const { session, slot, model, source, sum } of this.deltas.values()) {
      this.toSlot.run([session, slot, model, source, ...sum]);
      let total = sessions.get(session);
      if (!total) sessions.set(session, (total = noMeasures()));
      addTo(total, sum);
      days.add(zones, slot, model, source, membershipOf(session), sum, 1);
    }
    for (const [session, sum] of sessions) this.toSession.run([session, ...sum]);
    days.write(this.toDay);
    if (this.shrank) this.dropEmpty(days);
    this.clear();
  }

  /** Forgets what was gathered: the transaction it belonged to was rolled back. */
  clear(): void {
    this.deltas.clear();
    this.shrank = false;
  }

  /** A session went to another experiment or person, or in or out of analytics: its days go with it. `flush` comes after that. */
  move(session: number, zones: readonly Zone[], from: Membership, to: Membership): void {
    const days = new DayDeltas();
    const rows = this.db.rows(`SELECT slot, model, source, ${columns} FROM usage_slot WHERE session = ?`, [
      session,
    ]);
    for (const [slot, model, source, ...sum] of rows as number[][]) {
      days.add(zones, slot!, model!, source!, from, sum, -1);
      days.add(zones, slot!, model!, source!, to, sum, 1);
    }
    days.write(this.toDay);
    days.dropEmpty(this.db);
  }

  /** All of one session is another's now. Nothing of it may be waiting; `flush` comes after that. */
  moveSlots(from: number, into: number): void {
    const rows = this.db.rows(`SELECT slot, model, source, ${columns} FROM usage_slot WHERE session = ?`, [
      from,
    ]);
    for (const [slot, model, source, ...sum] of rows as number[][]) {
      this.add(from, slot!, model!, source!, sum, -1);
      this.add(into, slot!, model!, source!, sum, 1);
    }
  }

  /** Sums up all days of a zone that is new to the store. */
  fillZone(zone: Zone): void {
    const days = new DayDeltas();
    const each = this.db.prepare(
      `SELECT u.slot, u.model, u.source, s.experiment, s.person, ${columns} FROM usage_slot u JOIN session s ON s.id = u.session
        WHERE s.excluded = 0`,
    );
    try {
      each.each([], (row) => {
        const [slot, model, source, experiment, person, ...sum] = row as number[];
        const membership = { experiment: experiment!, person: person!, excluded: false };
        days.add([zone], slot!, model!, source!, membership, sum, 1);
      });
    } finally {
      each.free();
    }
    days.write(this.toDay);
  }

  dispose(): void {
    for (const statement of [this.toSlot, this.toSession, this.toDay]) statement.free();
  }

  private dropEmpty(days: DayDeltas): void {
    for (const { session, slot, model, source } of this.deltas.values()) {
      this.db.run(
        'DELETE FROM usage_slot WHERE session = ? AND slot = ? AND model = ? AND source = ? AND calls = 0 AND errors = 0',
        [session, slot, model, source],
      );
      this.db.run('DELETE FROM usage_session WHERE session = ? AND calls = 0 AND errors = 0', [session]);
    }
    days.dropEmpty(this.db);
  }
}

class DayDeltas {
  private readonly sums = new Map<string, { readonly keys: readonly number[]; readonly sum: Measures }>();

  add(
    zones: readonly Zone[],
    slot: number,
    model: number,
    source: number,
    { experiment, person, excluded }: Membership,
    measures: readonly number[],
    sign: 1 | -1,
  ): void {
    if (excluded) return;
    for (const zone of zones) {
      const keys = [zone.id, zone.dayOf(slot), model, source, experiment, person];
      const key = keys.join(' ');
      let entry = this.sums.get(key);
      if (!entry) this.sums.set(key, (entry = { keys, sum: noMeasures() }));
      addTo(entry.sum, measures, sign);
    }
  }

  write(statement: Statement): void {
    for (const { keys, sum } of this.sums.values()) statement.run([...keys, ...sum]);
  }

  dropEmpty(db: Connection): void {
    const where = dayKeys.map((key) => `${key} = ?`).join(' AND ');
    for (const { keys, sum } of this.sums.values())
      if (sum[0]! <= 0 && sum[1]! <= 0)
        db.run(`DELETE FROM usage_day WHERE ${where} AND calls = 0 AND errors = 0`, keys);
  }
}
