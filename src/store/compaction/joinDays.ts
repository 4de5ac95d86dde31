import { addCompacted, compactedRows } from './compactedTable';
import { moveRepricedSums } from './repricedSums';
import { measureColumns } from '../measures';
import { slotMillis, slotsPerDay } from '../slots';
import type { CompactedRow } from './compactedRow';
import type { Sums } from '../sums';
import type { Zone } from '../zones';
import type { Connection, SqlValue } from '../../sqlite/connection';

const sessionsAtOnce = 50;

/**
 * SQL: sums `k` of quarter hours before slot `?1` that become sums of days. A call that is still there has its part in the sums of
 * its quarter hour. The index is named since SQLite would go through all that is days already, each time.
 */
export const quartersToJoin = `compacted k INDEXED BY compacted_quarter WHERE k.daily = 0 AND k.slot < ?1
  AND NOT EXISTS (SELECT 1 FROM call c WHERE c.session = k.session AND c.at < ?1 * ${slotMillis})`;

/**
 * Inside a write: sums of quarter hours before a slot become sums of days. A day never goes over a midnight in UTC or in a
 * zone that somebody looks from, so that days there stay what they are. @returns whether there are more.
 */
export function joinDays(db: Connection, sums: Sums, zones: readonly Zone[], before: number): boolean {
  const sessions = db.rows(`SELECT DISTINCT k.session FROM ${quartersToJoin} LIMIT ${sessionsAtOnce}`, [
    before,
  ]);
  const dayOf = dayIn(zones);
  for (const [session] of sessions as number[][]) {
    const slotOf = joinSession(db, session!, before, dayOf);
    sums.moveTimes(session!, before, slotOf);
  }
  return sessions.length === sessionsAtOnce;
}

type DayOf = (slot: number) => string;

const dayIn =
  (zones: readonly Zone[]): DayOf =>
  (slot) =>
    [Math.floor(slot / slotsPerDay), ...zones.map((zone) => zone.dayOf(slot))].join(' ');

/** @returns to which slot each of its slots went. */
function joinSession(
  db: Connection,
  session: number,
  before: number,
  dayOf: DayOf,
): (slot: number) => number {
  const rows = compactedRows(db, 'k.session = ? AND k.slot < ?', [session, before]);
  const firstOf = new Map<string, number>();
  for (const { slot } of rows) firstOf.set(dayOf(slot), Math.min(slot, firstOf.get(dayOf(slot)) ?? Infinity));
  const slotOf = (slot: number): number => firstOf.get(dayOf(slot)) ?? slot;
  const ofDay = (row: CompactedRow): CompactedRow => ({ ...row, slot: slotOf(row.slot), daily: true });
  db.run('DELETE FROM compacted WHERE session = ? AND slot < ?', [session, before]);
  addCompacted(db, rows.map(ofDay));
  moveRepricedSums(db, 'session = ? AND slot < ?', [session, before], ofDay);
  const slots = JSON.stringify([...new Set(rows.map(({ slot }) => slot))]);
  for (const table of rollups) joinSlots(db, table, session, slots, slotOf);
  return slotOf;
}

/** Sums by quarter hour, and what they are told apart by beside their session. Not all lie by session, but all by both. */
const rollups = [
  { name: 'usage_slot', keys: ['slot', 'model', 'source'] },
  { name: 'usage_detail', keys: ['slot', 'model', 'source', 'command', 'error'] },
];

function joinSlots(
  db: Connection,
  { name, keys }: (typeof rollups)[number],
  session: number,
  slots: string,
  slotOf: (slot: number) => number,
): void {
  const sums = new Map<string, { readonly key: readonly SqlValue[]; readonly sum: number[] }>();
  const where = 'session = ? AND slot IN (SELECT value FROM json_each(?))';
  const columns = [...keys, ...measureColumns].join(', ');
  for (const row of db.rows(`SELECT ${columns} FROM ${name} WHERE ${where}`, [session, slots])) {
    const [slot, ...rest] = row.slice(0, keys.length);
    const sum = row.slice(keys.length) as number[];
    const key = [slotOf(slot as number), ...rest];
    const known = sums.get(JSON.stringify(key));
    if (known) sum.forEach((value, i) => (known.sum[i]! += value));
    else sums.set(JSON.stringify(key), { key, sum });
  }
  db.run(`DELETE FROM ${name} WHERE ${where}`, [session, slots]);
  const marks = ['session', ...keys, ...measureColumns].map(() => '?').join(', ');
  for (const { key, sum } of sums.values())
    db.run(`INSERT INTO ${name} (session, ${columns}) VALUES (${marks})`, [session, ...key, ...sum]);
}
