import { count, instant, label, object, parseJson, provider, text } from '../json';
import type { ForeignDb, SqlValue } from '../importer';
import type { CallFact, ImportBatch, SessionFact } from '../../shared/facts';
import type { Issue, Millis } from '../../shared/model';

const pageSize = 1000;
/** Conversations that are counted at a time; rows of one stand close together. */
const maxConversations = 10_000;

/** Steps that are requests to a model; the others are how a conversation goes on around them. */
const requests = new Set(['stt', 'gpt', 'tts']);

const columns = [
  'conversation_id',
  'step',
  'timestamp_start',
  'timestamp_end',
  'duration_ms',
  'status',
  'metadata',
  'error_text',
  'created_at',
];

export const isChatLog = (tables: ReadonlyMap<string, readonly string[]>): boolean => {
  const found = tables.get('log_chat') ?? [];
  return ['conversation_id', 'step', 'timestamp_start', 'duration_ms'].every((name) => found.includes(name));
};

type Row = Readonly<Record<string, SqlValue>>;

/** How far a conversation is counted. Its clock is the machine's own, so only differences of it mean anything. */
interface Conversation {
  steps: number;
  createdAt?: Millis | undefined;
  first?: number | undefined;
  last?: number | undefined;
}

/** Conversations, and the requests in them with their latency and errors. The table has no tokens and no costs. */
export async function* chatLogBatches(path: string, db: ForeignDb): AsyncGenerator<ImportBatch> {
  const select = selectFrom(db.tables.get('log_chat') ?? []);
  const conversations = new Map<string, Conversation>();
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await db.all(select, [after, pageSize]);
    yield batchOf(path, rows, conversations);
    if (rows.length < pageSize) return;
    after = Number(rows[rows.length - 1]![0]);
    for (const id of conversations.keys()) {
      if (conversations.size <= maxConversations) break;
      conversations.delete(id);
    }
  }
}

/** A long metadata is no note of a model, and need not be read. */
function selectFrom(found: readonly string[]): string {
  const wanted = columns.map((name) => {
    if (!found.includes(name)) return 'NULL';
    return name === 'metadata'
      ? 'CASE WHEN length(metadata) <= 65536 THEN metadata END'
      : `CASE WHEN length(${name}) <= 1000 THEN ${name} ELSE substr(${name}, 1, 1000) END`;
  });
  return `SELECT rowid, ${wanted.join(', ')} FROM log_chat WHERE rowid > ? ORDER BY rowid LIMIT ?`;
}

function batchOf(
  path: string,
  rows: readonly SqlValue[][],
  conversations: Map<string, Conversation>,
): ImportBatch {
  const [calls, issues, touched]: [CallFact[], Issue[], Set<string>] = [[], [], new Set()];
  for (const [rowid, ...values] of rows) {
    const row = Object.fromEntries(columns.map((name, i) => [name, values[i] ?? null]));
    const conversation = label(row.conversation_id);
    if (conversation === undefined) {
      const message =
        'It has no conversation_id and is left out: correct it in the table, then import again.';
      issues.push({ path, place: `log_chat.${String(rowid)}`, message });
      continue;
    }
    touched.add(conversation);
    conversations.set(conversation, counted(conversations.get(conversation), row));
    const call = callOf(row, conversation, rowid!);
    if (call) calls.push(call);
  }
  const sessions = [...touched].map((id) => sessionOf(id, conversations.get(id)!));
  return { sessions, calls, issues };
}

function counted(known: Conversation = { steps: 0 }, row: Row): Conversation {
  const [start, end] = [instant(row.timestamp_start), instant(row.timestamp_end)];
  const least = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
  return {
    steps: known.steps + 1,
    createdAt: least(known.createdAt, instant(row.created_at)),
    first: least(known.first, start),
    last: Math.max(known.last ?? 0, start ?? 0, end ?? 0) || undefined,
  };
}

const sessionOf = (id: string, { steps, createdAt, first, last }: Conversation): SessionFact => ({
  id,
  steps,
  ...(createdAt === undefined ? {} : { createdAt }),
  ...(first === undefined || last === undefined ? {} : { durationMs: last - first }),
});

function callOf(row: Row, conversation: string, rowid: SqlValue): CallFact | undefined {
  if (!requests.has(text(row.step)?.trim().toLowerCase() ?? '')) return undefined;
  const metadata = object(typeof row.metadata === 'string' ? parseJson(row.metadata) : undefined);
  return {
    id: `${conversation}/${String(rowid)}`,
    session: conversation,
    at: instant(row.created_at),
    provider: provider(metadata?.provider)?.slice(0, 100),
    model: label(metadata?.model)?.slice(0, 100),
    latencyMs: latencyOf(row),
    ...outcomeOf(row),
  };
}

/** A step that has only started says nothing of how it ended. */
function outcomeOf({ status, error_text: told }: Row): Pick<CallFact, 'failed' | 'error'> {
  const end = text(status)?.trim().toLowerCase();
  if (end === 'completed') return { failed: false };
  return end === 'failed' ? { failed: true, error: errorOf(text(told)) } : {};
}

function latencyOf(row: Row): number | undefined {
  const [start, end] = [instant(row.timestamp_start), instant(row.timestamp_end)];
  const between = start !== undefined && end !== undefined && end >= start ? end - start : undefined;
  return count(row.duration_ms) ?? between;
}

/** The class or the number of an error: what follows may repeat what somebody said. */
function errorOf(told: string | undefined): string | undefined {
  const code = /^\s*Error code: (\d{3})\b/.exec(told ?? '')?.[1];
  return code ?? /^\s*([A-Za-z_][\w.]{0,99})\s*(?:[:(]|$)/.exec(told ?? '')?.[1];
}
