import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { python } from './synthDb';
import type { Imported } from './imported';
import type { CallFact } from '../../src/shared/facts';

export interface AgentTraceOptions {
  readonly seed?: number;
  readonly sessions?: number;
  readonly calls?: number;
  readonly wal?: boolean;
  readonly schema?: 'v1' | 'v2';
  /** Last moment in the file, ISO. */
  readonly end?: string;
  /** Path of a clean copy, as the command of the editor makes one. */
  readonly export?: string;
}

export interface SpanSums {
  readonly calls: number;
  readonly input: number;
  readonly cached_read: number;
  readonly cache_write: number;
  readonly input_uncached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly calls_with_credits: number;
  readonly nano_aiu: number;
}

/** What the generator says of the database it made; it keeps its own books while it writes. */
export interface AgentTraceExpected {
  readonly canary: string;
  readonly naive: {
    readonly all_rows_with_tokens: { readonly input: number; readonly output: number };
    readonly input_plus_cached: { readonly input: number };
    readonly sessions_view: { readonly sessions: number };
    readonly distinct_response_id: { readonly calls: number };
    readonly main_file_only?: { readonly calls: number };
  };
  readonly correct: SpanSums & {
    readonly errors: number;
    readonly canceled: number;
    readonly no_usage_recorded: number;
    readonly subagent_calls: number;
    readonly utility_calls: number;
    readonly sessions: number;
    readonly calls_without_session: number;
    readonly latency_ms_sum: number;
    readonly by_model: Readonly<Record<string, SpanSums>>;
    readonly by_session: Readonly<Record<string, SpanSums>>;
  };
}

const generator = join(__dirname, 'make_agent_traces.py');

/** Makes a database of Copilot's spans at `path`, always the same for the same options. */
export function makeAgentTraces(
  path: string,
  { wal, ...options }: AgentTraceOptions = {},
): AgentTraceExpected {
  const flags = Object.entries({ sessions: 6, calls: 60, ...options, out: path }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const answer = execFileSync('python3', [generator, ...flags, ...(wal ? ['--wal'] : [])], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return JSON.parse(answer) as AgentTraceExpected;
}

/** Runs statements on the database at `path`, made with the columns of the shipped schema if it is new. */
export function editAgentTraces(path: string, ...statements: readonly string[]): void {
  python(
    `
db = sqlite3.connect(sys.argv[1])
db.executescript("""
CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS spans (span_id TEXT PRIMARY KEY, trace_id TEXT NOT NULL, parent_span_id TEXT, name TEXT NOT NULL,
  start_time_ms INTEGER NOT NULL, end_time_ms INTEGER NOT NULL, status_code INTEGER NOT NULL DEFAULT 0, status_message TEXT,
  operation_name TEXT, provider_name TEXT, agent_name TEXT, conversation_id TEXT, request_model TEXT, response_model TEXT,
  input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER, reasoning_tokens INTEGER,
  tool_name TEXT, tool_call_id TEXT, tool_type TEXT, chat_session_id TEXT, turn_index INTEGER, ttft_ms REAL);
CREATE TABLE IF NOT EXISTS span_attributes (span_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT, PRIMARY KEY (span_id, key));
""")
for statement in json.loads(sys.argv[2]):
    db.execute(statement)
db.commit()
`,
    path,
    JSON.stringify(statements),
  );
}

type Value = string | number | null;

/** Statements that write one span down, with its attributes. */
export function spanRow(
  columns: Readonly<Record<string, Value>>,
  attributes: Readonly<Record<string, Value>> = {},
): string[] {
  const span = {
    ...{ trace_id: 't', name: 'chat', start_time_ms: 1787000000000, end_time_ms: 1787000002000.5 },
    ...{ operation_name: 'chat', provider_name: 'github', request_model: 'gpt-5.4' },
    ...columns,
  };
  const quoted = (value: Value) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL');
  return [
    `INSERT OR REPLACE INTO spans (${Object.keys(span).join(', ')}) VALUES (${Object.values(span).map(quoted).join(', ')})`,
    ...Object.entries(attributes).map(
      ([key, value]) =>
        `INSERT INTO span_attributes VALUES (${quoted(columns.span_id ?? null)}, '${key}', ${quoted(value)})`,
    ),
  ];
}

/** What calls add up to, in the generator's words. */
export function sumsOf(calls: readonly CallFact[]): SpanSums {
  const sum = (of: (call: CallFact) => number | undefined): number =>
    calls.reduce((all, call) => all + (of(call) ?? 0), 0);
  const uncached = sum((call) => call.inputTokens);
  const [read, write] = [sum((call) => call.cacheReadTokens), sum((call) => call.cacheWriteTokens)];
  return {
    calls: calls.length,
    input: uncached + read + write,
    ...{ cached_read: read, cache_write: write, input_uncached: uncached },
    output: sum((call) => call.outputTokens),
    reasoning: sum((call) => call.reasoningTokens),
    calls_with_credits: calls.filter((call) => call.recorded !== undefined).length,
    nano_aiu: sum((call) => call.recorded) * 100,
  };
}

/** The session of each call once all that was said to belong together does; `agents` are the names that were sub-agents. */
export function topLevel({ batches }: Imported): {
  readonly of: (call: CallFact) => string;
  readonly agents: ReadonlyMap<string, string | undefined>;
} {
  const merges = batches.flatMap((batch) => batch.merges ?? []);
  const into = new Map(merges.map((merge) => [merge.from, merge.into]));
  const agents = new Map(merges.flatMap((merge) => (merge.agent ? [[merge.from, merge.agent.name]] : [])));
  const top = (session: string): string => (into.has(session) ? top(into.get(session)!) : session);
  return { of: (call) => top(call.session), agents };
}
