import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Papa from 'papaparse';
import { wasmPath } from './engine';
import type initSqlJs from 'sql.js';

/** What becomes of the value at a place; the value itself where nothing is planted. */
export type Plant = (place: string, value: unknown) => unknown;

export type Member = readonly [name: string, value: unknown];

/** A source file of which every value can be replaced. */
export interface PlantedFile {
  /** The file with what `plant` makes of its values; every object that has no such member gets `member` besides. */
  with(plant: Plant, member?: Member): Promise<Uint8Array | string>;
}

/** Opens a file of JSON, JSON lines, CSV or SQLite; anything else is one text. */
export function plantedFile(path: string): PlantedFile {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, 15).toString() === 'SQLite format 3')
    return { with: (plant, member) => inDatabase(bytes, plant, member) };
  const text = bytes.toString().replace(/^\uFEFF/, '');
  if (path.endsWith('.csv')) return { with: async (plant) => inTable(text, plant) };
  const whole = parsed(text.replace(/\b(?:NaN|-?Infinity)\b/g, 'null'));
  const documents = whole === undefined ? text.split('\n').filter((line) => line !== '') : [whole];
  return {
    with: async (plant, member) =>
      documents.map((document) => `${inDocument(document, plant, member)}\n`).join(''),
  };
}

/** A line may be no JSON: then it is one text. */
function inDocument(document: unknown, plant: Plant, member?: Member): string {
  const value = typeof document === 'string' ? parsed(document) : document;
  return value === undefined
    ? String(plant('line', document))
    : JSON.stringify(inValue(value, '', plant, member));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Records of all lines, and elements of a list, share their places, but for those that are told apart by a `key`. */
function inValue(value: unknown, place: string, plant: Plant, member?: Member): unknown {
  if (Array.isArray(value))
    return value.map((element: unknown) => {
      const key: unknown = (element as { key?: unknown } | null)?.key;
      return inValue(element, `${place}[${typeof key === 'string' ? key : ''}]`, plant, member);
    });
  if (isNested(value)) {
    const entries = Object.entries(value as object).map(([name, inner]): [string, unknown] => [
      name,
      inValue(inner, place === '' ? name : `${place}.${name}`, plant, member),
    ]);
    return Object.fromEntries(
      member && !Object.hasOwn(value as object, member[0]) ? [...entries, member] : entries,
    );
  }
  const inner = typeof value === 'string' ? parsed(value) : undefined;
  return isNested(inner) ? JSON.stringify(inValue(inner, `${place}$`, plant, member)) : plant(place, value);
}

function inTable(text: string, plant: Plant): string {
  const { data, meta } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  const fields = meta.fields ?? [];
  return Papa.unparse({
    fields,
    data: data.map((row) => fields.map((name) => inValue(row[name], name, plant))),
  });
}

let sqlJs: Promise<initSqlJs.SqlJs> | undefined;

/** An instance beside that of the product, whose files are not those of the disk. */
function ownSqlJs(): Promise<initSqlJs.SqlJs> {
  const load = createRequire(__filename);
  const path = load.resolve('sql.js');
  const other = load.cache[path];
  delete load.cache[path];
  const init = load(path) as (config: object) => Promise<initSqlJs.SqlJs>;
  load.cache[path] = other;
  return init({ locateFile: () => wasmPath });
}

async function inDatabase(bytes: Uint8Array, plant: Plant, member?: Member): Promise<Uint8Array> {
  const { Database } = await (sqlJs ??= ownSqlJs());
  const rolledBack = Uint8Array.from(bytes);
  // Without a write-ahead log, which it cannot have.
  rolledBack.fill(1, 18, 20);
  const db = new Database(rolledBack);
  const all = (sql: string, ...values: readonly initSqlJs.Value[]): initSqlJs.Value[][] => {
    const rows: initSqlJs.Value[][] = [];
    const statement = db.prepare(sql);
    try {
      statement.bind(values);
      while (statement.step()) rows.push(statement.get());
      return rows;
    } finally {
      statement.free();
    }
  };
  all('PRAGMA ignore_check_constraints = ON');
  for (const [trigger] of all("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    all(`DROP TRIGGER "${String(trigger)}"`);
  const tables =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%fts%'";
  for (const [table] of all(tables)) plantInto(all, String(table), plant, member);
  const planted = db.export();
  db.close();
  return planted;
}

type Query = (sql: string, ...values: readonly initSqlJs.Value[]) => initSqlJs.Value[][];

function plantInto(all: Query, table: string, plant: Plant, member?: Member): void {
  const columns = all(`SELECT name FROM pragma_table_info('${table}')`).map(([name]) => String(name));
  const keyAt = columns.indexOf('key');
  for (const [row, ...values] of all(`SELECT rowid, * FROM "${table}"`)) {
    const key = keyAt < 0 ? '' : `[${String(values[keyAt])}]`;
    for (const [at, value] of values.entries()) {
      if (value instanceof Uint8Array) continue;
      const made = inValue(value, `${table}${key}.${columns[at]!}`, plant, member);
      if (made === value) continue;
      // Values may have to be unique, and a key that is a number cannot be anything else.
      const unique = typeof made === 'string' && !isNested(parsed(made)) ? `${made} ${String(row)}` : made;
      try {
        all(`UPDATE "${table}" SET "${columns[at]!}" = ? WHERE rowid = ?`, unique as initSqlJs.Value, row!);
      } catch {
        continue;
      }
    }
  }
}
