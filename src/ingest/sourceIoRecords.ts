import { Readable } from 'node:stream';
import Papa from 'papaparse';
import { readChunks } from './sourceIoLines';
import type { SourceRecord } from '../importers/importer';

/**
 * The records of a CSV file (RFC 4180, any newline, with or without byte order mark) by the names of its first row.
 * A record with too few fields is an issue: the file may have been cut there.
 */
export async function* readRecords(path: string): AsyncGenerator<SourceRecord> {
  const parser = Papa.parse(Papa.NODE_STREAM_INPUT, { header: false, delimiter: ',' });
  const source = Readable.from(decoded(path));
  source.on('error', (error) => parser.destroy(error));
  try {
    yield* named(source.pipe(parser));
  } finally {
    source.destroy();
    parser.destroy();
  }
}

async function* named(rows: AsyncIterable<string[]>): AsyncGenerator<SourceRecord> {
  let header: readonly string[] | undefined;
  let next = 1;
  for await (const row of rows) {
    const line = next;
    next += row.reduce((lines, field) => lines + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 1);
    if (row.length === 1 && row[0]!.trim() === '') continue;
    if (!header) {
      header = row.map((name) => name.trim());
    } else if (row.length < header.length) {
      const message = `It has ${row.length} of ${header.length} fields and is left out: complete the line, then import again.`;
      yield { issue: { place: `line ${line}`, message } };
    } else {
      yield { line, value: Object.fromEntries(header.map((name, index) => [name, row[index]!])) };
    }
  }
}

async function* decoded(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of readChunks(path)) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
