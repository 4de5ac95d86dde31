import { beginning, linesAfter, positionIn } from '../appendedLines';
import { label, object, parseJson } from '../json';
import { brokenAt, valueAt } from './valueAt';
import type { Layout } from './layout';
import type { MappedRecord } from './record';
import type { SourceIo } from '../importer';
import type { Json } from '../json';
import type { MappedPlace } from '../../shared/mapping';
import type { Cursor } from '../../shared/facts';

/** A record of a text file, or why there is none; nothing where a line is blank. */
export interface FoundRecord {
  readonly value?: Json;
  readonly problem?: string;
  readonly place: string | undefined;
  /** Where the next import may go on. */
  readonly cursor?: Cursor;
}

type TextPlace = Exclude<MappedPlace, { readonly format: 'sqlite' }>;

const noRecord = 'It is no record and is left out.';

/** The records of a JSON document, of JSON lines or of CSV, one by one. */
export function textRecords(
  path: string,
  io: SourceIo,
  place: TextPlace,
  cursor?: Cursor,
): AsyncGenerator<FoundRecord> {
  if (place.format === 'csv') return rows(path, io);
  return place.format === 'json' ? items(path, io, place.array) : lines(path, io, cursor);
}

async function* rows(path: string, io: SourceIo): AsyncGenerator<FoundRecord> {
  for await (const row of io.records(path)) {
    if ('issue' in row) yield { place: row.issue.place, problem: row.issue.message };
    else yield { place: `line ${row.line}`, value: row.value };
  }
}

async function* items(path: string, io: SourceIo, array: string): AsyncGenerator<FoundRecord> {
  for await (const item of io.items(path, array)) {
    if ('issue' in item) {
      yield { place: item.issue.place, problem: item.issue.message };
      continue;
    }
    const value = object(item.value);
    const place = `${array === '' ? 'items' : array}.${item.index}`;
    yield value ? { place, value } : { place, problem: noRecord };
  }
}

async function* lines(path: string, io: SourceIo, cursor: Cursor | undefined): AsyncGenerator<FoundRecord> {
  const start = (await positionIn(path, io, cursor)) ?? beginning;
  for await (const { line, number, position } of linesAfter(path, io, start)) {
    const place = `line ${number}`;
    const after = { cursor: { ...position } };
    if (line.text.trim() === '') yield { place, ...after };
    else if (line.overlong) yield { place, ...after, problem: 'It is longer than 64 MB and is left out.' };
    else yield { ...lineOf(line.text, line.complete, place), ...after };
  }
}

/** A last line that is still being written has no place, so that what is said of it is forgotten with the next import. */
function lineOf(text: string, isComplete: boolean, place: string): FoundRecord {
  const parsed = parseJson(text);
  const value = object(parsed);
  if (value) return { place, value };
  if (parsed !== undefined) return { place, problem: noRecord };
  return isComplete
    ? { place, problem: 'It is not valid JSON and is left out: correct it, then import again.' }
    : { place: undefined, problem: 'Its last line is not complete: import it again when it is.' };
}

/** Numbers that JavaScript cannot hold exactly tell nothing apart. */
const isInexact = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) >= 2 ** 53;

/** What the mapping wants of a record. */
export function recordOf(value: Json, { slots, id }: Layout): MappedRecord {
  const values = slots.map(({ path, isLabel }) => {
    const found = valueAt(value, path);
    if (!isLabel) return found ?? brokenAt(value, path);
    return typeof found === 'boolean' ? String(found) : label(found);
  });
  const isExact = id.length > 0 && !id.some((slot) => isInexact(valueAt(value, slots[slot]!.path)));
  return isExact ? { values } : { values, content: JSON.stringify(value) };
}
