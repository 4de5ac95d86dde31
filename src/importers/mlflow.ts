import { instant, label, text } from './json';
import { has, isMlflow, tracesQuery } from './mlflow/schema';
import { batchOf } from './mlflow/traces';
import { headOf, rowPages } from './rowPages';
import type { ForeignDb, Importer, SourceIo, SqlValue } from './importer';
import type { Cursor, ExperimentFact, ImportBatch } from '../shared/facts';

const traces = { table: 'trace_info', id: 'rowid' };
const tracesAtOnce = 50;
/** Spans are added to a trace for some time after it was stored, and longest to one that is under way. */
const dayMillis = 24 * 3_600_000;
const longestOpen = 7 * dayMillis;

/**
 * MLflow's tracking database, `mlflow.db`: its traces, by their spans, or by the sums in their metadata where the spans
 * are elsewhere. Docs: docs/sources/mlflow.md.
 */
export const mlflow: Importer = {
  id: 'mlflow',
  label: 'MLflow traces',

  detect: ({ tables }) => tables !== undefined && isMlflow(tables),

  async identify({ path }, io) {
    return { kind: 'anchored', anchors: await anchorsOf(await io.sqlite(path), io) };
  },

  async *import({ path }, io, cursor) {
    const db = await io.sqlite(path);
    const head = await headOf(db, traces);
    const since = await resumed(db, cursor);
    yield { experiments: await experimentsIn(db) };
    const query = { ...traces, sql: tracesQuery(db.tables, since.row, since.recent) };
    for await (const { rows, share } of rowPages(db, query, 0, head)) {
      for (let at = 0; at < rows.length; at += tracesAtOnce)
        yield await batchOf(path, db, rows.slice(at, at + tracesAtOnce));
      yield { share };
    }
    yield { cursor: await cursorAt(db, head), share: 1 } satisfies ImportBatch;
  },
};

/**
 * Hashes that no other database has: the oldest and the newest traces, whose ids are random, and experiments with the
 * millisecond in which they were made. Ids of experiments repeat from database to database.
 */
async function anchorsOf(db: ForeignDb, io: SourceIo): Promise<string[]> {
  const ends = ['', 'DESC'].map(
    (order) => `SELECT request_id, experiment_id FROM trace_info ORDER BY rowid ${order} LIMIT 3`,
  );
  const made = `SELECT experiment_id, creation_time FROM experiments WHERE creation_time > 0 ORDER BY 1 LIMIT 5`;
  const queries = has(db.tables, 'experiments', 'creation_time') ? [...ends, made] : ends;
  const rows = (await Promise.all(queries.map((query) => db.all(query)))).flat();
  return [...new Set(rows.map((row) => io.hash(JSON.stringify(row))))];
}

async function experimentsIn(db: ForeignDb): Promise<ExperimentFact[]> {
  const made = has(db.tables, 'experiments', 'creation_time') ? 'creation_time' : 'NULL';
  return (await db.all(`SELECT experiment_id, name, ${made} FROM experiments`)).flatMap(experimentOf);
}

function experimentOf([id, name, made]: readonly SqlValue[]): ExperimentFact[] {
  const own = label(id);
  if (own === undefined) return [];
  const named = text(name);
  return [{ id: own, ...(named === undefined ? {} : { name: named }), createdAt: instant(made) }];
}

/** Up to which row traces were read, and since when they may have got more spans. */
interface Watermark {
  readonly row: number;
  readonly recent: number;
}

const fromBeginning: Watermark = { row: 0, recent: 0 };

async function resumed(db: ForeignDb, cursor: Cursor | undefined): Promise<Watermark> {
  const [row, recent] = [Number(cursor?.row ?? 0), Number(cursor?.recent ?? 0)];
  if (row <= 0 || !Number.isFinite(recent) || (await idAt(db, row)) !== cursor?.id) return fromBeginning;
  return { row, recent };
}

async function idAt(db: ForeignDb, row: number): Promise<string | null> {
  const [found] = await db.all('SELECT request_id FROM trace_info WHERE rowid = ?', [row]);
  return label(found?.[0]) ?? null;
}

async function cursorAt(db: ForeignDb, row: number): Promise<Cursor> {
  const [found] = await db.all(
    `SELECT max(timestamp_ms), min(CASE WHEN upper(status) NOT IN ('OK', 'ERROR') THEN timestamp_ms END)
      FROM trace_info WHERE rowid <= ?`,
    [row],
  );
  const newest = instant(found?.[0]) ?? 0;
  const open = instant(found?.[1]) ?? newest;
  const recent = Math.max(0, newest - longestOpen, Math.min(open, newest - dayMillis));
  return { row, id: await idAt(db, row), recent };
}
