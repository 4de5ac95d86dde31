import { anchorsOf, eventHash } from './synthAi/anchors';
import { headsOf, rowCounts } from './synthAi/counts';
import { callOf, eventsQuery } from './synthAi/events';
import { isSynthAi, schemaOf } from './synthAi/schema';
import { experimentPages, sessionPages } from './synthAi/sessions';
import { label } from './json';
import type { Heads } from './synthAi/counts';
import type { SessionHints } from './synthAi/events';
import type { ForeignDb, Importer, SourceFile, SourceIo } from './importer';
import type { CallFact, Cursor, ImportBatch } from '../shared/facts';
import type { Issue } from '../shared/model';

/** Calls in a batch, and ids looked at in one query, so that no query reads without bound where calls are rare. */
const pageSize = 4000;
const idsInAQuery = 20_000;

/**
 * synth-ai tracing v3, a SQLite database of any of its writers (Python native, SQLAlchemy, early, test fixtures, Rust).
 * A call is one `cais` event. Costs are whole US cents, truncated. Docs: docs/sources/synth-ai.md.
 */
export const synthAi: Importer = {
  id: 'synth-ai',
  label: 'synth-ai traces',

  detect: ({ tables }) => tables !== undefined && isSynthAi(tables),

  async identify({ path }, io) {
    return { kind: 'anchored', anchors: await anchorsOf(await io.sqlite(path), io) };
  },

  async *import(file, io, cursor) {
    const db = await io.sqlite(file.path);
    const schema = schemaOf(db.tables);
    // Everything up to here is read now, and what a writer adds meanwhile the next time.
    const heads = await headsOf(db, schema);
    const since = await resume(db, io, cursor);
    for await (const experiments of experimentPages(db, schema)) yield { experiments };
    const hints = new Map<string, SessionHints>();
    const counts = await rowCounts(db, schema, heads, since);
    for await (const { sessions, issues } of sessionPages(db, schema, heads.sessions, counts, hints)) {
      yield { sessions, issues: issues.map((issue) => ({ path: file.path, ...issue })) };
    }
    yield* callBatches({ db, io, file, heads, hints }, since?.events ?? 0);
  },
};

/** The watermarks of the last import, if the file has only grown since; undefined to read all of it. */
async function resume(db: ForeignDb, io: SourceIo, cursor: Cursor | undefined): Promise<Heads | undefined> {
  if (cursor?.version !== 1) return undefined;
  const [events, messages, steps] = [Number(cursor.events), Number(cursor.messages), Number(cursor.steps)];
  if (events > 0) {
    const row = await eventHash(db, events, io);
    if (row === null || row !== cursor.row) return undefined;
  }
  return { events, messages, steps };
}

interface Run {
  readonly db: ForeignDb;
  readonly io: SourceIo;
  readonly file: SourceFile;
  readonly heads: Heads;
  readonly hints: ReadonlyMap<string, SessionHints>;
}

async function* callBatches(run: Run, start: number): AsyncGenerator<ImportBatch> {
  const { db, io, heads } = run;
  const query = eventsQuery(schemaOf(db.tables));
  for (let after = start; after < heads.events;) {
    const upTo = Math.min(heads.events, after + idsInAQuery);
    const rows = await db.all(query, [after, upTo, pageSize]);
    const calls: CallFact[] = [];
    const issues: Issue[] = [];
    const report = (issue: Omit<Issue, 'path'>) => void issues.push({ path: run.file.path, ...issue });
    for (const row of rows) {
      const session = label(row[1]) ?? '';
      calls.push(callOf(row, session, run.hints.get(session), report));
    }
    after = rows.length === pageSize ? (rows.at(-1)![0] as number) : await nextId(db, upTo, heads.events);
    if (rows.length === 0) continue;
    const share = (after - start) / (heads.events - start);
    yield { calls, issues, share, cursor: await cursorAt(db, io, heads, rows.at(-1)![0] as number) };
  }
  yield { cursor: await cursorAt(db, io, heads, heads.events), share: 1 };
}

/** The last id before the next row, so that gaps in the ids cost one look. */
async function nextId(db: ForeignDb, after: number, head: number): Promise<number> {
  if (after >= head) return head;
  const [row] = await db.all('SELECT min(id) FROM events WHERE id > ?', [after]);
  return typeof row?.[0] === 'number' ? row[0] - 1 : head;
}

const cursorAt = async (db: ForeignDb, io: SourceIo, heads: Heads, events: number): Promise<Cursor> => {
  return {
    version: 1,
    events,
    row: events > 0 ? await eventHash(db, events, io) : null,
    messages: heads.messages,
    steps: heads.steps,
  };
};
