import { object } from '../importers/json';
import { textRecords } from '../importers/mapped/textRecords';
import { objectIn } from '../importers/mapped/valueAt';
import type { DiskIo } from './sourceIo';
import type { SourceFile } from '../importers/importer';
import type { Json } from '../importers/json';
import type { ColumnLook, MappedPlace } from '../shared/mapping';

/** How many records are looked at, and what of them is shown: enough to know what a column holds. */
const sampled = 10;
const mostColumns = 300;
const [longestExample, longestJson, deepest] = [60, 20_000, 4];

/** The columns or members at a place with what stands in the first records, also inside of their JSON. */
export async function sampleColumns(
  file: SourceFile,
  io: DiskIo,
  place: MappedPlace,
): Promise<readonly ColumnLook[]> {
  const [records, names] = await firstRecords(file, io, place);
  const columns = new Map<string, { examples: string[]; seen: number; isInner: boolean }>(
    names.map((name) => [name, { examples: [], seen: records.length, isInner: false }]),
  );
  for (const record of records) {
    for (const { path, value, isInner } of leaves(record, '', 1)) {
      if (!columns.has(path) && columns.size >= mostColumns) continue;
      const column = columns.get(path) ?? { examples: [], seen: 0, isInner };
      columns.set(path, column);
      if (!names.includes(path)) column.seen++;
      const example = exampleOf(value);
      if (example !== '' && !column.examples.includes(example)) column.examples.push(example);
    }
  }
  return [...columns].map(([path, { examples, seen, isInner }]) => ({
    path,
    examples: examples.slice(0, 3),
    isAlwaysThere: !isInner && records.length > 0 && seen >= records.length,
  }));
}

/** The records, and the columns that all of them have. */
async function firstRecords(
  file: SourceFile,
  io: DiskIo,
  place: MappedPlace,
): Promise<readonly [records: readonly Json[], names: readonly string[]]> {
  if (place.format === 'sqlite') return firstRows(file, io, place.table);
  const records: Json[] = [];
  for await (const { value } of textRecords(file.path, io, place)) {
    if (value) records.push(value);
    if (records.length === sampled) break;
  }
  return [records, []];
}

async function firstRows(
  { path }: SourceFile,
  io: DiskIo,
  table: string,
): Promise<readonly [readonly Json[], readonly string[]]> {
  const db = await io.sqlite(path);
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const names = (db.tables.get(table.toLowerCase()) ?? []).slice(0, mostColumns);
  const select = names.map((name) => {
    const column = `${quote(table)}.${quote(name)}`;
    return `CASE typeof(${column}) WHEN 'blob' THEN lower(hex(substr(${column}, 1, 32)))
      WHEN 'text' THEN substr(${column}, 1, ${longestJson}) ELSE ${column} END`;
  });
  const rows = await db.all(`SELECT ${select.join(', ')} FROM ${quote(table)} LIMIT ${sampled}`);
  return [rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))), names];
}

interface Leaf {
  readonly path: string;
  readonly value: unknown;
  /** Inside of the text of a column. */
  readonly isInner: boolean;
}

function* leaves(record: Json, before: string, depth: number, isInner = false): Generator<Leaf> {
  for (const [name, value] of Object.entries(record)) {
    const path = before + name;
    const inner = depth < deepest ? objectIn(value) : undefined;
    if (inner) yield* leaves(inner, `${path}.`, depth + 1, isInner || !object(value));
    else if (!Array.isArray(value)) yield { path, value, isInner };
  }
}

/** On one line, and not long. */
function exampleOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  const line = String(value)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return line.length > longestExample ? `${line.slice(0, longestExample)}…` : line;
}
