import { join } from 'node:path';
import { database, newPlace } from './sourceFiles';
import type { Statement } from './sourceFiles';

const tables: Readonly<Record<string, string>> = {
  experiments: 'experiment_id integer primary key, name varchar, creation_time bigint',
  trace_info:
    'request_id varchar primary key, experiment_id integer, timestamp_ms bigint, execution_time_ms bigint, status varchar, request_preview varchar',
  trace_request_metadata: 'key varchar, value varchar, request_id varchar, primary key (request_id, key)',
  trace_tags: 'key varchar, value varchar, request_id varchar',
  spans:
    'trace_id varchar, experiment_id integer, span_id varchar, parent_span_id varchar, name text, type varchar, status varchar, start_time_unix_nano bigint, end_time_unix_nano bigint, content text, primary key (trace_id, span_id)',
};

type Row = Readonly<Record<string, unknown>>;
export type MlflowRow = readonly [table: string, row: Row];

export const insert = ([table, row]: MlflowRow): Statement => [
  `INSERT OR REPLACE INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
    .map(() => '?')
    .join(', ')})`,
  [Object.values(row).map((value) => (typeof value === 'object' && value ? JSON.stringify(value) : value))],
];

/** An MLflow database with these rows; older ones lack the tables in `without`. */
export const mlflowDb = (
  rows: readonly MlflowRow[],
  without: readonly string[] = [],
  path = join(newPlace(), 'mlflow.db'),
): string =>
  database(
    [
      ...Object.entries(tables)
        .filter(([name]) => !without.includes(name))
        .map(([name, columns]): Statement => [`CREATE TABLE ${name} (${columns})`]),
      ...rows.filter(([table]) => !without.includes(table)).map(insert),
    ],
    path,
  );

export const experiment = (id: number, name = 'shop-bot', made = 1772000000000 + id): MlflowRow => [
  'experiments',
  { experiment_id: id, name, creation_time: made },
];

export const trace = (id: string, fields: Row = {}): MlflowRow => [
  'trace_info',
  {
    ...{
      request_id: id,
      experiment_id: 1,
      timestamp_ms: 1772442000000,
      execution_time_ms: 2500,
      status: 'OK',
    },
    request_preview: 'CANARY',
    ...fields,
  },
];

export const metadata = (trace: string, key: string, value: unknown): MlflowRow => [
  'trace_request_metadata',
  {
    request_id: trace,
    key: `mlflow.trace.${key}`,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  },
];

export const usage = (input: number, output: number, more: Row = {}): Row => ({
  ...{ input_tokens: input, output_tokens: output, total_tokens: input + output },
  ...more,
});

/** A span, its attributes as JSON within JSON. A test names what it is about. */
export function span(trace: string, id: string, attributes: Row = {}, fields: Row = {}): MlflowRow {
  const own = {
    'mlflow.spanInputs': { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'CANARY' }] },
    'mlflow.spanOutputs': 'CANARY',
    ...attributes,
  };
  const encoded = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  return [
    'spans',
    {
      ...{ trace_id: trace, experiment_id: 1, span_id: id, parent_span_id: null, name: 'CANARY' },
      ...{ type: 'CHAT_MODEL', status: 'OK' },
      ...{ start_time_unix_nano: 1772442000000000000, end_time_unix_nano: 1772442002500000000 },
      content: { attributes: encoded, events: [], name: 'CANARY' },
      ...fields,
    },
  ];
}

export const used = (input: number, output: number, more: Row = {}): Row => ({
  'mlflow.chat.tokenUsage': usage(input, output),
  ...more,
});
