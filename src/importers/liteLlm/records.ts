import { beginning, linesAfter, positionIn } from '../appendedLines';
import { object, parseJson } from '../json';
import type { SourceFile, SourceIo, SourceItem, SourceRecord } from '../importer';
import type { Json } from '../json';
import type { Layout } from './layout';
import type { Cursor } from '../../shared/facts';

/** One request, or why there is none; `cursor` where the next import may go on after it. */
export type Found = { readonly place: string | undefined; readonly cursor?: Cursor } & (
  { readonly record: Json } | { readonly problem: string } | { readonly blank: true }
);

const noRequest = 'It is no request of LiteLLM and is left out.';
const overlong = 'It is longer than 64 MB and is left out: log without messages and responses.';

/** The requests of a file, one by one, in whatever it keeps them. */
export async function* recordsOf(
  file: SourceFile,
  io: SourceIo,
  { container }: Layout,
  cursor?: Cursor,
): AsyncGenerator<Found> {
  if (container === 'csv') yield* rows(io.records(file.path));
  else if (container === 'array') yield* items(io.items(file.path, ''), 'requests');
  else if (container === 'answer') yield* items(io.items(file.path, 'data'), 'data');
  else if (container === 'document') yield* document(file, io);
  else yield* lines(file, io, cursor);
}

async function* rows(records: AsyncIterable<SourceRecord>): AsyncGenerator<Found> {
  for await (const row of records) {
    if ('issue' in row) yield { place: row.issue.place, problem: row.issue.message };
    else yield { place: `line ${row.line}`, record: row.value };
  }
}

async function* items(found: AsyncIterable<SourceItem>, name: string): AsyncGenerator<Found> {
  for await (const item of found) {
    if ('issue' in item) yield { place: item.issue.place, problem: item.issue.message };
    else yield told(item.value, `${name}.${item.index}`);
  }
}

const told = (value: unknown, place: string | undefined): Found => {
  const record = object(value);
  return record ? { place, record } : { place, problem: noRequest };
};

async function* document(file: SourceFile, io: SourceIo): AsyncGenerator<Found> {
  const value = parseJson(await io.text(file.path));
  if (value === undefined)
    yield { place: undefined, problem: 'It is not valid JSON, perhaps cut off: restore the file.' };
  else yield told(value, undefined);
}

async function* lines(file: SourceFile, io: SourceIo, cursor: Cursor | undefined): AsyncGenerator<Found> {
  const start = (await positionIn(file.path, io, cursor)) ?? beginning;
  for await (const { line, number, position } of linesAfter(file.path, io, start)) {
    const place = `line ${number}`;
    const after = { cursor: { ...position } };
    if (line.text.trim() === '') yield { place, ...after, blank: true };
    else if (line.overlong) yield { place, ...after, problem: overlong };
    else yield { ...lineOf(line.text, line.complete, place), ...after };
  }
}

/** A last line that is not yet written to its end has no place, so that what is said of it is forgotten with the next import. */
function lineOf(text: string, complete: boolean, place: string): Found {
  const value = parseJson(text);
  if (value !== undefined) return told(value, place);
  return complete
    ? { place, problem: 'It is not valid JSON and is left out: correct it, then import again.' }
    : { place: undefined, problem: 'Its last line is not complete: import it again when it is.' };
}
