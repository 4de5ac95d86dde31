import { batchesAfter } from './appendedLines';
import { object, parseJson } from './json';
import type { LineConsumer, LinePosition, PlacedLine } from './appendedLines';
import type { Json } from './json';
import type { SourceIo } from './importer';
import type { ImportBatch } from '../shared/facts';
import type { Issue } from '../shared/model';

/** Reads objects in their order; each may depend on those before it. */
export interface LineReader {
  /** All that the next line depends on; plain JSON, and small. */
  readonly state: object;
  /** How many facts are waiting to be taken. */
  readonly size: number;
  /** @returns what is wrong with the object; undefined if nothing is. */
  read(value: Json): string | undefined;
  /** A line could not be read. */
  lose?(): void;
  /** The facts since the last time; `atEnd` of what there is by now. */
  take(atEnd: boolean): ImportBatch;
}

const factsInBatch = 500;
const linesInBatch = 5000;

/** The facts of a file of JSON lines that is only appended to, from a position on. */
export function lineLog(
  path: string,
  io: SourceIo,
  reader: LineReader,
  start: LinePosition,
): AsyncGenerator<ImportBatch> {
  let issues: Issue[] = [];
  const consumer: LineConsumer = {
    get state() {
      return reader.state;
    },
    get full() {
      return reader.size + issues.length >= factsInBatch;
    },
    consume(found) {
      const issue = readLine(reader, found);
      if (issue) issues.push({ path, ...issue });
    },
    take(atEnd) {
      const facts = reader.take(atEnd);
      const told = { ...facts, issues: [...issues, ...(facts.issues ?? [])] };
      issues = [];
      return told;
    },
  };
  return batchesAfter(path, io, start, consumer, linesInBatch);
}

function readLine(reader: LineReader, { line, number }: PlacedLine): Omit<Issue, 'path'> | undefined {
  if (line.text.trim() === '') return undefined;
  const place = `line ${number}`;
  const value = line.overlong ? undefined : object(parseJson(line.text));
  if (value) {
    const message = reader.read(value);
    return message === undefined ? undefined : { place, message };
  }
  // Without a place, so that it is forgotten when the rest of the line has come.
  if (!line.complete) return { message: 'Its last line is not complete: import it again when it is.' };
  reader.lose?.();
  return { place, message: `It is ${line.overlong ? 'longer than 64 MB' : 'no JSON'} and is left out.` };
}
