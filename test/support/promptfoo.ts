import type { Statement } from './sourceFiles';

export const tables: Statement[] = [
  [
    'CREATE TABLE evals (id TEXT PRIMARY KEY, created_at INTEGER, author TEXT, description TEXT, results TEXT, config TEXT)',
  ],
  [
    'CREATE TABLE eval_results (id TEXT PRIMARY KEY, created_at INTEGER, updated_at INTEGER, eval_id TEXT, provider TEXT, latency_ms INTEGER, cost REAL, response TEXT, error TEXT, failure_reason INTEGER, success INTEGER, prompt TEXT)',
  ],
];
const names = [
  'id',
  'created_at',
  'updated_at',
  'eval_id',
  'provider',
  'latency_ms',
  'cost',
  'response',
  'error',
  'failure_reason',
  'prompt',
];
export const usual = {
  ...{
    created_at: 1772442001000,
    updated_at: 1772442001000,
    eval_id: 'eval-1',
    latency_ms: 900,
    cost: 0.000252,
  },
  ...{ provider: { id: 'openai:gpt-4o-mini' }, error: null, failure_reason: 0, prompt: 'CANARY' },
  response: { output: 'CANARY', tokenUsage: { total: 1520, prompt: 1300, completion: 220, numRequests: 1 } },
};
export type Fields = Partial<Record<keyof typeof usual, unknown>> & { readonly id: string };
const cell = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
export const results = (...rows: readonly Fields[]): Statement => [
  `INSERT OR REPLACE INTO eval_results (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  rows.map((row) => names.map((name) => cell({ ...usual, ...row }[name as keyof Fields]))),
];
export const evals = (...rows: readonly (readonly [id: string, results: unknown])[]): Statement => [
  'INSERT INTO evals VALUES (?, ?, ?, ?, ?, ?)',
  rows.map(([id, list]) => [
    id,
    '2025-01-02 03:04:05',
    'ana@example.com',
    'CANARY',
    cell(list),
    '{"prompts": "CANARY"}',
  ]),
];
