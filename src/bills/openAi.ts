import { utcDay } from './days';
import { membersOf, textOf, type Members } from './exactJson';
import { hasTokens, LineSum } from './line';
import { nanoOfUnits } from './money';
import { openAiLineItem } from './openAiLineItem';
import { BillProblem } from './problem';
import {
  amountAt,
  billOf,
  bucketsOf,
  costLine,
  currencyOf,
  pageNotes,
  repeatNote,
  resultsOf,
  tokensAt,
  usageLine,
} from './report';
import { cellReader, withoutRepeats } from './table';
import type { ParsedBill } from './line';
import type { Table } from './table';
import type { BillTokens } from '../shared/bill';

const provider = 'openai';
const labels = { costs: 'OpenAI costs', usage: 'OpenAI usage' } as const;

/** Answers of `/v1/organization/costs` and `/v1/organization/usage/...`. Undefined for anything else. */
export function openAiReport(pages: readonly Members[]): ParsedBill | undefined {
  const buckets = bucketsOf(pages);
  if (!buckets.some(({ start_time: start, object }) => start !== undefined || object === 'bucket'))
    return undefined;
  const sum = new LineSum();
  for (const bucket of buckets) sum.cover(dayOf(bucket.start_time, 'start_time'));
  const { results, repeated } = resultsOf(buckets);
  const isCosts = results.some(({ result }) => membersOf(result.amount));
  for (const { bucket, result, place } of results) {
    const day = dayOf(bucket.start_time, place);
    if (isCosts) sum.add(chargeOf(result, day, place));
    else sum.add(usageOf(result, day, place));
  }
  const label = isCosts ? labels.costs : labels.usage;
  return billOf(sum, { label, provider, notes: pageNotes(pages, repeated) });
}

function dayOf(value: unknown, place: string): string {
  const day = utcDay(textOf(value) ?? '');
  if (day === undefined) throw new BillProblem(`the start_time of ${place} is no time: export it again`);
  return day;
}

function chargeOf(result: Members, day: string, place: string) {
  const amount = membersOf(result.amount);
  return costLine({
    day,
    ...openAiLineItem(textOf(result.line_item)),
    scope: textOf(result.project_id) ?? '',
    currency: currencyOf(amount?.currency),
    amount: amountAt(amount?.value, place, nanoOfUnits),
  });
}

function usageOf(result: Members, day: string, place: string) {
  return usageLine({
    day,
    model: textOf(result.model) ?? null,
    tier: tierOf(result.batch, result.service_tier),
    scope: textOf(result.project_id) ?? '',
    requests: tokensAt(result.num_model_requests, place),
    tokens: tokensOf((name) => result[name], place),
  });
}

/** `input_tokens` are all input, what was read from a cache and written to it included. */
function tokensOf(read: (name: string) => unknown, place: string): BillTokens {
  const cacheReadTokens = tokensAt(read('input_cached_tokens'), place);
  const cacheWriteTokens = tokensAt(read('input_cache_write_tokens'), place);
  const input = tokensAt(read('input_tokens'), place);
  return {
    inputTokens: Math.max(0, input - cacheReadTokens - cacheWriteTokens),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: tokensAt(read('output_tokens'), place),
  };
}

function tierOf(batch: unknown, tier: unknown): string {
  if (batch === true || textOf(batch)?.toLowerCase() === 'true') return 'batch';
  const name = textOf(tier)?.toLowerCase() ?? '';
  return ['default', 'standard', 'auto'].includes(name) ? '' : name;
}

/** The dashboard's exports of costs and of usage. Undefined for any other table. */
export function openAiTable(table: Table): ParsedBill | undefined {
  const has = (...names: readonly string[]): boolean => names.every((name) => table.header.includes(name));
  if (has('start_time', 'amount_value')) return costTable(table);
  if (has('start_time', 'end_time') && (has('num_model_requests') || has('start_time_iso')))
    return usageTable(table);
  return undefined;
}

function costTable(table: Table): ParsedBill {
  const cell = cellReader(table);
  const sum = new LineSum();
  const { rows, repeated } = withoutRepeats(table.rows);
  for (const row of rows) {
    const place = `row ${row.line}`;
    const day = dayOf(cell(row, 'start_time'), place);
    sum.cover(day);
    // A bucket without a charge has an empty row.
    if (cell(row, 'amount_value') === '') continue;
    sum.add(
      costLine({
        day,
        ...openAiLineItem(cell(row, 'line_item') || undefined),
        scope: cell(row, 'project_id'),
        currency: currencyOf(cell(row, 'amount_currency')),
        amount: amountAt(cell(row, 'amount_value'), place, nanoOfUnits),
      }),
    );
  }
  return billOf(sum, { label: `${labels.costs} (export)`, provider, notes: [repeatNote(repeated)] });
}

function usageTable(table: Table): ParsedBill {
  const cell = cellReader(table);
  const sum = new LineSum();
  const { rows, repeated } = withoutRepeats(table.rows);
  for (const row of rows) {
    const place = `row ${row.line}`;
    const day = dayOf(cell(row, 'start_time'), place);
    sum.cover(day);
    const tokens = tokensOf((name) => cell(row, name), place);
    const requests = tokensAt(cell(row, 'num_model_requests'), place);
    if (requests === 0 && !hasTokens(tokens)) continue;
    sum.add(
      usageLine({
        ...{ day, tokens, requests },
        model: cell(row, 'model') || null,
        tier: tierOf(cell(row, 'batch'), cell(row, 'service_tier')),
        scope: cell(row, 'project_id'),
      }),
    );
  }
  return billOf(sum, { label: `${labels.usage} (export)`, provider, notes: [repeatNote(repeated)] });
}
