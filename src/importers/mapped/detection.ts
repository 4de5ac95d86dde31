import { object, parseJson } from '../json';
import { valueAt } from './valueAt';
import type { Mapping } from '../../shared/mapping';
import type { SourceFile } from '../importer';

/** Whether a file holds, at the place that is mapped, the columns or members that must be there. */
export function isFor({ files }: Mapping, { head, tables }: SourceFile): boolean {
  if (files.format === 'sqlite') return hasColumns(tables?.get(files.table.toLowerCase()), files.columns);
  if (tables) return false;
  if (files.format === 'csv') return hasHeader(head, files.columns);
  if (files.format === 'jsonLines') return hasLine(head, files.columns);
  const names = files.array === '' ? [] : files.array.split('.');
  const begins = files.array === '' ? /^\s*\[/ : /^\s*\{/;
  return begins.test(head) && namesIn(head, [...names, ...files.columns]) && !isLines(head);
}

const hasColumns = (there: readonly string[] | undefined, wanted: readonly string[]): boolean =>
  there !== undefined && wanted.every((name) => there.includes(name.toLowerCase()));

/** Near enough where a record is longer than what is known of the file: the names stand somewhere in it. */
const namesIn = (head: string, paths: readonly string[]): boolean =>
  paths.every((path) => isNamed(head, path) || path.split('.').every((name) => isNamed(head, name)));

const isNamed = (head: string, name: string): boolean => {
  const quoted = JSON.stringify(name);
  for (let at = head.indexOf(quoted); at >= 0; at = head.indexOf(quoted, at + 1))
    if (/^\s*:/.test(head.slice(at + quoted.length, at + quoted.length + 20))) return true;
  return false;
};

/** The first line is an object of its own and another one follows. */
export const isLines = (head: string): boolean => {
  const [first = '', second = ''] = head.split('\n', 40).filter((line) => line.trim() !== '');
  return object(parseJson(first)) !== undefined && /^\s*\{/.test(second);
};

/** Logs hold lines of several kinds: one of them is enough. */
function hasLine(head: string, columns: readonly string[]): boolean {
  if (!/^\s*\{/.test(head)) return false;
  const lines = head.split('\n');
  const complete = lines.slice(0, -1);
  const found = [...complete, lines.at(-1)!].some((line) => {
    const record = object(parseJson(line));
    return record !== undefined && columns.every((path) => valueAt(record, path) !== undefined);
  });
  return found || (complete.length === 0 && parseJson(head) === undefined && isLongLine(head, columns));
}

/** The first line goes on beyond what is known of the file. A document with line breaks does not. */
const isLongLine = (head: string, columns: readonly string[]): boolean =>
  head.length >= 8_192 && namesIn(head, columns);

function hasHeader(head: string, columns: readonly string[]): boolean {
  const header = headerOf(head);
  return header.length > 1 && columns.every((name) => header.includes(name));
}

/** The names in the first row of a CSV file. */
export function headerOf(head: string): string[] {
  const row = /^[^\r\n]*/.exec(head)?.[0] ?? '';
  return [...row.matchAll(/(?:^|,)(?:\s*"((?:[^"]|"")*)"\s*|([^,]*))/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
  );
}
