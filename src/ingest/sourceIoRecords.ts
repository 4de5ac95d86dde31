import Papa from 'papaparse';
import { CsvSplitter } from './csvSplitter';
import { maxBytes } from './sourceIoLimits';
import { readChunks } from './sourceIoLines';
import type { CsvRecord } from './csvSplitter';
import type { SourceRecord } from '../importers/importer';

/**
 * The records of a CSV file (RFC 4180, any newline, with or without byte order mark) by the names of its first row.
 * A record with too few fields is an issue: the file may have been cut there. So is one that is longer than 64 MB.
 */
export async function* readRecords(path: string, limit = maxBytes): AsyncGenerator<SourceRecord> {
  const splitter = new CsvSplitter(limit);
  const table = new Table();
  for await (const chunk of readChunks(path)) yield* table.read(splitter.write(chunk));
  yield* table.read(splitter.end());
}

class Table {
  private header: readonly string[] | undefined;

  *read(records: readonly CsvRecord[]): Generator<SourceRecord> {
    const rows = fieldsOf(records);
    for (const [index, { line }] of records.entries()) {
      const found = this.named(rows[index], line);
      if (found) yield found;
    }
  }

  private named(row: readonly string[] | undefined, line: number): SourceRecord | undefined {
    const place = `line ${line}`;
    if (!row) {
      const message =
        'It is longer than 64 MB, perhaps for a quote that is not closed, or has more than a million quotes, and is left out: correct it, then import again.';
      return { issue: { place, message } };
    }
    if (row.length === 1 && row[0]!.trim() === '') return undefined;
    const { header } = this;
    if (!header) {
      this.header = row.map((name) => name.trim());
      return undefined;
    }
    if (row.length >= header.length)
      return { line, value: Object.fromEntries(header.map((name, index) => [name, row[index]!])) };
    const message = `It has ${row.length} of ${header.length} fields and is left out: complete the line, then import again.`;
    return { issue: { place, message } };
  }
}

const parse = (text: string): string[][] =>
  Papa.parse<string[]>(text, { header: false, delimiter: ',', newline: '\n' }).data;

/** The fields of each record; undefined for one that is too long. */
function fieldsOf(records: readonly CsvRecord[]): (readonly string[] | undefined)[] {
  const texts = records.flatMap(({ text }) => text ?? []);
  if (texts.length === 0) return records.map(() => undefined);
  let rows = parse(texts.join('\n'));
  // A quote amid a field may be read in more than one way; then each record counts for itself.
  if (rows.length !== texts.length) rows = texts.map((text) => parse(text)[0] ?? ['']);
  let next = 0;
  return records.map(({ text }) => (text === undefined ? undefined : rows[next++]));
}
