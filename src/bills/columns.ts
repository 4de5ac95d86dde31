import { billFields } from '../shared/bill';
import { dayReader, unclearDates } from './days';
import { addTokens, hasTokens, LineSum, noTokens } from './line';
import { amountReader, countOf } from './money';
import { openAiLineItem } from './openAiLineItem';
import { BillProblem } from './problem';
import { billOf, costLine, usageLine } from './report';
import { cellReader, withoutRepeats } from './table';
import type { BillColumns, BillField, BillLook, BillTokens } from '../shared/bill';
import type { ParsedBill } from './line';
import type { AmountReader } from './money';
import type { Row, Table } from './table';

/** Names that writers use, the likelier ones first; compared in snake case. */
const names: Readonly<Record<BillField, readonly RegExp[]>> = {
  date: [
    /^(?:usage_)?(?:date|day)(?:_utc)?$/,
    /^(?:start|period|usage|billing|invoice|created)(?:_|$).*(?:date|time|day|at)?$/,
    /date|day|^time(?:stamp)?$/,
  ],
  model: [/^model(?:_?(?:name|id|version))?$/, /model|deployment|engine|slug/],
  amount: [
    /^(?:net_?)?(?:amount|cost|charge|total|spend)(?:_(?:usd|value|due))?$/,
    /(?:amount|cost|charge|spend|price|usd)(?!.*currency)/,
  ],
  currency: [/^(?:currency|amount_currency|currency_code|iso_currency)$/, /currency/],
  item: [
    /^(?:line_?item|item|description|service|sku|product|meter)(?:_name)?$/,
    /description|line_item|sku/,
  ],
  inputTokens: [/^(?:input|prompt)_?tokens?(?:_count)?$/, /^tokens?_?(?:in|input|prompt)$/],
  cacheReadTokens: [/cache.*read|cached.*(?:input|tokens?)|input.*cached/],
  cacheWriteTokens: [/cache.*(?:writ|creat)/],
  outputTokens: [/^(?:output|completion)_?tokens?(?:_count)?$/, /^tokens?_?(?:out|output|completion)$/],
};

const snake = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .replace(/^_|_$/g, '')
    .toLowerCase();

/** Which column is probably what, by its name; none twice. */
export function suggestBillColumns({ header }: Table): BillColumns {
  const taken = new Set<string>();
  const fields: Partial<Record<BillField, string>> = {};
  for (const field of billFields) {
    for (const pattern of names[field]) {
      const found = header.find((name) => !taken.has(name) && pattern.test(snake(name)));
      if (found === undefined) continue;
      fields[field] = found;
      taken.add(found);
      break;
    }
  }
  return { fields };
}

const fewRows = 3;
const longestExample = 60;

/** What to ask of a table. */
export function lookAtTable(
  table: Table,
  remembered: BillColumns | undefined,
  dateColumn?: string,
): NonNullable<BillLook['table']> {
  const cell = cellReader(table);
  const suggested = remembered ?? suggestBillColumns(table);
  const date = dateColumn ?? suggested.fields.date;
  return {
    columns: table.header.map((name) => ({
      name,
      examples: table.rows
        .slice(0, fewRows)
        .map((row) => cell(row, name).slice(0, longestExample))
        .filter(Boolean),
    })),
    suggested,
    isRemembered: remembered !== undefined,
    unclearDates: date === undefined ? [] : unclearDates(table.rows.map((row) => cell(row, date))),
  };
}

/** Of a remembered or given choice, whether it fits this header. */
export const fitsHeader = ({ fields }: BillColumns, header: readonly string[]): boolean =>
  Object.values(fields).every((name) => header.includes(name));

type ReadCell = (row: Row, field: BillField) => string;

