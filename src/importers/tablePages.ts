import type { ForeignDb, SqlValue } from './importer';
import type { Cursor } from '../shared/facts';

/** What is read of a table that someone else writes to. */
export interface TableQuery {
  readonly table: string;
  /** A column that tells rows apart for ever; row ids may be given anew (VACUUM). */
  readonly id: string;
  /** Expressions; a table's columns are to be quoted and named with their table. */
  readonly select: readonly string[];
  /** A column of milliseconds that every change of a row raises; absent where rows never change. */
  readonly changed?: string;
  readonly where?: string;
  /** Rows in a page: fewer where rows are large. */
  readonly size?: number;
}

export interface TablePage {
  readonly rows: readonly { readonly rowid: number; readonly values: readonly SqlValue[] }[];
  /** Where the next import goes on, as part of the cursor of the file. */
  readonly mark: Cursor;
}

/** A row may be changed with the time of a clock that was set back since. */
const slackMs = 3_600_000;

/**
 * The rows of a table by the page: where the table only grew since `cursor`, those that are new, and before them those
 * that were changed. A row at the old end that is gone or is another one means that all of it is read again.
 */
export async function* tablePages(
  db: ForeignDb,
  query: TableQuery,
  cursor: Cursor | undefined,
): AsyncGenerator<TablePage> {
  const since = await markIn(db, query, cursor);
  let { changed } = since;
  if (query.changed !== undefined && since.row > beginning && changed !== null) {
    for await (const { rows } of pages(db, query, beginning, since.row, changed - slackMs)) {
      changed = latest(changed, rows);
      yield { rows: rows.map(told), mark: markOf(query, since) };
    }
    if (changed !== since.changed) yield { rows: [], mark: markOf(query, { ...since, changed }) };
  }
  for await (const { rows } of pages(db, query, since.row, Number.MAX_SAFE_INTEGER)) {
    changed = latest(changed, rows);
    const [row, id] = rows.at(-1)! as [number, SqlValue];
    yield { rows: rows.map(told), mark: markOf(query, { row, id: textOf(id), changed }) };
  }
}

interface Mark {
  readonly row: number;
  readonly id: string | null;
  readonly changed: number | null;
}

const beginning = Number.MIN_SAFE_INTEGER;
const textOf = (id: SqlValue): string | null =>
  typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 200) : null;

const markOf = ({ table }: TableQuery, { row, id, changed }: Mark): Cursor => ({
  [`${table}.row`]: row,
  [`${table}.id`]: id,
  [`${table}.changed`]: changed,
});

async function markIn(db: ForeignDb, { table, id }: TableQuery, cursor: Cursor | undefined): Promise<Mark> {
  const [row, own, changed] = ['row', 'id', 'changed'].map((name) => cursor?.[`${table}.${name}`]);
  if (typeof row === 'number' && typeof own === 'string') {
    const [found] = await db.all(`SELECT ${id} FROM "${table}" WHERE rowid = ?`, [row]);
    if (found && textOf(found[0]!) === own)
      return { row, id: own, changed: typeof changed === 'number' ? changed : null };
  }
  return { row: beginning, id: null, changed: null };
}

async function* pages(
  db: ForeignDb,
  { table, id, select, changed, where, size = 1000 }: TableQuery,
  from: number,
  upTo: number,
  changedSince?: number,
): AsyncGenerator<{ readonly rows: SqlValue[][] }> {
  const conditions = [
    ...[`"${table}".rowid > ?1`, `"${table}".rowid <= ?2`],
    ...(changedSince === undefined ? [] : [`${changed} >= ?3`]),
    ...(where === undefined ? [] : [where]),
  ];
  const sql = `SELECT "${table}".rowid, ${id}, ${changed ?? 'NULL'}, ${select.join(', ')} FROM "${table}"
    WHERE ${conditions.join(' AND ')} ORDER BY "${table}".rowid LIMIT ${size}`;
  for (let after = from; ;) {
    const rows = await db.all(sql, [after, upTo, ...(changedSince === undefined ? [] : [changedSince])]);
    if (rows.length > 0) yield { rows };
    if (rows.length < size) return;
    after = rows.at(-1)![0] as number;
  }
}

const told = ([rowid, , , ...values]: SqlValue[]) => ({ rowid: rowid as number, values });

/** Times far in the future would hide every later change. */
const latest = (before: number | null, rows: readonly SqlValue[][]): number | null =>
  rows.reduce<number | null>((max, [, , at]) => {
    if (typeof at !== 'number' || at > 253_402_300_799_999) return max;
    return max === null || at > max ? at : max;
  }, before);

/** `"table"."column"`, or a NULL in its place where the writer of the file has no such column. */
export const columnOrNull = (tables: ForeignDb['tables'], table: string, column: string): string =>
  tables.get(table)?.includes(column) ? `"${table}"."${column}"` : 'NULL';
