import type { ForeignDb } from '../importer';
import type { Json } from '../json';
import type { Row } from './rows';

const pageSize = 1000;

/** What is read of each table, and nothing else: prompts and answers stand beside it. Models come first. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  llm_models: ['id', 'name', 'model_id', 'provider', 'created_at', 'updated_at'],
  conversations: [...['id', 'user_id', 'session_id', 'experiment_name', 'llm_model_id', 'created_at']],
  llm_traces: [
    ...['id', 'user_id', 'conversation_id', 'trace_id', 'parent_trace_id', 'span_id', 'operation_type'],
    ...['start_time', 'end_time', 'duration_ms', 'ttft_ms', 'created_at', 'updated_at'],
    ...['model_name', 'model_provider', 'input_tokens', 'output_tokens', 'total_tokens'],
    ...['cache_creation_input_tokens', 'cache_read_input_tokens', 'cost_usd'],
    ...['status', 'error_type', 'error_category', 'session_tag', 'metadata'],
  ],
};

/** Beyond this size metadata holds more than tags. */
const longestMetadata = 65_536;

/** The rows of the tables of a SQLite copy. */
export async function* databaseRows(db: ForeignDb): AsyncGenerator<Row> {
  for (const [table, names] of Object.entries(wanted)) {
    const there = db.tables.get(table);
    if (there)
      yield* tableRows(
        db,
        table,
        names.filter((name) => there.includes(name)),
      );
  }
}

async function* tableRows(db: ForeignDb, table: string, names: readonly string[]): AsyncGenerator<Row> {
  const select = names.map((name) =>
    name === 'metadata' ? `CASE WHEN length(metadata) <= ${longestMetadata} THEN metadata END` : `"${name}"`,
  );
  const query = `SELECT ${['rowid', ...select].join(', ')} FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT ${pageSize}`;
  for (let after: unknown = Number.MIN_SAFE_INTEGER; typeof after === 'number';) {
    const rows = await db.all(query, [after]);
    for (const [rowid, ...values] of rows) {
      const value: Json = Object.fromEntries(names.map((name, i) => [name, values[i]]));
      yield { place: `${table}.${String(rowid)}`, value };
    }
    after = rows.length === pageSize ? rows.at(-1)![0] : undefined;
  }
}
