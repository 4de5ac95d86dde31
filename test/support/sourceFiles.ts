import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importFile } from './imported';
import { temporaryFolder } from './synthDb';
import type { Imported } from './imported';
import type { CallFact } from '../../src/shared/facts';

const folder = temporaryFolder();
process.once('exit', () => folder.remove());
let places = 0;

/** The fixtures of an importer, or one of them. */
export const fixture = (...names: readonly string[]): string => join(__dirname, '../fixtures', ...names);

/** A new folder of its own below which files can be put. */
export const newPlace = (): string => join(folder.path, String(++places));

/** A new file with this text, these bytes, or this value as JSON, in a folder of its own. */
export function sourceFile(content: unknown, name = 'file.json', place = newPlace()): string {
  const path = join(place, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
  return path;
}

/** A copy of a file or folder at another place, under another name if one is given. */
export function copied(path: string, name = 'copy'): string {
  const to = join(newPlace(), name);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(path, to, { recursive: true });
  return to;
}

const writer = `import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for sql, rows in json.load(sys.stdin):
    (db.executemany(sql, rows) if rows else (db.commit(), db.execute(sql)))
db.commit()`;

/** A statement, and the rows of parameters that it is run with. */
export type Statement = readonly [sql: string, rows?: readonly (readonly unknown[])[]];

/** Runs statements on a database with Python's SQLite, an independent writer; a new one if no path is given. */
export function database(statements: readonly Statement[], path = join(newPlace(), 'source.db')): string {
  mkdirSync(dirname(path), { recursive: true });
  const input = JSON.stringify(statements.map(([sql, rows = []]) => [sql, rows]));
  execFileSync('python3', ['-c', writer, path], { input });
  return path;
}

export const jsonLines = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** The call with that id in a file. */
export async function callIn(path: string, id: string): Promise<CallFact> {
  const { calls } = await importFile(path);
  const call = calls.get(id);
  if (!call) throw new Error(`No call ${id} in ${path}, but ${[...calls.keys()].join(', ')}`);
  return call;
}

/** Input, cache read, cache write, output, reasoning. */
export const tokens = (call: CallFact): readonly number[] => [
  call.inputTokens ?? 0,
  call.cacheReadTokens ?? 0,
  call.cacheWriteTokens ?? 0,
  call.outputTokens ?? 0,
  call.reasoningTokens ?? 0,
];

/** All that an import tells, as text: what must not be in there can be looked for. */
export const allOf = ({ batches, issues }: Imported): string => JSON.stringify([batches, issues]);
