import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../shared/errors';
import { builtInImporters, importerFor } from '../importers/index';
import { describe, describeBill, describeTables, listed } from './describe';
import { whyUnreadable } from './sourceIoErrors';
import type { FoundFile } from './discover';
import type { DiskIo } from './sourceIo';
import type { Importer, SourceFile } from '../importers/importer';
import type { Issue } from '../shared/model';

/**
 * What a file is. Without `importer` there is nothing to read in it: `issues` say why if the user should know,
 * `skipped` or `unknown` if it is enough to be able to look it up.
 */
export interface Recognition {
  readonly file?: SourceFile;
  readonly importer?: Importer;
  /** Why a file of a known format holds nothing to import; the user need not be told. */
  readonly skipped?: string;
  /** What a file of no known format holds: a sentence. */
  readonly unknown?: string;
  readonly issues: readonly Issue[];
}

const headSize = 16 * 1024;
export const sqliteMagic = 'SQLite format 3\0';
const databaseName = /\.(?:db3?|sqlite3?)$/i;

/**
 * Tells by its content which importer reads a file. Bad input is an issue, never an error: always for a file that was
 * named itself, and in a searched folder only for one that calls itself a database or that is one and is damaged.
 */
export async function recognise(
  { path, given }: FoundFile,
  io: DiskIo,
  importers: readonly Importer[] = builtInImporters,
): Promise<Recognition> {
  const ask = (message: string, mappable = false): Recognition => ({
    issues: [{ path, message, ...(mappable ? { mappable } : {}) }],
  });
  try {
    const bytes = await headOf(path);
    const wanted = given || databaseName.test(path);
    if (bytes.subarray(0, sqliteMagic.length).toString('latin1') === sqliteMagic)
      return await recogniseDb(path, given, io, importers);
    const known = match({ path, head: textOf(bytes) }, importers);
    if (known) return known;
    const bill = describeBill(textOf(bytes));
    if (bill !== undefined)
      return given ? { issues: [{ path, message: bill, isBill: true }] } : { unknown: bill, issues: [] };
    return wanted
      ? ask(whyUnknown(path, bytes), given && isTable(bytes))
      : { unknown: unknown(bytes), issues: [] };
  } catch (error) {
    return ask(whyUnreadable(error, path));
  }
}

export async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(headSize);
    const { bytesRead } = await handle.read(buffer, 0, headSize, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function recogniseDb(
  path: string,
  given: boolean,
  io: DiskIo,
  importers: readonly Importer[],
): Promise<Recognition> {
  const db = await io.sqlite(path);
  const issues =
    db.damage === undefined ? [] : [{ path, message: whyUnreadable(new UserError(db.damage), path) }];
  const known = match({ path, head: '', tables: db.tables }, importers);
  if (known) return { ...known, issues };
  if (db.tables.size === 0 && (given || databaseName.test(path))) {
    return {
      issues: [
        ...issues,
        { path, message: 'It is a database without tables: import one that holds traces.' },
      ],
    };
  }
  const tables = [...db.tables.keys()];
  if (!given) return { issues, unknown: describeTables(tables) };
  const message = `It is a database of a kind that is not known (its tables: ${listed(tables)}): import a trace database, or this one with a mapping.`;
  return { issues: [...issues, { path, message, mappable: true }] };
}

function match(file: SourceFile, importers: readonly Importer[]): Recognition | undefined {
  const importer = importerFor(file, importers);
  if (!importer) return undefined;
  const skipped = importer.skips?.(file);
  return skipped === undefined ? { file, importer, issues: [] } : { file, skipped, issues: [] };
}

/** A character that the end of the head cuts in two does no harm: formats are told apart by ASCII. */
export const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/^\uFEFF/, '');

const unknown = (bytes: Buffer): string => describe(bytes, bytes.length < headSize);

/** JSON or CSV, which a mapping may be made for. */
const isTable = (bytes: Buffer): boolean => /^It is (?:JSON|a table)/.test(unknown(bytes));

export function whyUnknown(path: string, bytes: Buffer): string {
  if (bytes.length === 0) return 'It is empty (0 bytes): import a file that holds traces.';
  if (bytes.subarray(8, 12).toString('latin1') === 'DUCK') {
    return 'It is a DuckDB file, which cannot be read: export its tables, or import a SQLite trace database.';
  }
  const binary = bytes.includes(0) || textOf(bytes).includes('\uFFFD');
  if (databaseName.test(path)) {
    return binary
      ? 'It is not a SQLite database, or it is encrypted: import a decrypted copy.'
      : 'It is not a SQLite database but text: import the database itself.';
  }
  return `${basename(path)} is of no format that is known: import a trace database, or a JSON or CSV file of analytics. ${unknown(bytes)}`;
}
