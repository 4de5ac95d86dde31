import { callOf } from './promptfoo/result';
import { evalQuery, evalSession, figuresOf, listQuery, resultCall, resultQuery } from './promptfoo/rows';
import { tablePages } from './tablePages';
import type { ForeignDb, Importer } from './importer';
import type { CallFact, Cursor, ImportBatch, SessionFact } from '../shared/facts';
import type { Issue } from '../shared/model';

/** Results of one old eval in a query: each has a long prompt and answer beside it. */
const listPage = 500;

/**
 * promptfoo's database. A call is one result of an eval: a row of `eval_results`, or an entry of the list that old evals
 * keep in `evals.results`. Costs are exact USD. Docs: docs/sources/promptfoo.md.
 */
export const promptfoo: Importer = {
  id: 'promptfoo',
  label: 'promptfoo evals',

  detect({ tables }) {
    const has = (table: string, ...columns: readonly string[]): boolean =>
      columns.every((column) => tables?.get(table)?.includes(column));
    return (
      has('evals', 'id', 'created_at', 'config', 'results') ||
      has('eval_results', 'id', 'eval_id', 'provider')
    );
  },

  identify: () => Promise.resolve({ kind: 'global' }),

  async *import({ path }, io, cursor) {
    const db = await io.sqlite(path);
    let reached: Cursor = cursor?.version === 1 ? cursor : { version: 1 };
    const since = reached;
    for (const batches of [evalBatches(path, db, since), resultBatches(path, db, since)]) {
      for await (const batch of batches) {
        reached = { ...reached, ...batch.cursor };
        yield { ...batch, cursor: reached };
      }
    }
    yield { cursor: reached, share: 1 };
  },
};

async function* evalBatches(path: string, db: ForeignDb, cursor: Cursor): AsyncGenerator<ImportBatch> {
  if (!db.tables.has('evals')) return;
  for await (const { rows, mark } of tablePages(db, evalQuery(db.tables), cursor)) {
    const sessions: SessionFact[] = [];
    const issues: Issue[] = [];
    for (const { rowid, values } of rows) {
      const place = `evals.${rowid}`;
      const session = evalSession(values);
      if (session) sessions.push(session);
      else issues.push({ path, place, message: 'It has no id and is left out.' });
      if (values[3] === -1)
        issues.push({ path, place, message: 'Its results are not valid JSON and are left out.' });
      if (session) yield* listBatches(db, rowid, session.id, Number(values[3]));
    }
    yield { sessions, issues, cursor: mark };
  }
}

/** The results that an old eval holds in itself. Where they were moved into rows of their own, these count. */
async function* listBatches(
  db: ForeignDb,
  rowid: number,
  evalId: string,
  length: number,
): AsyncGenerator<ImportBatch> {
  const query = length > 0 ? listQuery(db.tables) : '';
  for (let from = 0; from < length; from += listPage) {
    const rows = await db.all(query, [rowid, from, from + listPage]);
    const calls: CallFact[] = [];
    for (const [key, ...values] of rows) {
      const call = callOf({ id: `${evalId} ${String(key)}`, evalId, ...figuresOf(values), rank: 1 });
      if (call) calls.push(call);
    }
    yield { calls };
  }
}

async function* resultBatches(path: string, db: ForeignDb, cursor: Cursor): AsyncGenerator<ImportBatch> {
  if (!db.tables.has('eval_results')) return;
  for await (const { rows, mark } of tablePages(db, resultQuery(db.tables), cursor)) {
    const calls: CallFact[] = [];
    const issues: Issue[] = [];
    for (const { rowid, values } of rows) {
      const place = `eval_results.${rowid}`;
      const call = resultCall(values);
      if (typeof call === 'string') issues.push({ path, place, message: call });
      else if (call) calls.push(call);
      if (values[11] === 0)
        issues.push({
          path,
          place,
          message: 'Its response is not valid JSON: the call is imported without usage.',
        });
    }
    yield { calls, issues, cursor: mark };
  }
}
