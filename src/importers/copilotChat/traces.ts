import { label, text } from '../json';
import { callOf, timeOf } from './spanCall';
import { ownSession, placesOf, sessionOfAgent } from './spanSessions';
import { SpanTable } from './spans';
import type { Place } from './spanSessions';
import type { Span } from './spans';
import type { Json } from '../json';
import type { SourceFile, SourceIo } from '../importer';
import type { CallFact, Cursor, ImportBatch, SessionFact } from '../../shared/facts';
import type { Issue } from '../../shared/model';

/** Known and, as far as they are used here, alike. */
const newestSchema = 2;

type Merge = NonNullable<ImportBatch['merges']>[number];

/**
 * The facts of the span store. Spans are written when they end, calls before the agent that they belong to, so a call
 * that only its agent places is told again when that has come.
 */
export async function* tracesIn(
  { path }: SourceFile,
  io: SourceIo,
  cursor: Cursor | undefined,
): AsyncGenerator<ImportBatch> {
  const table = new SpanTable(await io.sqlite(path));
  const issues = await schemaIssues(path, table);
  if (issues.length > 0) yield { issues };
  const start = await markIn(table, cursor);
  if (start > 0) yield* lateAgents(path, table, start);
  const head = await table.head();
  let [after, last] = [start, start > 0 ? String(cursor?.span) : null];
  while (after < head) {
    const spans = await table.after(after, head);
    if (spans.length === 0) break;
    const batch = await factsOf(path, table, spans);
    after = spans.at(-1)!.rowid;
    last = label(spans.at(-1)!.fields.span_id) ?? null;
    yield { ...batch, cursor: { rowid: after, span: last }, share: (after - start) / (head - start) };
  }
  yield { cursor: { rowid: after, span: last }, share: 1 };
}

async function schemaIssues(path: string, table: SpanTable): Promise<Issue[]> {
  const version = await table.schemaVersion();
  if (version === undefined || version <= newestSchema) return [];
  const message = `Its schema ${version} is newer than what is known (${newestSchema}): what is known of it was read; update Trace Ledger.`;
  return [{ path, message }];
}

/** The row up to which all was read, if it is still there: pruning takes rows away, and then their numbers are given again. */
async function markIn(table: SpanTable, cursor: Cursor | undefined): Promise<number> {
  const rowid = Number(cursor?.rowid ?? 0);
  return rowid > 0 && cursor?.span !== null && (await table.idAt(rowid)) === cursor?.span ? rowid : 0;
}

async function* lateAgents(path: string, table: SpanTable, mark: number): AsyncGenerator<ImportBatch> {
  for (let after = 0; ;) {
    const calls = await table.touchedSince(mark, after);
    const last = calls.at(-1);
    if (!last) return;
    yield factsOf(
      path,
      table,
      calls.filter(({ fields }) => !ownSession(fields)),
    );
    after = last.rowid;
  }
}

async function factsOf(path: string, table: SpanTable, all: readonly Span[]): Promise<ImportBatch> {
  const issues: Issue[] = [];
  const spans = all.filter(({ rowid, fields }) => {
    const isKnown = label(fields.span_id) !== undefined;
    if (!isKnown)
      issues.push({ path, place: `spans.${rowid}`, message: 'It has no span_id and is left out.' });
    return isKnown;
  });
  const asked = spans.filter(({ fields }) => fields.operation_name === 'chat');
  const agents = spans.filter(({ fields }) => fields.operation_name === 'invoke_agent');
  const places = await placesOf(asked, table);
  return {
    sessions: sessionsOf(agents),
    merges: mergesOf(spans, places),
    calls: asked.map(({ fields }, i) => placedCall(fields, places[i]!)),
    issues,
  };
}

const placedCall = (fields: Json, { session, aside, isFound }: Place): CallFact => ({
  ...callOf(label(fields.span_id)!, fields),
  // An older copy of the database, which does not know the agent yet, is not believed whenever it comes.
  ...(isFound ? { version: 1 } : {}),
  session,
  ...(aside ? {} : { account: { of: `session:${session}`, rank: 0 } }),
});

/** Sub-agents, which have sessions of their own, as agents of their parents; and names from before an agent was there. */
function mergesOf(spans: readonly Span[], places: readonly Place[]): Merge[] {
  const merges = new Map<string, Merge>();
  for (const { fields } of spans) {
    const [from, into] = [label(fields.chat_session_id), label(fields.parentSession)];
    if (from === undefined || into === undefined || from === into) continue;
    const name = merges.get(from)?.agent?.name ?? agentName(fields);
    merges.set(from, { from, into, agent: name === undefined ? {} : { name } });
  }
  for (const { session: into, formerly } of places)
    for (const from of formerly) if (from !== into) merges.set(from, { from, into });
  return [...merges.values()];
}

function agentName({ operation_name, agent_name }: Json): string | undefined {
  const name = text(agent_name);
  return operation_name === 'invoke_agent'
    ? name?.slice(0, 100)
    : /(?:^|-)tool\/runSubagent-([\w.-]{1,100})$/.exec(name ?? '')?.[1];
}

/** What agents say of the folders that their session worked in, the last word of each. */
function sessionsOf(agents: readonly Span[]): SessionFact[] {
  const told = new Map<string, SessionFact>();
  for (const { fields } of agents) {
    // Of a sub-agent it is the session that started it.
    const id = label(fields.parentSession) ?? sessionOfAgent(fields);
    const found = id === undefined ? undefined : sessionOf(id, fields);
    if (!found) continue;
    const key = JSON.stringify([id, found.project]);
    const before = told.get(key);
    const isLater = (found.branch?.at ?? 0) >= (before?.branch?.at ?? 0);
    told.set(key, isLater ? { ...before, ...found } : { ...found, ...before });
  }
  return [...told.values()];
}

function sessionOf(id: string, fields: Json): SessionFact | undefined {
  const project = withoutPassword(text(fields.repository) ?? text(fields.remote));
  const [branch, at, user] = [
    text(fields.branch) ?? text(fields.headBranch),
    timeOf(fields),
    text(fields.user),
  ];
  if ((project ?? branch ?? user) === undefined) return undefined;
  return {
    id,
    ...(project === undefined ? {} : { project }),
    ...(branch === undefined || at === undefined ? {} : { branch: { name: branch, at } }),
    ...(user === undefined ? {} : { user }),
  };
}

/** A remote may have been cloned with a token in its address. */
const withoutPassword = (url: string | undefined): string | undefined =>
  url?.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1').replace(/[?#].*$/s, '');
