import { callsBetween, cutSlots, fillOnce } from './edges';
import { factsIn } from './facts';
import { sessionsIn, withoutExcludedCalls } from './calls';
import { Where } from './where';
import { isCounted } from '../measures';
import { addEncoded, bucketOf, countOf, encode, quantile } from '../sketch';
import { slotMillis } from '../slots';
import { dayNumber, noDay } from '../zones';
import type { SlotTable } from './facts';
import type { Sketch } from '../sketch';
import type { Store } from '../store';
import type { Percentiles } from '../../shared/latency';
import type { Filter, Question } from '../../shared/model';
import type { Connection } from '../../sqlite/connection';

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
    const columns = 'c.session, c.model, c.source, c.latency_ms, c.ttft_ms';
    for (const { slot, from, to } of cut)
      for (const row of callsBetween(db, columns, slot, from, to)) {
        const [session, model, source, ...times] = row as number[];
        const sketches = times.map((ms) => (ms === null ? null : encode(new Map([[bucketOf(ms), 1]]))));
        db.run('INSERT INTO temp.time_edge VALUES (?, ?, ?, ?, ?, ?)', [
          ...[session!, slot, model!, source!],
          ...sketches,
        ]);
      }
  });
  return 'temp.time_edge';
}

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
