import { columnOrNull } from '../tablePages';
import type { TableQuery } from '../tablePages';
import type { ForeignDb } from '../importer';

type Tables = ForeignDb['tables'];

/** One generation of the log: how its rows are read. All give the same values in the same order. */
export interface Generation extends TableQuery {
  /** Its ids are counted in each file anew, so that they say nothing by themselves. */
  readonly counted?: boolean;
}

/** Details are a few hundred bytes; what is longer is something else. */
const longestDetails = 65_536;

const needed = ['model', 'datetime_utc'] as const;

/** Since 0.32 turns of threads; before that responses of conversations; in 2023 logs of chats. All may stand in one file. */
export function generationsIn(tables: Tables): Generation[] {
  const found = current
    .filter(([table, session]) => has(tables, table, ...needed, session))
    .map(([table, session]) => generation(tables, table, session));
  const old = ['logs', 'log'].flatMap((table) =>
    has(tables, table, 'model', 'prompt', 'response', 'chat_id') ? [chats(tables, table)] : [],
  );
  return [...found, ...old];
}

const current: readonly (readonly [table: string, session: string])[] = [
  ['responses', 'conversation_id'],
  ['turns', 'thread_id'],
];

/** Tables of the log that are there and cannot be read. */
export const unknownIn = (tables: Tables): string[] =>
  current
    .filter(([table, session]) => tables.has(table) && !has(tables, table, ...needed, session))
    .map(([table]) => table);

const has = (tables: Tables, table: string, ...columns: readonly string[]): boolean =>
  columns.every((column) => tables.get(table)?.includes(column));

function generation(tables: Tables, table: string, session: string): Generation {
  const column = (name: string): string => columnOrNull(tables, table, name);
  const details = column('token_details');
  return {
    table,
    id: column('id'),
    select: [
      ...[column('id'), column('model'), column('resolved_model'), column(session), column('datetime_utc')],
      ...[column('duration_ms'), column('input_tokens'), column('output_tokens')],
      `CASE WHEN length(${details}) <= ${longestDetails} THEN ${details} END`,
    ],
  };
}

/** A chat is named by the number of its first row, whose time makes that name unique. */
function chats(tables: Tables, table: string): Generation {
  const column = (name: string): string => columnOrNull(tables, table, name);
  const id = tables.get(table)!.includes('id') ? column('id') : `"${table}".rowid`;
  const time = tables.get(table)!.includes('datetime_utc') ? 'datetime_utc' : 'timestamp';
  const at = column(time);
  const first =
    at === 'NULL' ? "''" : `(SELECT f."${time}" FROM "${table}" f WHERE f.rowid = ${column('chat_id')})`;
  return {
    ...{ table, id, counted: true },
    select: [
      ...[id, column('model'), 'NULL', `${column('chat_id')} || ' ' || coalesce(${first}, '')`, at],
      ...[column('duration_ms'), 'NULL', 'NULL', 'NULL'],
    ],
  };
}
