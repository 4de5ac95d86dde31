import { label, list, object, parseJson } from '../json';
import { isAnswer } from './shapes';
import type { Layout } from './shapes';
import type { Json } from '../json';
import type { SourceFile, SourceIo, SourceItem } from '../importer';

/** One observation, trace or session, or why there is none. */
export type Found = { readonly place: string | undefined } & (
  { readonly record: Json } | { readonly problem: string }
);

/** Every record of a file, one by one, those that stand inside of others after these. */
export async function* recordsOf(file: SourceFile, io: SourceIo, layout: Layout): AsyncGenerator<Found> {
  if (layout === 'csv') yield* rows(file, io);
  else if (layout === 'array') yield* items(io.items(file.path, ''), '');
  else if (layout === 'answer') yield* items(io.items(file.path, 'data'), 'data');
  else if (layout === 'lines') yield* lines(file, io);
  else yield* document(file, io);
}

async function* document(file: SourceFile, io: SourceIo): AsyncGenerator<Found> {
  const value = parseJson(await io.text(file.path));
  if (value === undefined)
    yield { place: undefined, problem: 'It is not valid JSON, perhaps cut off: restore the file.' };
  else yield* inside(value, undefined);
}

async function* rows(file: SourceFile, io: SourceIo): AsyncGenerator<Found> {
  for await (const row of io.records(file.path)) {
    if ('issue' in row) yield { place: row.issue.place, problem: row.issue.message };
    else yield { place: `line ${row.line}`, record: row.value };
  }
}

async function* items(found: AsyncIterable<SourceItem>, pointer: string): AsyncGenerator<Found> {
  for await (const item of found) {
    if ('issue' in item) yield { place: item.issue.place, problem: item.issue.message };
    else yield* inside(item.value, join(pointer, item.index));
  }
}

async function* lines(file: SourceFile, io: SourceIo): AsyncGenerator<Found> {
  for await (const line of io.lines(file.path)) {
    if (line.text.trim() === '') continue;
    const value = line.overlong ? undefined : parseJson(line.text);
    // A long answer on one line, or one that was cut off, is read record by record.
    if (value === undefined && line.number === 1 && isAnswer(file.head)) {
      yield* items(io.items(file.path, 'data'), 'data');
      return;
    }
    if (value === undefined) yield { place: `line ${line.number}`, problem: why(line) };
    else yield* inside(value, `line ${line.number}`);
  }
}

const why = ({ overlong, complete }: { overlong?: boolean; complete: boolean }): string => {
  if (overlong) return 'It is longer than 64 MB and is left out: export it without input and output.';
  return complete
    ? 'It is not valid JSON and is left out: correct it in the file, then import again.'
    : 'It is not valid JSON, perhaps cut off, and is left out: restore the file to get it.';
};

const join = (place: string, index: number): string =>
  place === '' ? `records.${index}` : `${place}.${index}`;

/** Answers hold records, sessions hold traces, traces hold observations: three levels, and a list around them. */
const deepest = 4;

function* inside(value: unknown, place: string | undefined, depth = 0): Generator<Found> {
  const record = object(value);
  if (!record) {
    yield { place, problem: 'It is no observation, trace or session of Langfuse and is left out.' };
    return;
  }
  const parts = partsOf(record);
  if (!Array.isArray(record.data)) yield { place, record };
  if (depth === deepest) return;
  for (const [name, index, part] of parts) {
    yield* inside(part, `${place === undefined ? '' : `${place}.`}${name}.${index}`, depth + 1);
  }
}

type Part = readonly [name: string, index: number, part: unknown];

/** The records inside of a record, each told what it belongs to. A list of ids holds none. */
function partsOf(record: Json): Part[] {
  const { id, sessionId, userId } = record;
  const known = {
    data: {},
    traces: { sessionId: label(id) },
    observations: { traceId: label(id), sessionId, userId },
  };
  return Object.entries(known).flatMap(([name, outer]) =>
    list(record[name]).flatMap((part, index): Part[] => {
      const inner = object(part);
      if (inner) return [[name, index, { ...outer, ...withoutNulls(inner, outer) }]];
      return name === 'data' ? [[name, index, part]] : [];
    }),
  );
}

/** What a part says itself goes before what the whole says, unless it is null. */
const withoutNulls = (inner: Json, outer: Json): Json =>
  Object.keys(outer).some((name) => inner[name] === null)
    ? Object.fromEntries(Object.entries(inner).filter(([name, value]) => value !== null || !(name in outer)))
    : inner;
