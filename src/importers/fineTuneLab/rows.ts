import { list, object, parseJson } from '../json';
import { databaseRows } from './database';
import type { SourceFile, SourceIo } from '../importer';
import type { Json } from '../json';
import type { Layout } from './layout';

/** One row of a table, of an answer or of an export; or what is wrong with it. */
export type Row =
  | { readonly place: string | undefined; readonly value: Json }
  | { readonly place: string | undefined; readonly problem: string };

/** The rows of a file, one by one; the children that an answer nests come after their parent. */
export async function* rowsOf(file: SourceFile, io: SourceIo, layout: Layout): AsyncGenerator<Row> {
  if (layout.container === 'database') yield* databaseRows(await io.sqlite(file.path));
  else if (layout.container === 'csv') yield* records(file, io);
  else if (layout.container === 'lines') yield* lines(file, io);
  else yield* elements(file, io, layout.pointer);
}

async function* elements({ path }: SourceFile, io: SourceIo, pointer: string): AsyncGenerator<Row> {
  for await (const item of io.items(path, pointer)) {
    if ('issue' in item) yield { place: item.issue.place, problem: item.issue.message };
    else yield* withChildren(item.value, `${pointer === '' ? 'rows' : pointer}.${item.index}`);
  }
}

async function* lines({ path }: SourceFile, io: SourceIo): AsyncGenerator<Row> {
  for await (const line of io.lines(path)) {
    const place = `line ${line.number}`;
    if (line.overlong) yield { place, problem: 'It is longer than 64 MB and is left out: split the file.' };
    else if (line.text.trim() !== '') yield* withChildren(parseJson(line.text), place);
  }
}

async function* records({ path }: SourceFile, io: SourceIo): AsyncGenerator<Row> {
  for await (const record of io.records(path)) {
    if ('issue' in record) yield { place: record.issue.place, problem: record.issue.message };
    else yield { place: `line ${record.line}`, value: record.value };
  }
}

/** Not recursive: what someone else wrote may be nested as deeply as they like. */
function* withChildren(value: unknown, place: string): Generator<Row> {
  const waiting = [value];
  while (waiting.length > 0) {
    const row = object(waiting.pop());
    if (row) yield { place, value: row };
    else yield { place, problem: 'It is no row of a table and is left out: export the file again.' };
    for (const child of list(row?.children)) waiting.push(child);
  }
}
