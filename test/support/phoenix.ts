import { database, newPlace } from './sourceFiles';
import { join } from 'node:path';
import type { Statement } from './sourceFiles';

const tables = {
  projects: 'id integer primary key, name varchar not null unique, created_at timestamp',
  project_sessions:
    'id integer primary key, session_id varchar not null unique, project_id integer not null, start_time timestamp, end_time timestamp',
  traces:
    'id integer primary key, project_rowid integer not null, trace_id varchar unique, project_session_rowid integer, start_time timestamp, end_time timestamp',
  spans:
    'id integer primary key, trace_rowid integer, span_id varchar unique, parent_id varchar, name varchar, span_kind varchar, start_time timestamp, end_time timestamp, attributes json, events json, status_code varchar, status_message varchar, cumulative_llm_token_count_prompt integer, cumulative_llm_token_count_completion integer, llm_token_count_prompt integer, llm_token_count_completion integer',
  span_costs:
    'id integer primary key, span_rowid integer not null, trace_rowid integer, total_cost float, prompt_cost float, completion_cost float, total_tokens float',
} as const;

export type PhoenixTable = keyof typeof tables;
type Row = Readonly<Record<string, unknown>>;

/** A row that the database stores: objects as JSON text. */
export const insert = (table: string, row: Row): Statement => [
  `INSERT OR REPLACE INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
    .map(() => '?')
    .join(', ')})`,
  [Object.values(row).map((value) => (typeof value === 'object' && value ? JSON.stringify(value) : value))],
];

/** A Phoenix database with these rows; `without`: tables and columns that older ones lack. */
export function phoenixDb(
  rows: readonly (readonly [PhoenixTable, Row])[],
  without: readonly string[] = [],
  path = join(newPlace(), 'phoenix.db'),
): string {
  const made = Object.entries(tables)
    .filter(([name]) => !without.includes(name))
    .map(([name, columns]): Statement => {
      const kept = columns.split(', ').filter((column) => !without.includes(column.split(' ')[0]!));
      return [`CREATE TABLE ${name} (${kept.join(', ')})`];
    });
  const there = rows.filter(([table]) => !without.includes(table));
  const known = (row: Row): Row =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name)));
  return database([...made, ...there.map(([table, row]) => insert(table, known(row)))], path);
}

export const project: readonly [PhoenixTable, Row] = ['projects', { id: 1, name: 'shop' }];

export const trace = (id: number, fields: Row = {}): readonly [PhoenixTable, Row] => [
  'traces',
  {
    ...{ id, project_rowid: 1, trace_id: `trace${id}`, project_session_rowid: null },
    start_time: `2026-03-02 09:${String(id).padStart(2, '0')}:00.000000`,
    ...fields,
  },
];

export const attributes = (prompt: number, completion: number, more: Row = {}): Row => ({
  openinference: { span: { kind: 'LLM' } },
  llm: {
    ...{ model_name: 'gpt-4o-mini', provider: 'openai', system: 'openai' },
    token_count: { prompt, completion, total: prompt + completion },
    input_messages: [{ message: { role: 'user', content: 'CANARY' } }],
  },
  input: { value: 'CANARY' },
  ...more,
});

/** A request to a model. A test names what it is about. */
export const span = (id: number, fields: Row = {}): readonly [PhoenixTable, Row] => [
  'spans',
  {
    ...{ id, trace_rowid: 1, span_id: `span${id}`, parent_id: 'root', name: 'CANARY', span_kind: 'LLM' },
    ...{ start_time: '2026-03-02 09:00:00.050000', end_time: '2026-03-02 09:00:02.550000' },
    ...{ attributes: attributes(1000, 100), events: '[]', status_code: 'OK', status_message: 'CANARY' },
    ...{ cumulative_llm_token_count_prompt: 1000, cumulative_llm_token_count_completion: 100 },
    ...{ llm_token_count_prompt: 1000, llm_token_count_completion: 100 },
    ...fields,
  },
];
