import { instant, label } from './json';
import { isPhoenix, schemaOf, sessionsQuery, spansQuery } from './phoenix/schema';
import { callOf, rowOf } from './phoenix/span';
import { headOf, rowPages } from './rowPages';
import type { ForeignDb, Importer, SourceFile, SourceIo, SqlValue } from './importer';
import type { RowQuery } from './rowPages';
import type { Cursor, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

const spans = { table: 'spans', id: 'id' };
const costs = { table: 'span_costs', id: 'id' };

/**
 * Arize Phoenix's database, `phoenix.db`, of any age. A call is a span of kind LLM (or with token counts of its own);
 * its recorded cost is Phoenix's own, exact. Docs: docs/sources/phoenix.md.
 */
export const phoenix: Importer = {
  id: 'phoenix',
  label: 'Arize Phoenix',

  detect: ({ tables }) => tables !== undefined && isPhoenix(tables),

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import(file, io, cursor) {
    const db = await io.sqlite(file.path);
    const schema = schemaOf(db.tables);
    // Everything up to here is read now, and what a writer adds meanwhile the next time.
    const [head, costHead] = [await headOf(db, spans), schema.costs ? await headOf(db, costs) : 0];
    const since = await watermarks(db, io, cursor);
    if (schema.sessions) yield* sessionBatches(db, schema.projects);
    const query = { ...spans, sql: spansQuery(schema) };
    if (schema.costs && since.spans > 0) yield* laterCosts(db, file, query.sql, since, costHead);
    for await (const page of rowPages(db, query, since.spans, head))
      yield { ...batchOf(file, page.rows), share: page.share };
    yield { cursor: { ...(await cursorAt(db, io, head)), costs: costHead }, share: 1 };
  },
};

interface Watermarks {
  readonly spans: number;
  readonly costs: number;
}

/** Where to go on, if the last span that was read is still there; else all is read. */
async function watermarks(db: ForeignDb, io: SourceIo, cursor: Cursor | undefined): Promise<Watermarks> {
  const known = { spans: Number(cursor?.spans ?? 0), costs: Number(cursor?.costs ?? 0) };
  if (known.spans === 0 || (await rowHash(db, io, known.spans)) !== cursor?.row)
    return { spans: 0, costs: 0 };
  return known;
}

async function rowHash(db: ForeignDb, io: SourceIo, id: number): Promise<string | null> {
  const [row] = await db.all('SELECT span_id, trace_rowid, start_time FROM spans WHERE id = ?', [id]);
  return row ? io.hash(JSON.stringify(row)) : null;
}

const cursorAt = async (db: ForeignDb, io: SourceIo, id: number): Promise<Cursor> => ({
  spans: id,
  row: id > 0 ? await rowHash(db, io, id) : null,
});

async function* sessionBatches(db: ForeignDb, projects: boolean): AsyncGenerator<ImportBatch> {
  const query = { table: 'project_sessions', id: 'id', sql: sessionsQuery(projects) };
  for await (const { rows } of rowPages(db, query, 0, await headOf(db, query)))
    yield { sessions: rows.flatMap(sessionsIn) };
}

function sessionsIn([, id, start, project]: readonly SqlValue[]): SessionFact[] {
  const [own, name] = [label(id), label(project)];
  if (own === undefined) return [];
  return [{ id: own, createdAt: instant(start), ...(name === undefined ? {} : { project: name }) }];
}

/** Phoenix works out a cost after it has stored its span: spans that were read before and have one since. */
async function* laterCosts(
  db: ForeignDb,
  file: SourceFile,
  sql: string,
  since: Watermarks,
  head: number,
): AsyncGenerator<ImportBatch> {
  const query: RowQuery = {
    ...costs,
    sql: 'SELECT id, span_rowid FROM span_costs WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
  };
  for await (const { rows } of rowPages(db, query, since.costs, head)) {
    const found: SqlValue[][] = [];
    for (const [, span] of rows)
      if (typeof span === 'number' && span <= since.spans)
        found.push(...(await db.all(sql, [span - 1, span, 1])));
    if (found.length > 0) yield batchOf(file, found);
  }
}

function batchOf(file: SourceFile, rows: readonly SqlValue[][]): ImportBatch {
  const sessions = new Map<string, SessionFact>();
  const merges = new Map<string, { from: string; into: string }>();
  const [calls, issues]: [NonNullable<ImportBatch['calls']>[number][], Issue[]] = [[], []];
  for (const values of rows) {
    const row = rowOf(values);
    const told = callOf(row);
    const problem = typeof told === 'object' ? told.problem : told;
    if (problem !== undefined)
      issues.push({ path: file.path, place: `spans.${String(row.id)}`, message: problem });
    if (typeof told !== 'object') continue;
    calls.push(told.call);
    sessions.set(JSON.stringify(told.session), told.session);
    if (told.trace !== undefined) merges.set(told.trace, { from: told.trace, into: told.session.id });
  }
  return { sessions: [...sessions.values()], calls, merges: [...merges.values()], issues };
}
