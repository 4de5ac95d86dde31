import { open } from 'node:fs/promises';
import { arraysIn } from './jsonArrays';
import { headOf, sqliteMagic, textOf, whyUnknown } from './recognise';
import { reading } from './sourceIoErrors';
import { isLines, headerOf } from '../importers/mapped/detection';
import { object, parseJson } from '../importers/json';
import { UserError } from '../shared/errors';
import type { DiskIo } from './sourceIo';
import type { SourceFile } from '../importers/importer';
import type { FileLook, MappedPlace } from '../shared/mapping';

type Place = FileLook['places'][number];

/** Of a document, in which arrays are looked for. */
const firstPart = 512 * 1024;
const mostCounted = 10_000;
const mostTables = 500;

/** A file as importers see it. @throws UserError where it cannot be opened, or holds nothing that could be read. */
export function openSource(path: string, io: DiskIo): Promise<SourceFile> {
  return reading(path, async () => {
    const bytes = await headOf(path);
    if (bytes.subarray(0, sqliteMagic.length).toString('latin1') === sqliteMagic)
      return { path, head: '', tables: (await io.sqlite(path)).tables };
    if (bytes.length === 0 || bytes.includes(0)) throw new UserError(`${path}: ${whyUnknown(path, bytes)}`);
    return { path, head: textOf(bytes) };
  });
}

/** Where in a file there are records that a mapping could read. @throws UserError where there are none. */
export async function placesIn(file: SourceFile, io: DiskIo): Promise<readonly Place[]> {
  const places = file.tables ? await tablesOf(file, io) : await placesOfText(file);
  if (places.length > 0) return places;
  const why = file.tables
    ? 'It is a database without tables: choose one that holds traces'
    : 'It holds no records: choose a SQLite database, JSON with a list of objects, JSON lines, or CSV with a header row and commas';
  throw new UserError(`${file.path}: ${why}.`);
}

async function tablesOf({ path, tables }: SourceFile, io: DiskIo): Promise<Place[]> {
  const db = await io.sqlite(path);
  const [filled, empty]: [Place[], Place[]] = [[], []];
  for (const [table, columns] of [...tables!].slice(0, mostTables)) {
    if (columns.length === 0 || table.startsWith('sqlite_')) continue;
    const rows = await rowsOf(db, table);
    if (rows === undefined) continue;
    const some =
      rows > mostCounted ? `more than ${mostCounted.toLocaleString('en')}` : rows.toLocaleString('en');
    const detail = `${some} rows · ${columns.slice(0, 12).join(', ')}${columns.length > 12 ? ', …' : ''}`;
    (rows > 0 ? filled : empty).push({ place: { format: 'sqlite', table }, label: table, detail });
  }
  return [...filled, ...empty];
}

/** Undefined for a view that does not work. */
async function rowsOf(db: Awaited<ReturnType<DiskIo['sqlite']>>, table: string): Promise<number | undefined> {
  const from = `"${table.replaceAll('"', '""')}"`;
  try {
    const [row] = await db.all(`SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ${mostCounted + 1})`);
    return row?.[0] as number;
  } catch {
    return undefined;
  }
}

async function placesOfText({ path, head }: SourceFile): Promise<Place[]> {
  if (/^\s*[[{]/.test(head)) return placesOfJson(path, head);
  const header = headerOf(head);
  const isTable = header.length > 1 && header.every((name) => /^[^\p{Cc}]{0,200}$/u.test(name));
  if (!isTable) return [];
  return [{ place: { format: 'csv' }, label: 'Rows', detail: header.slice(0, 12).join(', ') }];
}

async function placesOfJson(path: string, head: string): Promise<Place[]> {
  const lines: Place = {
    place: { format: 'jsonLines' },
    label: 'Lines',
    detail: 'One JSON object on each line',
  };
  if (isLines(head) || /\.(?:jsonl|ndjson|log)$/i.test(path)) return [lines];
  const found = arraysIn(await beginningOf(path)).map((array): Place => {
    const place: MappedPlace = { format: 'json', array };
    const label = array === '' ? 'The list that the file is' : array;
    return { place, label, detail: 'A list of objects' };
  });
  const [first = ''] = head.split('\n');
  // A log with one line so far, or a line longer than what is known of it.
  const isLine =
    /^\s*\{/.test(first) && (first.length === head.length || object(parseJson(first)) !== undefined);
  return found.length === 0 && isLine ? [lines] : found;
}

function beginningOf(path: string): Promise<string> {
  return reading(path, async () => {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(firstPart), 0, firstPart, 0);
      return textOf(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  });
}
