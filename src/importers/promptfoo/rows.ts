import { instant, label, text } from '../json';
import { columnOrNull } from '../tablePages';
import { callOf } from './result';
import type { ForeignDb, SqlValue } from '../importer';
import type { TableQuery } from '../tablePages';
import type { CallFact, SessionFact } from '../../shared/facts';

/** A JSON column that is read in pieces; NULL where it is no JSON. */
const piece = (json: string, path: string): string =>
  json === 'NULL' ? 'NULL' : `CASE WHEN json_valid(${json}) THEN json_extract(${json}, '${path}') END`;

/** Results with a row of their own, changed or not: answers and prompts stay where they are. */
export function resultQuery(tables: ForeignDb['tables']): TableQuery {
  const column = (name: string): string => columnOrNull(tables, 'eval_results', name);
  const response = column('response');
  return {
    ...{ table: 'eval_results', id: column('id'), changed: column('updated_at') },
    select: [
      ...[column('id'), column('eval_id'), column('created_at'), `substr(${column('provider')}, 1, 8192)`],
      ...[column('latency_ms'), column('cost'), piece(response, '$.tokenUsage'), piece(response, '$.cost')],
      ...[piece(response, '$.cached'), `substr(${column('error')}, 1, 400)`, column('failure_reason')],
      response === 'NULL' ? '1' : `${response} IS NULL OR json_valid(${response})`,
    ],
  };
}

/** The call of a row of `eval_results`, or why it is left out; undefined where nothing was asked. */
export function resultCall(values: readonly SqlValue[]): CallFact | string | undefined {
  const [id, evalId] = [label(values[0]), label(values[1])];
  if (id === undefined || evalId === undefined) return 'It has no id or eval_id and is left out.';
  return callOf({ id, evalId, ...figuresOf(values.slice(2)), rank: 0 });
}

export const figuresOf = ([
  at,
  provider,
  latencyMs,
  cost,
  usage,
  responseCost,
  cached,
  error,
  reason,
]: readonly (SqlValue | undefined)[]) => ({
  at,
  provider,
  latencyMs,
  cost,
  usage,
  responseCost,
  cached,
  error,
  reason,
});

/** Evals: their authors, and how much the list of results holds that stands in the eval itself. */
export function evalQuery(tables: ForeignDb['tables']): TableQuery {
  const column = (name: string): string => columnOrNull(tables, 'evals', name);
  const results = column('results');
  return {
    ...{ table: 'evals', id: column('id'), size: 100 },
    select: [
      ...[column('id'), column('created_at'), column('author')],
      `CASE WHEN ${results} IS NULL OR ${results} = '{}' THEN 0 WHEN NOT json_valid(${results}) THEN -1
        ELSE coalesce(json_array_length(${results}, '$.results'), 0) END`,
    ],
  };
}

export const evalSession = (values: readonly SqlValue[]): SessionFact | undefined => {
  const id = label(values[0]);
  return id === undefined ? undefined : { id, createdAt: instant(values[1]), user: text(values[2]) };
};

/** `?1` the row of the eval, `?2` and `?3` from where to where in its list. */
export const listQuery = (tables: ForeignDb['tables']): string => {
  const value = (path: string): string => `json_extract(entry.value, '${path}')`;
  return `SELECT entry.key, ${columnOrNull(tables, 'evals', 'created_at')}, substr(${value('$.provider')}, 1, 8192),
      ${value('$.latencyMs')}, coalesce(${value('$.cost')}, NULL), ${value('$.response.tokenUsage')}, ${value('$.response.cost')},
      ${value('$.response.cached')}, substr(coalesce(${value('$.error')}, ${value('$.response.error')}), 1, 400), ${value('$.failureReason')}
    FROM evals, json_each(evals.results, '$.results') AS entry
    WHERE evals.rowid = ?1 AND entry.key >= ?2 AND entry.key < ?3 AND entry.type = 'object'`;
};
