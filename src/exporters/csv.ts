import Papa from 'papaparse';
import { plainNumber } from './amount';
import type { Exporter, ExportRecord } from './exporter';

const newline = '\r\n';

/**
 * RFC 4180 with a header line. Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay
 * numbers, and what is unknown stays empty.
 */
export const csv: Exporter = {
  id: 'csv',
  label: 'CSV',
  extension: 'csv',
  open: (columns) => line([columns]),
  chunk: (rows) => (rows.length === 0 ? '' : line(rows.map(cellsOf))),
  close: () => '',
};

const line = (rows: readonly (readonly string[])[]): string =>
  Papa.unparse(rows as string[][], { newline }) + newline;

const cellsOf = (row: ExportRecord): readonly string[] => Object.values(row).map(cell);

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return plainNumber(value);
  return typeof value === 'string' ? defused(value) : String(value);
}

/** Only text is defused; a negative number in a number column is no formula. */
const defused = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