/** @throws BillProblem where a column is missing or a cell cannot be read. */
export function billOfColumns(table: Table, columns: BillColumns): ParsedBill {
  const { fields, provider = null, cachedInside = false } = columns;
  check(table, columns);
  const cell = cellReader(table);
  const at: ReadCell = (row, field) => (fields[field] === undefined ? '' : cell(row, fields[field]));
  const values = (field: BillField): string[] => table.rows.map((row) => at(row, field)).filter(Boolean);
  const dayOf = dayReader(values('date'), columns.dayFirst);
  const amountOf = amountReader(values('amount'));
  const sum = new LineSum();
  let unnamedCurrency = false;
  for (const row of table.rows) {
    const day = dayOf(at(row, 'date'));
    if (day === undefined) throw unreadable(row, 'date', at(row, 'date'), 'write dates as YYYY-MM-DD');
    const thing = thingOf(at(row, 'model'), at(row, 'item'));
    const charge = chargeOf(row, at, amountOf);
    if (charge) sum.add(costLine({ day, ...thing, amount: charge.nano, currency: charge.currency ?? 'USD' }));
    unnamedCurrency ||= charge !== undefined && charge.currency === undefined;
    const tokens = tokensOf(row, at, cachedInside);
    if (hasTokens(tokens)) sum.add(usageLine({ day, ...thing, item: '', tokens }));
  }
  return billOf(sum, { label: 'Table', provider, notes: notesOf(table, unnamedCurrency) });
}

function notesOf({ rows }: Table, unnamedCurrency: boolean): readonly (string | false)[] {
  const { repeated } = withoutRepeats(rows);
  return [
    repeated > 0 &&
      `${repeated} of its rows repeat another in every cell; they count, since a table need not tell calls apart. If it was put together of overlapping parts, remove them.`,
    unnamedCurrency && 'It names no currency: its amounts are taken for US dollars.',
  ];
}

/** Undefined for an empty cell. A currency in its own column goes before one beside the amount. */
function chargeOf(
  row: Row,
  at: ReadCell,
  amountOf: AmountReader,
): { readonly nano: number; readonly currency: string | undefined } | undefined {
  const text = at(row, 'amount');
  if (text === '') return undefined;
  const read = amountOf(text);
  if (!read) throw unreadable(row, 'amount', text, 'correct it');
  return { nano: read.nano, currency: at(row, 'currency').toUpperCase() || read.currency };
}

function check({ header, rows }: Table, { fields }: BillColumns): void {
  const missing = Object.values(fields).find((name) => !header.includes(name));
  if (missing !== undefined)
    throw new BillProblem(
      `it has no column ${missing.slice(0, 60)}: choose its columns (${header.slice(0, 12).join(', ')})`,
    );
  if (fields.date === undefined) throw new BillProblem('no column is chosen for the date: choose one');
  const counted = [fields.amount, fields.inputTokens, fields.outputTokens];
  if (counted.every((name) => name === undefined))
    throw new BillProblem('no column is chosen for an amount or for tokens: choose one');
  if (rows.length === 0)
    throw new BillProblem('it has a header and no rows: export a period in which there was usage');
}

/** A model in a column of items is found as OpenAI writes it. */
function thingOf(model: string, item: string) {
  if (model !== '') return { model, item };
  return item === '' ? { model: null, item: '' } : openAiLineItem(item);
}

function tokensOf(row: Row, at: ReadCell, cachedInside: boolean): BillTokens {
  const read = (field: keyof BillTokens): number => {
    const text = at(row, field).replace(/[\s,\u00a0\u202f]/g, '');
    const count = text === '' ? 0 : countOf(text);
    if (count === undefined) throw unreadable(row, field, at(row, field), 'correct it');
    return count;
  };
  const told = addTokens(noTokens, {
    ...{ inputTokens: read('inputTokens'), outputTokens: read('outputTokens') },
    ...{ cacheReadTokens: read('cacheReadTokens'), cacheWriteTokens: read('cacheWriteTokens') },
  });
  const cached = cachedInside ? told.cacheReadTokens + told.cacheWriteTokens : 0;
  return { ...told, inputTokens: Math.max(0, told.inputTokens - cached) };
}

const unreadable = (row: Row, field: BillField, value: string, remedy: string): BillProblem =>
  new BillProblem(
    value === ''
      ? `row ${row.line} has no ${field}: ${remedy}`
      : `row ${row.line} has “${value.slice(0, 40)}” as its ${field}, which cannot be read: ${remedy}`,
  );
