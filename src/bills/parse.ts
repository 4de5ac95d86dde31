import { anthropicReport, anthropicTable } from './anthropic';
import { billOfColumns, fitsHeader, lookAtTable, suggestBillColumns } from './columns';
import { parseExactJson } from './exactJson';
import { openAiReport, openAiTable } from './openAi';
import { BillProblem } from './problem';
import { pagesOf } from './report';
import { parseTable } from './table';
import type { ParsedBill } from './line';
import type { Table } from './table';
import type { BillColumns, BillLook } from '../shared/bill';

/** What a table of no known provider is asked by: the names of its columns in their order. */
export const headerKey = ({ header }: Table): string => JSON.stringify(header);

export type OpenedBill =
  /** Of a known provider. */
  | { readonly bill: ParsedBill }
  /** Somebody has to say which column is what. */
  | { readonly table: Table };

/** @throws BillProblem for what is neither, and for what is and cannot be read. */
export function openBill(text: string): OpenedBill {
  if (text.trim() === '') throw new BillProblem('it is empty: export it again');
  if (/^\s*[[{]/.test(text)) return { bill: reportIn(text) };
  const table = parseTable(text);
  if (!table)
    throw new BillProblem(
      'it is neither a report of a provider in JSON nor a table with a header: export it as CSV or JSON',
    );
  const bill = openAiTable(table) ?? anthropicTable(table);
  return bill ? { bill } : { table };
}

function reportIn(text: string): ParsedBill {
  const json = parseExactJson(text);
  const pages = pagesOf(json);
  const bill = openAiReport(pages) ?? anthropicReport(pages);
  if (bill) return bill;
  throw new BillProblem(
    'it is JSON, and no report of costs or usage by OpenAI or Anthropic: export that, or a table (CSV) with date, model and amount',
  );
}

/** What to tell and ask about a file before it is taken in. */
export function lookAtBill(
  text: string,
  rememberedFor: (header: string) => BillColumns | undefined,
  dateColumn?: string,
): BillLook {
  const opened = openBill(text);
  if ('bill' in opened) return { label: opened.bill.label };
  const { table } = opened;
  return { table: lookAtTable(table, rememberedIn(table, rememberedFor), dateColumn) };
}

/**
 * The bill in a text, and the columns that it was read by. @throws BillProblem also for a table for which no columns
 * are known.
 */
export function parseBill(
  text: string,
  chosen: BillColumns | undefined,
  rememberedFor: (header: string) => BillColumns | undefined = () => undefined,
): { readonly bill: ParsedBill; readonly header?: string; readonly columns?: BillColumns } {
  const opened = openBill(text);
  if ('bill' in opened) return { bill: opened.bill };
  const { table } = opened;
  const columns = chosen ?? rememberedIn(table, rememberedFor);
  if (!columns) throw new BillProblem(whichColumns(table));
  return { bill: billOfColumns(table, columns), header: headerKey(table), columns };
}

function rememberedIn(
  table: Table,
  rememberedFor: (header: string) => BillColumns | undefined,
): BillColumns | undefined {
  const columns = rememberedFor(headerKey(table));
  return columns && fitsHeader(columns, table.header) ? columns : undefined;
}

function whichColumns(table: Table): string {
  const { fields } = suggestBillColumns(table);
  const guess = Object.entries(fields).map(([field, name]) => `${field}=${name}`);
  const names = table.header.slice(0, 12).join(', ');
  return `it is a table of no known provider, and which column is what has to be said (its columns: ${names}${guess.length > 0 ? `; perhaps ${guess.join(', ')}` : ''})`;
}
