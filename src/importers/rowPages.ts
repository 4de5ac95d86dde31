import type { ForeignDb, SqlValue } from './importer';

const pageSize = 1000;
/** Ids looked at in one query, so that none reads without bound where few rows are wanted. */
const idsInAQuery = 20_000;

export interface RowPage {
  readonly rows: readonly SqlValue[][];
  /** All rows up to this id are read. */
  readonly upTo: number;
  /** Of the ids that were to be read, 0 to 1. */
  readonly share: number;
}

export interface RowQuery {
  /** Table and column of the id. */
  readonly table: string;
  readonly id: string;
  /** Selects the id first; its parameters: ids above, up to, and how many rows. Ordered by the id. */
  readonly sql: string;
}

/** The highest id of a table, 0 for none. */
export async function headOf(db: ForeignDb, { table, id }: Pick<RowQuery, 'table' | 'id'>): Promise<number> {
  const [row] = await db.all(`SELECT max(${id}) FROM ${table}`);
  return typeof row?.[0] === 'number' ? row[0] : 0;
}

/** The rows of a table page by page, those with ids above `after` and up to `head`. */
export async function* rowPages(
  db: ForeignDb,
  query: RowQuery,
  after: number,
  head: number,
): AsyncGenerator<RowPage> {
  const start = after;
  for (let at = after; at < head;) {
    const upTo = Math.min(head, at + idsInAQuery);
    const rows = await db.all(query.sql, [at, upTo, pageSize]);
    const full = rows.length === pageSize;
    at = full ? Number(rows.at(-1)![0]) : await beforeNext(db, query, upTo, head);
    if (rows.length > 0) yield { rows, upTo: at, share: (at - start) / (head - start) };
  }
}

/** The last id before the next row, so that gaps in the ids cost one look. */
async function beforeNext(
  db: ForeignDb,
  { table, id }: RowQuery,
  after: number,
  head: number,
): Promise<number> {
  if (after >= head) return head;
  const [row] = await db.all(`SELECT min(${id}) FROM ${table} WHERE ${id} > ?`, [after]);
  return typeof row?.[0] === 'number' ? row[0] - 1 : head;
}
