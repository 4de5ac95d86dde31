import { plainNumber } from './amount';
import type { Exporter, ExportRecord } from './exporter';

/** A bare array, one object a line; amounts are numbers with at most nine decimals. */
export const json: Exporter = {
  id: 'json',
  label: 'JSON',
  extension: 'json',
  open: () => '[',
  chunk: (rows, first) => rows.map((row, i) => (first && i === 0 ? '\n' : ',\n') + objectOf(row)).join(''),
  close: () => '\n]\n',
};

const objectOf = (row: ExportRecord): string =>
  `{${Object.entries(row)
    .map(([column, value]) => `${JSON.stringify(column)}:${valueOf(value)}`)
    .join(',')}}`;

const valueOf = (value: string | number | boolean | null): string => {
  if (typeof value !== 'number') return JSON.stringify(value);
  return Number.isFinite(value) ? plainNumber(value) : 'null';
};
