import { flag } from './measures';
import { addEncoded, addTo, bucketOf, encode } from './sketch';
import { slotOf } from './slots';
import type { PlacedCall } from './callRow';
import type { Membership } from './rollups';
import type { Sketch } from './sketch';
import type { Zone } from './zones';
import type { Connection, SqlValue, Statement } from '../sqlite/connection';

const slotKeys = ['session', 'slot', 'model', 'source'] as const;
const dayKeys = ['zone', 'day', 'model', 'source', 'experiment', 'person'] as const;

/** Latency and time to the first token. */
interface Pair {
  readonly latency: Sketch;
  readonly ttft: Sketch;
}

interface Delta {
  readonly key: readonly number[];
  readonly pair: Pair;
}

const noTimes = (): Pair => ({ latency: new Map(), ttft: new Map() });

const table = (name: string, keys: readonly string[]): string => `CREATE TABLE ${name} (
  ${keys.map((key) => `${key} INTEGER NOT NULL`).join(', ')}, latency BLOB, ttft BLOB, PRIMARY KEY (${keys.join(', ')})
) STRICT, WITHOUT ROWID`;

export const timeTables = `${table('time_slot', slotKeys)}; ${table('time_day', dayKeys)};`;

/**
 * Sketches of how long calls took, beside the sums of `Rollups` and by the same keys. Gathers differences and writes them in the
 * transaction that writes the calls: no sketch is ever made from calls again, since old ones may be gone by then.
 */
export class Times {
  private readonly deltas = new Map<string, Delta>();
  private readonly slots: SketchTable;
  private readonly days: SketchTable;

  constructor(private readonly db: Connection) {
    this.slots = new SketchTable(db, 'time_slot', slotKeys);
    this.days = new SketchTable(db, 'time_day', dayKeys);
  }

  add({ latencyMs, ttftMs, flags, ...call }: PlacedCall, sign: 1 | -1): void {
    if ((latencyMs === undefined && ttftMs === undefined) || (flags & flag.noCall) !== 0) return;
    const { latency, ttft } = pairAt(this.deltas, [call.session, slotOf(call.at), call.model, call.source]);
    if (latencyMs !== undefined) addTo(latency, bucketOf(latencyMs), sign);
    if (ttftMs !== undefined) addTo(ttft, bucketOf(ttftMs), sign);
  }

  flush(zones: readonly Zone[], membershipOf: (session: number) => Membership): void {
    const days = new Map<string, Delta>();
    for (const { key, pair } of this.deltas.values()) {
      addDays(days, zones, key, membershipOf(key[0]!), pair, 1);
      this.slots.add(key, pair);
    }
    this.writeDays(days);
    this.clear();
  }

  clear(): void {
    this.deltas.clear();
  }

  move(session: number, zones: readonly Zone[], from: Membership, to: Membership): void {
    const days = new Map<string, Delta>();
    for (const row of this.db.rows(
      `SELECT ${slotKeys.join(', ')}, latency, ttft FROM time_slot WHERE session = ?`,
      [session],
    )) {
      const { key, pair } = deltaOf(row);
      addDays(days, zones, key, from, pair, -1);
      addDays(days, zones, key, to, pair, 1);
    }
    this.writeDays(days);
  }

  /** Sketches of a session's quarter hours before a slot go elsewhere, or with `undefined` for good. `flush` comes after that. */
  relocate(
    session: number,
    before: number,
    placeOf: (slot: number) => { readonly session: number; readonly slot: number } | undefined,
  ): void {
    const rows = this.db.rows(
      `SELECT ${slotKeys.join(', ')}, latency, ttft FROM time_slot WHERE session = ? AND slot < ?`,
      [session, before],
    );
    for (const row of rows) {
      const { key, pair } = deltaOf(row);
      const place = placeOf(key[1]!);
      if (place?.session === session && place.slot === key[1]) continue;
      this.put(key, pair, -1);
      if (place) this.put([place.session, place.slot, key[2]!, key[3]!], pair, 1);
    }
  }

  private put(key: readonly number[], pair: Pair, sign: 1 | -1): void {
    const { latency, ttft } = pairAt(this.deltas, key);
    for (const [bucket, count] of pair.latency) addTo(latency, bucket, sign * count);
    for (const [bucket, count] of pair.ttft) addTo(ttft, bucket, sign * count);
  }

  fillZone(zone: Zone): void {
    const days = new Map<string, Delta>();
    const each = this.db.prepare(
      `SELECT ${slotKeys.map((key) => `t.${key}`).join(', ')}, t.latency, t.ttft, s.experiment, s.person
         FROM time_slot t JOIN session s ON s.id = t.session WHERE s.excluded = 0`,
    );
    try {
      each.each([], (row) => {
        const { key, pair } = deltaOf(row);
        const [experiment, person] = row.slice(6) as number[];
        const membership = { experiment: experiment!, person: person!, excluded: false };
        addDays(days, [zone], key, membership, pair, 1);
      });
    } finally {
      each.free();
    }
    this.writeDays(days);
  }

  dispose(): void {
    this.slots.dispose();
    this.days.dispose();
  }

  private writeDays(days: ReadonlyMap<string, Delta>): void {
    for (const { key, pair } of days.values()) this.days.add(key, pair);
  }
}

function pairAt(deltas: Map<string, Delta>, key: readonly number[]): Pair {
  const name = key.join(' ');
  let delta = deltas.get(name);
  if (!delta) deltas.set(name, (delta = { key, pair: noTimes() }));
  return delta.pair;
}

function deltaOf(row: readonly SqlValue[]): Delta {
  const pair = noTimes();
  addEncoded(pair.latency, row[4] as Uint8Array | null);
  addEncoded(pair.ttft, row[5] as Uint8Array | null);
  return { key: row.slice(0, 4) as number[], pair };
}

function addDays(
  days: Map<string, Delta>,
  zones: readonly Zone[],
  [, slot, model, source]: readonly number[],
  { experiment, person, excluded }: Membership,
  pair: Pair,
  sign: 1 | -1,
): void {
  if (excluded) return;
  for (const zone of zones) {
    const day = pairAt(days, [zone.id, zone.dayOf(slot!), model!, source!, experiment, person]);
    for (const [bucket, count] of pair.latency) addTo(day.latency, bucket, sign * count);
    for (const [bucket, count] of pair.ttft) addTo(day.ttft, bucket, sign * count);
  }
}

/** Rows of two sketches each. */
class SketchTable {
  private readonly select: Statement;
  private readonly put: Statement;
  private readonly remove: Statement;

  constructor(db: Connection, name: string, keys: readonly string[]) {
    const where = keys.map((key) => `${key} = ?`).join(' AND ');
    this.select = db.prepare(`SELECT latency, ttft FROM ${name} WHERE ${where}`);
    this.put = db.prepare(`INSERT OR REPLACE INTO ${name} VALUES (${keys.map(() => '?').join(', ')}, ?, ?)`);
    this.remove = db.prepare(`DELETE FROM ${name} WHERE ${where}`);
  }

  /** What is in the row already comes into the pair, which is of no more use after that. */
  add(key: readonly number[], { latency, ttft }: Pair): void {
    if (latency.size + ttft.size === 0) return;
    const [oldLatency = null, oldTtft = null] = (this.select.get(key) ?? []) as (Uint8Array | null)[];
    addEncoded(latency, oldLatency);
    addEncoded(ttft, oldTtft);
    if (latency.size + ttft.size === 0) this.remove.run(key);
    else this.put.run([...key, encode(latency), encode(ttft)]);
  }

  dispose(): void {
    for (const statement of [this.select, this.put, this.remove]) statement.free();
  }
}
