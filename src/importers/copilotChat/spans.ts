import { label } from '../json';
import type { Json } from '../json';
import type { ForeignDb, SqlValue } from '../importer';

/** A row of `spans` with those of its attributes that are wanted, by the names of `columns` and `attributes`. */
export interface Span {
  readonly rowid: number;
  readonly fields: Json;
}

const columns = [
  ...[
    'span_id',
    'trace_id',
    'parent_span_id',
    'operation_name',
    'start_time_ms',
    'end_time_ms',
    'status_code',
  ],
  ...['provider_name', 'agent_name', 'conversation_id', 'chat_session_id', 'request_model', 'response_model'],
  ...['input_tokens', 'output_tokens', 'cached_tokens', 'reasoning_tokens', 'ttft_ms'],
];

/** All attributes that are ever read: beside them stand prompts, answers and arguments. */
const attributes: Readonly<Record<string, string>> = {
  nanoAiu: 'copilot_chat.copilot_usage_nano_aiu',
  hostNanoAiu: 'github.copilot.nano_aiu',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  cacheWrite: 'gen_ai.usage.cache_creation.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
  parentSession: 'copilot_chat.parent_chat_session_id',
  session: 'copilot_chat.session_id',
  responseId: 'gen_ai.response.id',
  secondsToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  errorType: 'error.type',
  cancelled: 'copilot_chat.canceled',
  repository: 'github.copilot.git.repository',
  remote: 'copilot_chat.repo.remote_url',
  branch: 'github.copilot.git.branch',
  headBranch: 'copilot_chat.repo.head_branch_name',
  user: 'user.name',
};

const longestAttribute = 500;
const idsInAQuery = 500;
export const pageSize = 1000;

/** Reads the spans of one database: calls, and the agents that they belong to. */
export class SpanTable {
  private readonly select: string;

  constructor(private readonly db: ForeignDb) {
    const fields = columns.map((name) => this.column(name));
    const wanted = Object.values(attributes).map(
      (key) =>
        `(SELECT substr(a.value, 1, ${longestAttribute}) FROM span_attributes a WHERE a.span_id = s.span_id AND a.key = '${key}')`,
    );
    this.select = `SELECT s.rowid, ${[...fields, ...wanted].join(', ')} FROM spans s`;
  }

  /** Calls and agents in the order in which they were written down, those after `rowid`. */
  after(rowid: number, upTo: number): Promise<Span[]> {
    return this.spans(
      `WHERE s.rowid > ? AND s.rowid <= ? AND +s.operation_name IN ('chat', 'invoke_agent')
       ORDER BY s.rowid LIMIT ${pageSize}`,
      [rowid, upTo],
    );
  }

  /** Calls up to `mark`, after `rowid`, whose session the spans that were written since may name. */
  touchedSince(mark: number, rowid: number): Promise<Span[]> {
    const others = (name: string, only: string) =>
      this.has(name)
        ? `SELECT rowid FROM spans WHERE ${name} IN (SELECT ${name} FROM spans WHERE rowid > ?1 ${only})`
        : 'SELECT NULL';
    return this.spans(
      `WHERE s.rowid IN (${others('trace_id', '')} UNION ${others('conversation_id', "AND operation_name = 'invoke_agent'")})
         AND s.rowid <= ?1 AND s.rowid > ?2 AND +s.operation_name = 'chat' AND ${this.column('chat_session_id')} IS NULL
       ORDER BY s.rowid LIMIT ${pageSize}`,
      [mark, rowid],
    );
  }

  async byId(ids: readonly string[]): Promise<Map<string, Span>> {
    const found = new Map<string, Span>();
    for (let at = 0; at < ids.length; at += idsInAQuery) {
      const some = ids.slice(at, at + idsInAQuery);
      const spans = await this.spans(`WHERE s.span_id IN (${some.map(() => '?').join(', ')})`, some);
      for (const span of spans) found.set(label(span.fields.span_id)!, span);
    }
    return found;
  }

  /** Those of the conversations that an agent was invoked in. */
  async withAgent(conversations: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let at = 0; at < conversations.length; at += idsInAQuery) {
      const some = conversations.slice(at, at + idsInAQuery);
      const rows = await this.db.all(
        `SELECT DISTINCT conversation_id FROM spans
         WHERE conversation_id IN (${some.map(() => '?').join(', ')}) AND +operation_name = 'invoke_agent'`,
        some,
      );
      for (const [id] of rows) found.add(String(id));
    }
    return found;
  }

  async head(): Promise<number> {
    const [row] = await this.db.all('SELECT max(rowid) FROM spans');
    return typeof row?.[0] === 'number' ? row[0] : 0;
  }

  async idAt(rowid: number): Promise<string | undefined> {
    const [row] = await this.db.all('SELECT span_id FROM spans WHERE rowid = ?', [rowid]);
    return label(row?.[0]);
  }

  /** Undefined if it does not say. */
  async schemaVersion(): Promise<number | undefined> {
    if (!this.db.tables.get('schema_version')?.includes('version')) return undefined;
    const [row] = await this.db.all('SELECT max(version) FROM schema_version');
    return typeof row?.[0] === 'number' ? row[0] : undefined;
  }

  private async spans(where: string, params: readonly SqlValue[]): Promise<Span[]> {
    const rows = await this.db.all(`${this.select} ${where}`, params);
    return rows.map(([rowid, ...values]) => ({
      rowid: rowid as number,
      fields: Object.fromEntries(
        [...columns, ...Object.keys(attributes)].map((name, i) => [name, values[i] ?? undefined]),
      ),
    }));
  }

  private has(name: string): boolean {
    return this.db.tables.get('spans')?.includes(name) === true;
  }

  private column(name: string): string {
    return this.has(name) ? `s."${name}"` : 'NULL';
  }
}

/** The span store of VS Code's Copilot: nobody else has such a pair of tables. */
export function isSpanStore(tables: ForeignDb['tables']): boolean {
  const has = (table: string, ...names: readonly string[]): boolean =>
    names.every((name) => tables.get(table)?.includes(name) === true);
  return (
    has(
      'spans',
      'span_id',
      'operation_name',
      'start_time_ms',
      'end_time_ms',
      'request_model',
      'chat_session_id',
    ) && has('span_attributes', 'span_id', 'key', 'value')
  );
}
