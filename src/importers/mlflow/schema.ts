type Tables = ReadonlyMap<string, readonly string[]>;

export const has = (tables: Tables, table: string, ...columns: readonly string[]): boolean =>
  columns.every((column) => tables.get(table)?.includes(column));

export const isMlflow = (tables: Tables): boolean =>
  has(tables, 'trace_info', 'request_id', 'experiment_id', 'timestamp_ms', 'status') &&
  has(tables, 'experiments', 'experiment_id', 'name');

export const hasSpans = (tables: Tables): boolean =>
  has(tables, 'spans', 'trace_id', 'span_id', 'parent_span_id', 'type', 'status', 'content');

export const hasMetadata = (tables: Tables): boolean =>
  has(tables, 'trace_request_metadata', 'request_id', 'key', 'value');

/** What of a span's attributes is read; values are mostly JSON within the JSON. Messages stand beside them. */
export const attributes = [
  ...['mlflow.chat.tokenUsage', 'mlflow.llm.cost', 'mlflow.llm.model', 'mlflow.llm.provider'],
  ...['mlflow.message.format', 'gen_ai.response.model', 'gen_ai.request.model', 'gen_ai.provider.name'],
  ...['gen_ai.response.id', 'error.type'],
] as const;

/** Beyond this size a span that is no JSON is not looked at. */
const longestText = 1_000_000;

const extracted = `json_extract(content, ${attributes.map((name) => `'$.attributes."${name}"'`).join(', ')})`;

/** The model that a request was made with or answered by, where it is told nowhere else: a name beside the messages. */
function modelIn(attribute: string, ...names: readonly string[]): string {
  const inner = `json_extract(content, '$.attributes."${attribute}"')`;
  const found = names.map((name) => `json_extract(${inner}, '$.${name}')`);
  const first = found.length === 1 ? found[0] : `coalesce(${found.join(', ')})`;
  return `CASE WHEN json_valid(content) THEN CASE WHEN json_valid(${inner}) THEN
    CASE WHEN json_type(${inner}) = 'object' THEN ${first} END END END`;
}

const thrown = ['$.events[0]', '$.events[#-1]']
  .map((event) => `json_extract(content, '${event}.attributes."exception.type"')`)
  .join(', ');

export const spanColumns = [
  ...['trace', 'span', 'parent', 'type', 'status', 'start', 'end', 'is_json', 'attributes'],
  ...['output_model', 'input_model', 'exception'],
] as const;

/** All spans of some traces, with what tells their usage. */
export const spansQuery = (traces: number): string =>
  `SELECT trace_id, span_id, parent_span_id, upper(type), upper(status), start_time_unix_nano, end_time_unix_nano,
    json_valid(content),
    CASE WHEN json_valid(content) THEN ${extracted} WHEN length(content) <= ${longestText} THEN content END,
    ${modelIn('mlflow.spanOutputs', 'model')}, ${modelIn('mlflow.spanInputs', 'model', 'model_name')},
    CASE WHEN upper(status) LIKE '%ERROR%' AND json_valid(content) THEN coalesce(${thrown}) END
    FROM spans WHERE trace_id IN (${marks(traces)})`;

export const metadataKeys = {
  usage: 'mlflow.trace.tokenUsage',
  cost: 'mlflow.trace.cost',
  session: 'mlflow.trace.session',
  user: 'mlflow.trace.user',
} as const;

export const metadataQuery = (traces: number): string =>
  `SELECT request_id, key, value FROM trace_request_metadata
    WHERE key IN (${Object.values(metadataKeys)
      .map((key) => `'${key}'`)
      .join(', ')}) AND request_id IN (${marks(traces)})`;

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

export const traceColumns = ['row', 'id', 'experiment', 'at', 'latency', 'status'] as const;

/**
 * Traces that are new, that were under way, or that began not long before the last import: spans are added to a trace
 * after it was stored, and nothing says when.
 */
export const tracesQuery = (tables: Tables, row: number, recent: number): string =>
  `SELECT rowid, request_id, experiment_id, timestamp_ms,
    ${has(tables, 'trace_info', 'execution_time_ms') ? 'execution_time_ms' : 'NULL'}, upper(status) FROM trace_info
    WHERE rowid > ? AND rowid <= ? AND (rowid > ${row} OR timestamp_ms >= ${recent} OR upper(status) NOT IN ('OK', 'ERROR'))
    ORDER BY rowid LIMIT ?`;
