import { callsBetween, cutSlots, fillOnce } from './edges';
import { factsIn } from './facts';
import { sessionsIn, withoutExcludedCalls } from './calls';
import { Where } from './where';
import { flag, isCounted } from '../measures';
import { addEncoded, addTo, bucketOf, countOf, encode, quantile } from '../sketch';
import { slotMillis } from '../slots';
import { dayNumber, noDay } from '../zones';
import type { SlotTable } from './facts';
import type { Sketch } from '../sketch';
import type { Store } from '../store';
import type { Percentiles } from '../../shared/latency';
import type { Filter, Question } from '../../shared/model';
import type { Connection, SqlValue } from '../../sqlite/connection';

/** So many values are sorted; more are told by their sketch. */
export const maxExact = 10_000;
/** So many calls are looked through for them. */
const maxLooked = 50_000;

/** Latencies and times to the first token of one model on one day. */
export interface TimedCalls {
  readonly model: number;
  /** In the zone of the question. */
  readonly day: number;
  readonly latency: Sketch;
  readonly ttft: Sketch;
}

/** The same, call by call. */
export interface TimedCall {
  readonly model: number;
  readonly day: number;
  readonly latencyMs: number | null;
  readonly ttftMs: number | null;
}

const timeSlots: SlotTable = {
  name: 'time_slot',
  days: 'time_day',
  columns: 'latency, ttft',
  edge: fillEdges,
};

/** Sketches by model, and by day if wished; else the day is any. Call it inside `db.read`. */
export function sketchesOf(store: Store, question: Question, byDay: boolean): TimedCalls[] {
  const facts = factsIn(store, question, timeSlots);
  const found = new Map<string, TimedCalls>();
  for (const [model, bucket, latency, ttft] of store.db.rows(
    `SELECT f.model, f.bucket, f.latency, f.ttft ${facts.from}`,
    facts.params,
  )) {
    const day = byDay ? facts.dayOf(bucket as number) : noDay;
    const key = `${model as number} ${day}`;
    let timed = found.get(key);
    if (!timed)
      found.set(key, (timed = { model: model as number, day, latency: new Map(), ttft: new Map() }));
    addEncoded(timed.latency, latency as Uint8Array | null);
    addEncoded(timed.ttft, ttft as Uint8Array | null);
  }
  return [...found.values()];
}

function fillEdges(db: Connection, filter: Filter): string | undefined {
  const cut = cutSlots(filter);
  if (cut.length === 0) return undefined;
  fillOnce(db, 'time_edge', filter, () => {
    db.script(`CREATE TEMP TABLE IF NOT EXISTS time_edge (session INTEGER, slot INTEGER, model INTEGER, source INTEGER,
      latency BLOB, ttft BLOB); DELETE FROM temp.time_edge`);
    for (const part of cut)
      for (const { key, latency, ttft } of timesInPart(db, part))
        db.run('INSERT INTO temp.time_edge VALUES (?, ?, ?, ?, ?, ?)', [
          ...[key[0]!, part.slot, key[1]!, key[2]!],
          ...[latency, ttft].map((sketch) => encode(known(sketch))),
        ]);
  });
  return 'temp.time_edge';
}

/** While sketches of an older store are still being made, more may be taken from one than is in it. */
const known = (sketch: Sketch): Sketch => new Map([...sketch].filter(([, count]) => count > 0));

interface Edge {
  /** Session, model and source. */
  readonly key: readonly number[];
  readonly latency: Sketch;
  readonly ttft: Sketch;
}

/**
 * Sketches of a part of a quarter hour. Calls that are kept as sums are where it begins, and their times are in its sketches
 * alone: a part that begins there has all of these, less what is told by calls after it.
 */
