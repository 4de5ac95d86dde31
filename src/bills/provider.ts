import { LineSum } from './line';
import { billOf, pageNotes, repeatNote, resultsOf } from './report';
import { cellReader, withoutRepeats } from './table';
import type { Members } from './exactJson';
import type { BillLine, ParsedBill } from './line';
import type { Table } from './table';

/** A provider that reports costs and usage, by its API and as tables. */
interface Provider {
  /** As in `BillLine`. */
  readonly provider: string;
  readonly labels: { readonly costs: string; readonly usage: string };
}

/** How the answers of its API are read. Each may throw a BillProblem that names the place. */
export interface ProviderApi extends Provider {
  readonly dayOf: (bucket: Members, place: string) => string;
  /** Whether a result tells of money; all of a file do, or none. */
  readonly isCharge: (result: Members) => boolean;
  readonly chargeOf: (result: Members, day: string, place: string) => BillLine;
  readonly usageOf: (result: Members, day: string, place: string) => BillLine;
}

/** The bill in the answers of an API. @throws BillProblem */
export function billOfBuckets(
  pages: readonly Members[],
  buckets: readonly Members[],
  { provider, labels, dayOf, isCharge, chargeOf, usageOf }: ProviderApi,
): ParsedBill {
  const sum = new LineSum();
  buckets.forEach((bucket, at) => sum.cover(dayOf(bucket, `data[${at}]`)));
  const { results, repeated } = resultsOf(buckets);
  const isCosts = results.some(({ result }) => isCharge(result));
  for (const { bucket, result, place } of results)
    sum.add((isCosts ? chargeOf : usageOf)(result, dayOf(bucket, place), place));
  const label = isCosts ? labels.costs : labels.usage;
  return billOf(sum, { label, provider, notes: pageNotes(pages, repeated) });
}

/** The cell of a row in a column, trimmed; '' where there is none. */
export type ReadCell = (name: string) => string;

/** How a table that it exports is read. Each may throw a BillProblem that names the place. */
export interface ProviderTable extends Provider {
  readonly of: keyof Provider['labels'];
  readonly dayOf: (read: ReadCell, place: string) => string;
  /** Undefined for a row that only says that there was nothing that day. */
  readonly lineOf: (read: ReadCell, day: string, place: string) => BillLine | undefined;
  /** What is to be said of its rows together. */
  readonly noteOn?: (rows: readonly ReadCell[]) => string | false;
}

/** The bill in an exported table, each of its rows once. @throws BillProblem */
export function billOfTable(
  table: Table,
  { provider, labels, of, dayOf, lineOf, noteOn = () => false }: ProviderTable,
): ParsedBill {
  const cell = cellReader(table);
  const sum = new LineSum();
  const { rows, repeated } = withoutRepeats(table.rows);
  const reads = rows.map(
    (row): ReadCell =>
      (name) =>
        cell(row, name),
  );
  for (const [i, read] of reads.entries()) {
    const place = `row ${rows[i]!.line}`;
    const day = dayOf(read, place);
    sum.cover(day);
    const line = lineOf(read, day, place);
    if (line) sum.add(line);
  }
  return billOf(sum, {
    label: `${labels[of]} (export)`,
    provider,
    notes: [repeatNote(repeated), noteOn(reads)],
  });
}
