import { utcDay } from './days';
import { membersOf, textOf, type Members } from './exactJson';
import { hasTokens } from './line';
import { nanoOfUnits } from './money';
import { openAiLineItem } from './openAiLineItem';
import { BillProblem } from './problem';
import { billOfBuckets, billOfTable } from './provider';
import { amountAt, bucketsOf, costLine, currencyOf, tokensAt, usageLine } from './report';
import type { ParsedBill } from './line';
import type { ReadCell } from './provider';
import type { Table } from './table';
import type { BillTokens } from '../shared/bill';

const openAi = {
  provider: 'openai',
  labels: { costs: 'OpenAI costs', usage: 'OpenAI usage' },
} as const;

/** Answers of `/v1/organization/costs` and `/v1/organization/usage/...`. Undefined for anything else. */
export function openAiReport(pages: readonly Members[]): ParsedBill | undefined {
  const buckets = bucketsOf(pages);
  if (!buckets.some(({ start_time: start, object }) => start !== undefined || object === 'bucket'))
    return undefined;
  return billOfBuckets(pages, buckets, {
    ...openAi,
    dayOf: (bucket, place) => dayOf(bucket.start_time, place),
    isCharge: ({ amount }) => membersOf(amount) !== undefined,
    chargeOf,
    usageOf,
  });
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

const dayOfRow = (read: ReadCell, place: string): string => dayOf(read('start_time'), place);

function costTable(table: Table): ParsedBill {
  return billOfTable(table, {
    ...openAi,
    of: 'costs',
    dayOf: dayOfRow,
    // A bucket without a charge has an empty row.
    lineOf: (read, day, place) =>
      read('amount_value') === ''
        ? undefined
        : costLine({
            day,
            ...openAiLineItem(read('line_item') || undefined),
            scope: read('project_id'),
            currency: currencyOf(read('amount_currency')),
            amount: amountAt(read('amount_value'), place, nanoOfUnits),
          }),
  });
}

function usageTable(table: Table): ParsedBill {
  return billOfTable(table, {
    ...openAi,
    of: 'usage',
    dayOf: dayOfRow,
    lineOf: (read, day, place) => {
      const tokens = tokensOf(read, place);
      const requests = tokensAt(read('num_model_requests'), place);
      if (requests === 0 && !hasTokens(tokens)) return undefined;
      return usageLine({
        ...{ day, tokens, requests },
        model: read('model') || null,
        tier: tierOf(read('batch'), read('service_tier')),
        scope: read('project_id'),
      });
    },
  });
}
