import { tablePages } from '../tablePages';
import type { Layout, Slot } from './layout';
import type { MappedRecord } from './record';
import type { ForeignDb, SqlValue } from '../importer';
import type { Cursor } from '../../shared/facts';

export interface RecordPage {
  readonly records: readonly (MappedRecord & { readonly place: string })[];
  readonly cursor?: Cursor;
  /** Of the file, 0 to 1. */
  readonly share?: number;
}

/** Longer texts are no ids, names or figures. */
const [longestLabel, longestValue] = [4096, 1000];
const pageSize = 2000;

/**
 * The records of a table or view of which somebody else chose the names: they are quoted wherever they stand, and only
 * columns that are mapped are read. Tables with row ids go on where the last import ended; others are read whole.
 */
export async function* tableRecords(
  db: ForeignDb,
  table: string,
  layout: Layout,
  cursor: Cursor | undefined,
): AsyncGenerator<RecordPage> {
  const select = selectOf(db, table, layout.slots);
  const placed = (values: readonly SqlValue[], row: number) => ({ values, place: `${table}.${row}` });
  if (!(await hasRowIds(db, table))) {
    yield* wholeTable(db, table, layout, select, placed);
    return;
  }
  const range = await db.all(`SELECT min(rowid), max(rowid) FROM ${quoted(table)}`);
  const [first, last] = (range[0] ?? []).map(Number) as [number, number];
  const query = { table: inside(table), id: markOf(layout, select), select, size: pageSize };
  for await (const { rows, mark: reached } of tablePages(db, query, cursor)) {
    const at = rows.at(-1)?.rowid ?? last;
    const share = last > first ? Math.min(1, (at - first) / (last - first)) : 1;
    yield { records: rows.map(({ rowid, values }) => placed(values, rowid)), cursor: reached, share };
  }
}

/** What tells the last row that was read from another one at its place: copies of a file may go on by themselves. */
function markOf({ id, field }: Layout, select: readonly string[]): string {
  const known = [...id, field.time, field.session, field.model].filter((slot) => slot !== undefined);
  const slots = known.length > 0 ? [...new Set(known)] : [0];
  return slots.map((slot) => `coalesce(CAST(${select[slot]!} AS TEXT), '')`).join(" || ' ' || ");
}

/** Views and tables without row ids: page by page in the order of the ids. */
async function* wholeTable(
  db: ForeignDb,
  table: string,
  { id }: Layout,
  select: readonly string[],
  placed: (values: readonly SqlValue[], row: number) => MappedRecord & { readonly place: string },
): AsyncGenerator<RecordPage> {
  const order = id.length > 0 ? ` ORDER BY ${id.map((slot) => slot + 1).join(', ')}` : '';
  const sql = `SELECT ${select.join(', ')} FROM ${quoted(table)}${order} LIMIT ${pageSize} OFFSET ?`;
  for (let start = 0; ; start += pageSize) {
    const rows = await db.all(sql, [start]);
    if (rows.length > 0) yield { records: rows.map((values, i) => placed(values, start + i + 1)) };
    if (rows.length < pageSize) return;
  }
}

/** A table may have a column of its own of that name. */
async function hasRowIds(db: ForeignDb, table: string): Promise<boolean> {
  if (db.tables.get(table.toLowerCase())?.includes('rowid')) return false;
  const [row] = await db.all(
    "SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND lower(name) = lower(?)",
    [table],
  );
  return row?.[0] === 'table' && row[1] === 0;
}

const anchorsAtStart = 4;
const anchorsBetween = 32;

/**
 * Rows by which a database is known again, copied, moved or with its oldest rows deleted: the first ones, and some that
 * stand at round row ids. Each is the values of the slots given.
 */
export async function anchorRows(
  db: ForeignDb,
  table: string,
  slots: readonly Slot[],
): Promise<SqlValue[][]> {
  const select = selectOf(db, table, slots).join(', ');
  const from = `SELECT ${select} FROM ${quoted(table)}`;
  if (!(await hasRowIds(db, table))) return db.all(`${from} ORDER BY 1 LIMIT ${anchorsAtStart}`);
  const first = await db.all(`${from} ORDER BY rowid LIMIT ${anchorsAtStart}`);
  const [range] = await db.all(`SELECT min(rowid), max(rowid) FROM ${quoted(table)}`);
  const round = roundNumbers(Number(range?.[0] ?? 0), Number(range?.[1] ?? 0));
  return [...first, ...(await db.all(`${from} WHERE rowid IN (${round.join(', ')})`))];
}

/** The multiples of the least power of two of which there are few enough. */
function roundNumbers(first: number, last: number): number[] {
  let step = 1;
  while ((last - first) / step > anchorsBetween) step *= 2;
  const start = Math.ceil(first / step) * step;
  const found: number[] = [];
  for (let at = start; at <= last && found.length <= anchorsBetween; at += step) found.push(at);
  return found;
}

/** Expressions for the values of slots; NULL for a column that this file does not have. */
export const selectOf = (db: ForeignDb, table: string, slots: readonly Slot[]): string[] =>
  slots.map(({ path, isLabel }) => {
    const value = valueOf(db.tables.get(table.toLowerCase()) ?? [], table, path, !isLabel);
    return isLabel ? labelOf(value) : figureOf(value);
  });

/** As text, so that large numbers stay what they are. */
const labelOf = (value: string): string =>
  `CASE typeof(${value}) WHEN 'null' THEN NULL WHEN 'blob' THEN lower(hex(substr(${value}, 1, 256)))
    ELSE substr(CAST(${value} AS TEXT), 1, ${longestLabel}) END`;

const figureOf = (value: string): string =>
  `CASE WHEN typeof(${value}) IN ('text', 'blob') THEN substr(CAST(${value} AS TEXT), 1, ${longestValue}) ELSE ${value} END`;

/**
 * A column, or what stands at a path in the JSON of one: the longest name that is a column goes first. With `isBroken`
 * what should be JSON and is not comes itself: it is no figure, and is told as such.
 */
function valueOf(columns: readonly string[], table: string, path: string, isBroken: boolean): string {
  const column = (name: string): string => `${quoted(table)}.${quoted(name)}`;
  if (columns.includes(path.toLowerCase())) return column(path);
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const name = path.slice(0, dot);
    if (!columns.includes(name.toLowerCase())) continue;
    return inJson(`CAST(${column(name)} AS TEXT)`, path.slice(dot + 1).split('.'), isBroken);
  }
  return 'NULL';
}

/** 2: JSON as Python writes it, with bare NaN, too. */
function inJson(json: string, names: readonly string[], isBroken: boolean): string {
  const found = spellings(names).map((path) => `json_extract(${json}, ${literal(path)})`);
  const value = found.length === 1 ? found[0]! : `coalesce(${found.join(', ')})`;
  return `CASE WHEN json_valid(${json}, 2) THEN ${value} ${isBroken ? `ELSE ${json} ` : ''}END`;
}

/** `a.b` is a member b of a, or a member of that name. */
function spellings(names: readonly string[]): string[] {
  const whole = names.length < 2 || names.length > 3 ? [names] : [names, [names.join('.')]];
  return whole.map((path) => `$${path.map((name) => `.${JSON.stringify(name)}`).join('')}`);
}

const inside = (name: string): string => name.replaceAll('"', '""');
const quoted = (name: string): string => `"${inside(name)}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
