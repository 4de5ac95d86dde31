type Tables = ReadonlyMap<string, readonly string[]>;

const has = (tables: Tables, table: string, ...columns: readonly string[]): boolean =>
  columns.every((column) => tables.get(table)?.includes(column));

export const isPhoenix = (tables: Tables): boolean =>
  has(tables, 'spans', 'span_id', 'trace_rowid', 'span_kind', 'attributes', 'status_code') &&
  has(tables, 'traces', 'trace_id', 'project_rowid');

/** What there is in a database: Phoenix got sessions and counts of their own in 2024, costs in 2025. */
export interface Schema {
  readonly sessions: boolean;
  readonly costs: boolean;
  readonly counts: boolean;
  readonly projects: boolean;
}

export const schemaOf = (tables: Tables): Schema => ({
  sessions:
    has(tables, 'project_sessions', 'id', 'session_id') && has(tables, 'traces', 'project_session_rowid'),
  costs: has(tables, 'span_costs', 'id', 'span_rowid', 'total_cost'),
  counts: has(tables, 'spans', 'llm_token_count_prompt', 'llm_token_count_completion'),
  projects: has(tables, 'projects', 'id', 'name'),
});

/** What of the attributes is read, in the order in which it is selected; prompts and answers stand beside it. */
export const paths = [
  ...['llm.model_name', 'embedding.model_name', 'reranker.model_name', 'llm.provider', 'llm.system'],
  ...['llm.token_count', 'llm.cost', 'session.id', 'user.id', 'gen_ai.response.id'],
] as const;

/** Beyond this size attributes that are no JSON are not looked at. */
const longestText = 1_000_000;
const attributes = `CASE WHEN json_valid(s.attributes) THEN json_extract(s.attributes, ${paths
  .map((path) => `'$.${path}'`)
  .join(', ')}) WHEN length(s.attributes) <= ${longestText} THEN s.attributes END`;

const thrown = ['$[0]', '$[#-1]']
  .flatMap((event) => [`${event}.attributes."exception.type"`, `${event}.attributes.exception.type`])
  .map((path) => `json_extract(s.events, '${path}')`)
  .join(', ');

export const columns = [
  ...['id', 'span_id', 'trace_id', 'kind', 'parent_id', 'start_time', 'end_time', 'status', 'is_json'],
  ...['attributes', 'exception', 'prompt', 'completion', 'cost', 'prompt_cost', 'completion_cost'],
  ...['session_id', 'project', 'trace_start'],
] as const;

/** Requests to models, and what else has token counts of its own. Never `cumulative_*`, which repeats children's. */
export function spansQuery({ sessions, costs, counts, projects }: Schema): string {
  const count = (name: string) => (counts ? `s.llm_token_count_${name}` : 'NULL');
  const cost = (name: string) => (costs ? `c.${name}_cost` : 'NULL');
  const counted = counts
    ? ' OR s.llm_token_count_prompt IS NOT NULL OR s.llm_token_count_completion IS NOT NULL'
    : '';
  return `SELECT s.id, s.span_id, t.trace_id, upper(s.span_kind), s.parent_id, s.start_time, s.end_time,
      upper(s.status_code), json_valid(s.attributes), ${attributes},
      CASE WHEN upper(s.status_code) = 'ERROR' AND json_valid(s.events) THEN coalesce(${thrown}) END,
      ${count('prompt')}, ${count('completion')}, ${['total', 'prompt', 'completion'].map(cost).join(', ')},
      ${sessions ? 'p.session_id' : 'NULL'}, ${projects ? 'j.name' : 'NULL'}, t.start_time
    FROM spans s LEFT JOIN traces t ON t.id = s.trace_rowid
    ${costs ? 'LEFT JOIN span_costs c ON c.span_rowid = s.id' : ''}
    ${sessions ? 'LEFT JOIN project_sessions p ON p.id = t.project_session_rowid' : ''}
    ${projects ? 'LEFT JOIN projects j ON j.id = t.project_rowid' : ''}
    WHERE s.id > ? AND s.id <= ? AND (upper(s.span_kind) IN ('LLM', 'EMBEDDING', 'RERANKER')${counted})
    ORDER BY s.id LIMIT ?`;
}

/** Sessions with their start and the name of their project. */
export const sessionsQuery = (projects: boolean): string =>
  `SELECT p.id, p.session_id, p.start_time, ${projects ? 'j.name' : 'NULL'} FROM project_sessions p
    ${projects ? 'LEFT JOIN projects j ON j.id = p.project_id' : ''}
    WHERE p.id > ? AND p.id <= ? ORDER BY p.id LIMIT ?`;
