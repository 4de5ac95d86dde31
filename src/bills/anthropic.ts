import { utcDay } from './days';
import { membersOf, textOf, type Members } from './exactJson';
import { hasTokens } from './line';
import { nanoOfCents, nanoOfUnits } from './money';
import { BillProblem } from './problem';
import { billOfBuckets, billOfTable } from './provider';
import { amountAt, bucketsOf, costLine, currencyOf, tokensAt, usageLine } from './report';
import type { ParsedBill } from './line';
import type { ReadCell } from './provider';
import type { Table } from './table';
import { formatCount } from '../shared/format';
import { usd } from '../shared/money';

const anthropic = {
  provider: 'anthropic',
  labels: { costs: 'Anthropic costs', usage: 'Anthropic usage' },
} as const;

/** Answers of `/v1/organizations/cost_report` and `/v1/organizations/usage_report/messages`. Undefined for anything else. */
export function anthropicReport(pages: readonly Members[]): ParsedBill | undefined {
  const buckets = bucketsOf(pages);
  if (!buckets.some(({ starting_at: start }) => start !== undefined)) return undefined;
  return billOfBuckets(pages, buckets, {
    ...anthropic,
    dayOf: (bucket, place) => dayOf(bucket.starting_at, place),
    isCharge: ({ amount }) => amount !== undefined,
    chargeOf,
    usageOf,
  });
}

function dayOf(value: unknown, place: string): string {
  const day = utcDay(textOf(value) ?? '');
  if (day === undefined) throw new BillProblem(`the day of ${place} is no date: export it again`);
  return day;
}

/** The amount is a decimal text in cents: `123.45` are 1.2345 dollars. */
function chargeOf(result: Members, day: string, place: string) {
  const model = textOf(result.model) ?? null;
  const type = textOf(result.cost_type);
  const description = textOf(result.description);
  return costLine({
    ...{ day, model },
    item:
      model === null
        ? (description ?? (type === 'tokens' ? '' : words(type)))
        : words(textOf(result.token_type) ?? type),
    tier: tierOf(textOf(result.service_tier), textOf(result.speed)),
    scope: textOf(result.workspace_id) ?? '',
    currency: currencyOf(result.currency),
    amount: amountAt(result.amount, place, nanoOfCents),
  });
}

const words = (name: string | undefined): string => (name ?? '').replace(/[_.]/g, ' ');

function tierOf(tier: string | undefined, speed: string | undefined): string {
  if (speed === 'fast') return 'fast';
  return tier === undefined || tier === 'standard' ? '' : tier;
}

function usageOf(result: Members, day: string, place: string) {
  const written = membersOf(result.cache_creation);
  return usageLine({
    day,
    model: textOf(result.model) ?? null,
    tier: tierOf(textOf(result.service_tier), textOf(result.speed)),
    scope: textOf(result.workspace_id) ?? '',
    tokens: {
      inputTokens: tokensAt(result.uncached_input_tokens, place),
      cacheReadTokens: tokensAt(result.cache_read_input_tokens, place),
      cacheWriteTokens:
        tokensAt(written?.ephemeral_1h_input_tokens, place) +
        tokensAt(written?.ephemeral_5m_input_tokens, place),
      outputTokens: tokensAt(result.output_tokens, place),
    },
  });
}

/** The Console's exports of costs and of usage. Undefined for any other table. */
export function anthropicTable(table: Table): ParsedBill | undefined {
  const has = (name: string): boolean => table.header.includes(name);
  if (!has('usage_date_utc')) return undefined;
  if (has('cost_usd')) return costTable(table);
  return has('usage_output_tokens') ? usageTable(table) : undefined;
}

const dayOfRow = (read: ReadCell, place: string): string => dayOf(read('usage_date_utc'), place);

function costTable(table: Table): ParsedBill {
  return billOfTable(table, {
    ...anthropic,
    of: 'costs',
    dayOf: dayOfRow,
    lineOf: (read, day, place) =>
      costLine({
        ...{ day, currency: 'USD' },
        model: modelIn(read('model')),
        item: words(read('token_type') || read('cost_type') || read('usage_type')),
        ...tierAndScope(read),
        amount: amountAt(read('cost_usd'), place, nanoOfUnits),
      }),
    noteOn: roundingNote,
  });
}

/** Said only where every amount has two decimals: then it is how the export writes them. */
function roundingNote(rows: readonly ReadCell[]): string | false {
  const isInCents = rows.every((read) => /^-?\d+\.\d\d$/.test(read('cost_usd')));
  return (
    isInCents &&
    `Each of its ${formatCount(rows.length)} rows is rounded to the cent, so up to ${usd.format(rows.length * 5_000_000)} of a difference may be rounding.`
  );
}

const tierAndScope = (read: ReadCell) => ({
  tier: tierOf(
    ['batch', 'priority', 'flex'].find((tier) => read('usage_type').toLowerCase().includes(tier)),
    read('speed'),
  ),
  scope: read('workspace'),
});

/** The export names models for people, and writes something for charges without one. */
const modelIn = (text: string): string | null => (/claude/i.test(text) ? text : null);

const writtenTokens = [
  'usage_input_tokens_cache_write',
  'usage_input_tokens_cache_write_5m',
  'usage_input_tokens_cache_write_1h',
];

function usageTable(table: Table): ParsedBill {
  return billOfTable(table, {
    ...anthropic,
    of: 'usage',
    dayOf: dayOfRow,
    lineOf: (read, day, place) => {
      const count = (name: string): number => tokensAt(read(name), place);
      const tokens = {
        inputTokens: count('usage_input_tokens_no_cache'),
        cacheReadTokens: count('usage_input_tokens_cache_read'),
        cacheWriteTokens: writtenTokens.reduce((all, name) => all + count(name), 0),
        outputTokens: count('usage_output_tokens'),
      };
      const model = read('model_version') || read('model') || null;
      return hasTokens(tokens) ? usageLine({ day, model, tokens, ...tierAndScope(read) }) : undefined;
    },
  });
}
