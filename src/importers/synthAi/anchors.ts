import { columnOrNull, schemaOf } from './schema';
import type { Schema } from './schema';
import type { ForeignDb, SourceIo, SqlValue } from '../importer';

type Hasher = Pick<SourceIo, 'hash'>;

/** Columns of `events` that no writer changes once the row is there. */
const columns = [
  'id',
  'session_id',
  'timestep_id',
  'event_type',
  'system_instance_id',
  'event_time',
  'message_time',
  'created_at',
  'model_name',
  'provider',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cost_usd',
  'cost_cents',
  'latency_ms',
] as const;

const content = (schema: Schema): string =>
  [
    ...columns.map((name) => columnOrNull(schema, 'events', name)),
    ...['metadata', 'call_records'].map((name) => `substr(${columnOrNull(schema, 'events', name)}, 1, 400)`),
  ].join(', ');

/** The same for a row whatever columns are added to its table later. */
const textOf = (row: readonly SqlValue[]): string =>
  JSON.stringify(row.flatMap((value, index) => (value === null ? [] : [[index, value]])));

/** Hash of one event, by which the next import sees that the file only grew; null if there is no such event. */
export async function eventHash(db: ForeignDb, id: number, io: Hasher): Promise<string | null> {
  const [row] = await db.all(`SELECT ${content(schemaOf(db.tables))} FROM events WHERE id = ?`, [id]);
  return row ? io.hash(textOf(row)) : null;
}

/** A row is looked for among so many ids from a position on. */
const reach = 256;

/** Below so many events a database is young: an import may have seen its sessions before their events. */
const young = 1000;

/**
 * Hashes by which a database is known again after it was copied or moved, grew, or lost its oldest rows, and which no
 * other database has: calls with their ids, times and tokens, spread over the file. See docs/sources/synth-ai.md.
 */
export async function anchorsOf(db: ForeignDb, io: Hasher): Promise<readonly string[]> {
  const schema = schemaOf(db.tables);
  const origin = await originOf(db);
  const [range] = await db.all('SELECT min(id), max(id) FROM events');
  const [low, high] = (range ?? []) as [number | null, number | null];
  const anchors: string[] = [];
  if (low !== null && high !== null) {
    for (const row of await db.all(spreadQuery(schema, positions(low, high)))) {
      anchors.push(io.hash(`event ${origin} ${textOf(row)}`));
    }
  }
  if ((high ?? 0) < young || anchors.length === 0) {
    for (const row of await sessionsOf(db)) anchors.push(io.hash(`session ${origin} ${textOf(row)}`));
  }
  return anchors;
}

/**
 * Ids from which on a row is taken. Each depends on the range only through a power of two, so that the positions of a
 * file that grew or was pruned are among those it had before, or the other way round.
 */
export function positions(low: number, high: number): readonly number[] {
  const step = 2 ** Math.max(0, Math.floor(Math.log2((high - low + 1) / 16)));
  const found = new Set([low]);
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.add(at);
  for (let at = 1; at <= high; at *= 2) if (at >= low) found.add(at);
  return [...found];
}

/** Only calls with tokens or records: other rows of two databases may well be equal. */
function spreadQuery(schema: Schema, from: readonly number[]): string {
  const known = ['input_tokens', 'output_tokens'].map(
    (name) => `${columnOrNull(schema, 'events', name)} IS NOT NULL`,
  );
  const records = `${columnOrNull(schema, 'events', 'call_records')} IS NOT NULL`;
  return `WITH position (v) AS (VALUES ${from.map((at) => `(${at})`).join(', ')})
    SELECT ${content(schema)} FROM events WHERE id IN (
      SELECT (SELECT id FROM events WHERE id >= v AND id < v + ${reach} AND +event_type = 'cais'
        AND ((${known.join(' AND ')}) OR ${records}) ORDER BY id LIMIT 1) FROM position)`;
}

/** An id that a machine made: a run of hexadecimal digits, letters among them, or a UUID. */
const madeId = /(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{12,}(?![0-9a-z])|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/i;

/** Oldest and newest sessions; not those whose id a user chose, since two databases may have the same one. */
async function sessionsOf(db: ForeignDb): Promise<SqlValue[][]> {
  const pick = (order: string) =>
    `SELECT * FROM (SELECT session_id, created_at FROM session_traces ORDER BY rowid ${order} LIMIT 3)`;
  const rows = await db.all(`${pick('ASC')} UNION ${pick('DESC')}`);
  return rows.filter(([id]) => typeof id === 'string' && madeId.test(id));
}

/** Which writer made the file: what it created first never changes, whatever tables and columns are added later. */
async function originOf(db: ForeignDb): Promise<string> {
  const names = (
    await db.all("SELECT lower(name) FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
  ).map(([name]) => name);
  const experimentsFirst =
    names.includes('experiments') && names.indexOf('experiments') < names.indexOf('events');
  const made = db.tables.get('events') ?? [];
  const end = made.indexOf('event_metadata');
  return `${experimentsFirst ? 'experiments' : ''}:${made.slice(0, end < 0 ? undefined : end).join(',')}`;
}
