import { instant, label, object, parseJson, text } from '../json';
import { columnOrNull, tablePages } from '../tablePages';
import { folder, messageOf } from './message';
import type { ForeignDb, SqlValue } from '../importer';
import type { TablePage, TableQuery } from '../tablePages';
import type { CallFact, Cursor, ImportBatch, SessionFact } from '../../shared/facts';
import type { Issue } from '../../shared/model';

/** Up to this size an answer is read whole; beyond it SQLite takes out what is needed, so that texts are not copied. */
const wholeUpTo = 8192;
const wanted = ['role', 'modelID', 'providerID', 'model', 'time', 'path', 'cost', 'tokens'];

/** Sessions with their parents, then the answers of models: what is new or was changed since `cursor`. */
export async function* databaseBatches(
  path: string,
  db: ForeignDb,
  cursor: Cursor | undefined,
): AsyncGenerator<ImportBatch> {
  let reached: Cursor = cursor ?? { version: 1 };
  const tables = [
    { query: sessionQuery(db.tables), facts: sessionFacts },
    { query: await messageQuery(db), facts: messageFacts },
  ];
  for (const { query, facts } of tables) {
    for await (const page of tablePages(db, query, cursor)) {
      reached = { ...reached, ...page.mark };
      yield { ...facts(path, query.table, page), cursor: reached };
    }
  }
  yield { cursor: reached, share: 1 };
}

function sessionQuery(tables: ForeignDb['tables']): TableQuery {
  const column = (name: string): string => columnOrNull(tables, 'session', name);
  return {
    ...{ table: 'session', id: column('id'), changed: column('time_updated') },
    select: [
      ...[column('id'), column('parent_id'), column('directory'), column('time_created')],
      agentColumn(tables),
    ],
  };
}

/** Only the answers in a sub-agent's session name the agent. */
function agentColumn(tables: ForeignDb['tables']): string {
  if (tables.get('session')!.includes('agent')) return columnOrNull(tables, 'session', 'agent');
  if (!tables.has('message')) return 'NULL';
  return `CASE WHEN "session"."parent_id" IS NOT NULL THEN (
      SELECT json_extract(m.data, '$.agent') FROM message m
      WHERE m.session_id = "session"."id" AND json_valid(m.data) AND json_extract(m.data, '$.role') = 'assistant' LIMIT 1) END`;
}

/** Builds of the next generation write a table of their own; until it is the only one, the old one says everything. */
async function messageQuery(db: ForeignDb): Promise<TableQuery> {
  const filled = db.tables.has('message') && (await db.all('SELECT 1 FROM message LIMIT 1')).length > 0;
  const table = filled || !db.tables.has('session_message') ? 'message' : 'session_message';
  const column = (name: string): string => columnOrNull(db.tables, table, name);
  const data = column('data');
  return {
    ...{ table, id: column('id'), changed: column('time_updated'), where: `instr(${data}, '"') > 0` },
    select: [
      ...[column('id'), column('session_id'), column('time_created'), column('time_updated')],
      table === 'message' ? 'NULL' : column('type'),
      `CASE WHEN length(${data}) <= ${wholeUpTo} THEN ${data} WHEN json_valid(${data}) THEN ${parts(data)}
        ELSE substr(${data}, 1, 64) END`,
    ],
  };
}

const parts = (data: string): string =>
  `json_object(${wanted.map((name) => `'${name}', json(${data} -> '$.${name}')`).join(', ')},
    'error', json_object('name', ${data} ->> '$.error.name', 'data', json_object('statusCode', ${data} ->> '$.error.data.statusCode')),
    'failed', nullif(json_type(${data}, '$.error'), 'null'))`;

function sessionFacts(path: string, table: string, { rows }: TablePage): ImportBatch {
  const sessions: SessionFact[] = [];
  const merges: { from: string; into: string; agent: { name?: string } }[] = [];
  const issues: Issue[] = [];
  for (const { rowid, values } of rows) {
    const [id, parent] = [label(values[0]), label(values[1])];
    if (id === undefined) {
      issues.push({ path, place: `${table}.${rowid}`, message: 'The session has no id and is left out.' });
      continue;
    }
    sessions.push({ id, project: folder(values[2]), createdAt: instant(values[3]) });
    const name = text(values[4]);
    if (parent !== undefined && parent !== id) merges.push({ from: id, into: parent, agent: { name } });
  }
  return { sessions, merges, issues };
}

function messageFacts(path: string, table: string, { rows }: TablePage): ImportBatch {
  const calls: CallFact[] = [];
  const sessions = new Map<string, SessionFact>();
  const issues: Issue[] = [];
  for (const { rowid, values } of rows) {
    const read = readRow(values);
    if (typeof read === 'string') issues.push({ path, place: `${table}.${rowid}`, message: read });
    if (typeof read !== 'object') continue;
    sessions.set(`${read.session.id} ${read.session.project ?? ''}`, read.session);
    if (read.call) calls.push(read.call);
  }
  return { sessions: [...sessions.values()], calls, issues };
}

/** The answer in a row, or why it is left out; undefined for what is no answer. */
function readRow(values: readonly SqlValue[]): ReturnType<typeof messageOf> | string | undefined {
  const [id, session, created, updated, type, json] = values;
  const data = object(parseJson(String(json)));
  if (!data) return 'Its data is not valid JSON: the message is left out.';
  if ((text(type) ?? data.role) !== 'assistant') return undefined;
  const [own, of] = [label(id), label(session)];
  if (own === undefined || of === undefined) return 'It has no id or session and is left out.';
  const envelope = { id: own, session: of, created: instant(created), updated: instant(updated) };
  const error = data.failed === null ? undefined : data.error;
  return messageOf({ ...data, error }, envelope);
}
