import Papa from 'papaparse';
import { BillProblem } from './problem';

/** A CSV file with a header, also with semicolons or tabs. */
export interface Table {
  readonly header: readonly string[];
  /** Each has as many cells as the header. */
  readonly rows: readonly Row[];
}

export interface Row {
  /** In the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Undefined for what is no table of at least two columns. @throws BillProblem for one with a broken row. */
export function parseTable(text: string): Table | undefined {
  const { data, errors } = Papa.parse<string[]>(text, { delimitersToGuess: [',', ';', '\t', '|'] });
  const [names = [], ...rest] = data;
  const header = named(names);
  if (header.length < 2) return undefined;
  if (header.every((name) => /^[\d\s.,:/+-]*$/.test(name))) return undefined;
  if (errors.some(({ code }) => code === 'MissingQuotes'))
    throw new BillProblem('a quote is opened in it and never closed, so its end is missing: export it again');
  const rows: Row[] = [];
  rest.forEach((cells, at) => {
    if (cells.every((cell) => cell.trim() === '')) return;
    // A field more or less than the header has stands in the wrong column.
    if (cells.length !== header.length)
      throw new BillProblem(
        `row ${at + 2} has ${cells.length} fields instead of ${header.length}: export it again, or correct that row`,
      );
    rows.push({ line: at + 2, cells });
  });
  return { header, rows };
}

/** A column without a name, and one with the name of another, get one. */
function named(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((told, at) => {
    const name = told.replace(/^\uFEFF/, '').trim() || `Column ${at + 1}`;
    const free = taken.has(name) ? `${name} (column ${at + 1})` : name;
    taken.add(free);
    return free;
  });
}

/** Reads cells by the name of their column; empty where there is no such column. */
export function cellReader({ header }: Table): (row: Row, name: string) => string {
  const at = new Map(header.map((name, index) => [name, index]));
  return ({ cells }, name) => cells[at.get(name) ?? -1]?.trim() ?? '';
}

/** The rows without those that repeat another in every cell, and how many these are. */
export function withoutRepeats(rows: readonly Row[]): {
  readonly rows: readonly Row[];
  readonly repeated: number;
} {
  const seen = new Map(rows.map((row) => [JSON.stringify(row.cells), row]).reverse() as [string, Row][]);
  const kept = new Set(seen.values());
  return { rows: rows.filter((row) => kept.has(row)), repeated: rows.length - kept.size };
}