function timesInPart(
  db: Connection,
  { slot, from, to }: { readonly slot: number; readonly from: number; readonly to: number },
): Iterable<Edge> {
  const edges = new Map<string, Edge>();
  const edgeOf = (key: readonly number[]): Edge => {
    const edge = edges.get(key.join(' ')) ?? { key, latency: new Map(), ttft: new Map() };
    edges.set(key.join(' '), edge);
    return edge;
  };
  const isFromStart = from === slot * slotMillis;
  for (const [session, model, source, latency, ttft] of isFromStart ? timesOfSlot(db, slot) : []) {
    const edge = edgeOf([session, model, source] as number[]);
    addEncoded(edge.latency, latency as Uint8Array | null);
    addEncoded(edge.ttft, ttft as Uint8Array | null);
  }
  const [first, end, sign] = isFromStart ? [to, (slot + 1) * slotMillis, -1] : [from, to, 1];
  for (const row of callsBetween(db, callColumns, slot, first, end)) {
    const [session, model, source, latencyMs, ttftMs, noCall] = row as (number | null)[];
    if (noCall !== 0) continue;
    const edge = edgeOf([session!, model!, source!]);
    if (latencyMs !== null) addTo(edge.latency, bucketOf(latencyMs!), sign);
    if (ttftMs !== null) addTo(edge.ttft, bucketOf(ttftMs!), sign);
  }
  return edges.values();
}

const callColumns = `c.session, c.model, c.source, c.latency_ms, c.ttft_ms, c.flags & ${flag.noCall}`;

/** They lie by session. */
const timesOfSlot = (db: Connection, slot: number): SqlValue[][] =>
  db.rows(
    `SELECT session, model, source, latency, ttft FROM time_slot
      WHERE session IN (SELECT session FROM usage_slot WHERE slot = ?1) AND slot = ?1`,
    [slot],
  );

/**
 * Every single value, where these are few and all of them are still kept call by call; else undefined. `count` is how
 * many calls tell a time, by the sketches.
 */
export function valuesOf(store: Store, question: Question, count: number): TimedCall[] | undefined {
  if (count > maxExact) return undefined;
  const { db } = store;
  const ids = JSON.stringify(sessionsIn(store, question));
  const [row] = db.rows(
    'SELECT sum(calls) FROM usage_session WHERE session IN (SELECT value FROM json_each(?))',
    [ids],
  );
  if (((row?.[0] as number | null) ?? 0) > maxLooked) return undefined;
  const where = new Where([
    isCounted.replaceAll('c.', 'f.'),
    '(f.latency_ms IS NOT NULL OR f.ttft_ms IS NOT NULL)',
  ]);
  const { since, until } = question.filter;
  if (since !== undefined) where.add('f.at >= ?', since);
  if (until !== undefined) where.add('f.at < ?', until);
  if (since !== undefined || until !== undefined) where.add('f.at IS NOT NULL');
  where.addFilter(db, question.filter, { experiment: 's.experiment', person: 's.person' });
  const dayOf = dayReader(store, question.zone);
  const rows = db.rows(
    `SELECT f.model, f.at, f.latency_ms, f.ttft_ms FROM json_each(?) j CROSS JOIN call f ON f.session = j.value
       JOIN session s ON s.id = f.session ${where.sql} ${withoutExcludedCalls(store).replaceAll('c.', 'f.')}`,
    [ids, ...where.params],
  ) as (number | null)[][];
  return rows.map(([model, at, latencyMs, ttftMs]) => ({
    model: model!,
    day: at === null ? noDay : dayOf(at!),
    latencyMs: latencyMs!,
    ttftMs: ttftMs!,
  }));
}

function dayReader(store: Store, zone: string): (at: number) => number {
  const known = store.zone(zone);
  return (at) => known?.dayOf(Math.floor(at / slotMillis)) ?? dayNumber(at, zone);
}

/** Percentiles of single values, sorted here. */
export function exactPercentiles(values: readonly (number | null)[]): Percentiles | null {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).sort();
  if (sorted.length === 0) return null;
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { calls: sorted.length, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), isExact: true };
}

export function sketchedPercentiles(sketch: Sketch): Percentiles | null {
  const calls = countOf(sketch);
  if (calls === 0) return null;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(sketch, share));
  return { calls, p50: p50!, p95: p95!, p99: p99!, isExact: false };
}
