import { random } from './randomWorld';

export type TableRow = Readonly<Record<string, unknown>>;

const start = Date.UTC(2025, 11, 21, 7);
const iso = (at: number): string => new Date(at).toISOString().replace('Z', '+00:00');
const hex = (n: number, length: number): string => n.toString(16).padStart(length, '0');
const uuid = (kind: number, n: number): string => `${hex(kind, 8)}-0000-4000-8000-${hex(n, 12)}`;

const root: TableRow = {
  message_id: null,
  parent_trace_id: null,
  span_name: 'llm.completion',
  operation_type: 'llm_call',
  model_provider: 'openai',
  input_data: { messages: 'CANARY prompt' },
  output_data: null,
  total_tokens: null,
  error_message: null,
  error_type: null,
  cache_creation_input_tokens: null,
  cache_read_input_tokens: null,
};

/** What happened in one workspace, as rows of its tables in the order of writing; of a span the last row holds. */
export interface Workspace {
  readonly conversations: readonly TableRow[];
  /** Every state of every span, none of which has the `updated_at` of another one. */
  readonly states: readonly TableRow[];
}

export function makeWorkspace(seed: number): Workspace {
  const dice = random(seed);
  const conversations: TableRow[] = [];
  const states: TableRow[] = [];
  for (let c = 1; c <= 3; c++) {
    const tag = dice.chance(0.7) ? `chat_model_4f9a1c_${String(c).padStart(3, '0')}` : null;
    const at = start + c * 3_600_000;
    const conversation = {
      ...{ id: uuid(0xc0ffee, c), user_id: dice.of(['ana', 'bo']), title: 'CANARY title', session_id: tag },
      ...{ experiment_name: dice.of(['GPT-4o mini', 'Claude']), llm_model_id: uuid(0x4f9a1c, 1) },
      created_at: iso(at),
    };
    conversations.push(conversation);
    for (let t = 0; t < 4; t++) states.push(...traceOf(dice, conversation, `${c}${t}`, at + t * 60_000));
  }
  return { conversations, states };
}

function traceOf(
  dice: ReturnType<typeof random>,
  conversation: TableRow,
  name: string,
  at: number,
): TableRow[] {
  const { below, chance, of } = dice;
  const span = `span_${start}_${name}root`;
  const begun = {
    ...{
      ...root,
      id: uuid(1, Number(name)),
      span_id: span,
      start_time: iso(at),
      user_id: conversation.user_id,
    },
    ...{
      trace_id: `trace_${start}_${name}`,
      session_tag: conversation.session_id,
      created_at: iso(at + 100),
    },
    // The root always knows its conversation: the others inherit it.
    conversation_id: conversation.id,
    ...{ model_name: of(['gpt-4o-mini', 'gpt-4o']), metadata: { tags: [of(['a', 'b'])] } },
  };
  const states: TableRow[] = [{ ...begun, status: 'running', updated_at: iso(at + 100) }];
  if (chance(0.2)) return states;
  const usage = {
    input_tokens: 1 + below(2000),
    output_tokens: 1 + below(500),
    cost_usd: (1 + below(900)) / 1e6,
  };
  const ended = chance(0.25)
    ? {
        status: 'failed',
        error_type: 'RateLimitError',
        input_tokens: null,
        output_tokens: null,
        cost_usd: null,
      }
    : { status: 'completed', ...usage };
  const times = { end_time: iso(at + 2500), duration_ms: 2500, ttft_ms: 700, updated_at: iso(at + 2600) };
  states.push({ ...begun, ...ended, ...times });
  for (const [i, operation] of ['tool_call', 'embedding'].filter(() => chance(0.5)).entries()) {
    const used = operation === 'embedding';
    states.push({
      ...{ ...begun, id: uuid(2 + i, Number(name)), span_id: `span_${start}_${name}${operation}` },
      ...{ parent_trace_id: span, conversation_id: chance(0.8) ? conversation.id : null, session_tag: null },
      ...{ operation_type: operation, created_at: iso(at + 200), updated_at: iso(at + 300) },
      ...{ start_time: iso(at + 200), model_name: used ? 'text-embedding-3-small' : null, metadata: null },
      ...{ status: 'completed', duration_ms: 90, input_tokens: used ? 1 + below(90) : null },
    });
  }
  return states;
}

/** A row that lacks some columns. */
export const without = (row: TableRow, ...names: readonly string[]): TableRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

/** Of every span the row that holds. */
export const lastStates = (states: readonly TableRow[]): TableRow[] => [
  ...new Map(
    [...states]
      .sort((a, b) => (String(a.updated_at) < String(b.updated_at) ? -1 : 1))
      .map((row) => [row.span_id, row]),
  ).values(),
];

const listColumns = [
  ...['id', 'trace_id', 'span_name', 'operation_type', 'status', 'start_time', 'duration_ms', 'model_name'],
  ...['model_provider', 'conversation_id', 'message_id', 'session_tag', 'error_message', 'input_tokens'],
  ...['output_tokens', 'total_tokens', 'cost_usd', 'ttft_ms'],
];

/** What `GET /api/analytics/traces/list` answers: roots, with few columns and no span_id. */
export const listRows = (states: readonly TableRow[]): TableRow[] =>
  lastStates(states)
    .filter((row) => row.parent_trace_id === null)
    .map((row) => Object.fromEntries(listColumns.map((name) => [name, row[name] ?? null])));

/** What the unified export makes of every span: it looks for columns that the table lacks. */
export const exportRows = (states: readonly TableRow[]): TableRow[] =>
  lastStates(states).map((row) => ({
    ...{ traceId: row.trace_id, inputTokens: row.input_tokens, outputTokens: row.output_tokens },
    ...{ status: row.status, errorType: row.error_type, createdAt: row.created_at, metadata: row.metadata },
  }));

const cell = (value: unknown): string => {
  const text = typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** As Postgres and PostgREST write it. */
export function csvOf(rows: readonly TableRow[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [names.join(','), ...rows.map((row) => names.map((name) => cell(row[name])).join(','))].join('\n');
}

/** As `GET /api/analytics/traces?trace_id=` nests them. */
export function nested(rows: readonly TableRow[]): TableRow[] {
  const nodes = new Map(rows.map((row) => [row.span_id, { ...row, children: [] as TableRow[] }]));
  const roots: TableRow[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get((node as TableRow).parent_trace_id);
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

/** Every way in which rows of traces can lie in a file. */
export const traceFiles: readonly ((rows: readonly TableRow[]) => string)[] = [
  (rows) => JSON.stringify(rows, null, 2),
  (rows) => rows.map((row) => JSON.stringify(row)).join('\n'),
  csvOf,
  (rows) => JSON.stringify({ success: true, data: nested(lastStates(rows)), pagination: {} }),
];
