import { utcDay } from './days';
import { membersOf, textOf, type Members } from './exactJson';
import { hasTokens, LineSum } from './line';
import { nanoOfCents, nanoOfUnits } from './money';
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
import type { Row, Table } from './table';
import { formatCount } from '../shared/format';
import { usd } from '../shared/money';

const provider = 'anthropic';
const labels = { costs: 'Anthropic costs', usage: 'Anthropic usage' } as const;

/** Answers of `/v1/organizations/cost_report` and `/v1/organizations/usage_report/messages`. Undefined for anything else. */
export function anthropicReport(pages: readonly Members[]): ParsedBill | undefined {
  const buckets = bucketsOf(pages);
  if (!buckets.some(({ starting_at: start }) => start !== undefined)) return undefined;
  const sum = new LineSum();
  for (const bucket of buckets) sum.cover(dayOf(bucket.starting_at, 'starting_at'));
  const { results, repeated } = resultsOf(buckets);
  const isCosts = results.some(({ result }) => result.amount !== undefined);
  for (const { bucket, result, place } of results) {
    const day = dayOf(bucket.starting_at, place);
    if (isCosts) sum.add(chargeOf(result, day, place));
    else sum.add(usageOf(result, day, place));
  }
  const label = isCosts ? labels.costs : labels.usage;
  return billOf(sum, { label, provider, notes: pageNotes(pages, repeated) });
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

function costTable(table: Table): ParsedBill {
  const cell = cellReader(table);
  const sum = new LineSum();
  const { rows, repeated } = withoutRepeats(table.rows);
  let inCents = 0;
  for (const row of rows) {
    const place = `row ${row.line}`;
    const model = modelIn(cell(row, 'model'));
    const amount = cell(row, 'cost_usd');
    if (/^-?\d+\.\d\d$/.test(amount)) inCents++;
    sum.add(
      costLine({
        day: dayOf(cell(row, 'usage_date_utc'), place),
        model,
        item: words(cell(row, 'token_type') || cell(row, 'cost_type') || cell(row, 'usage_type')),
        ...tierAndScope(cell, row),
        currency: 'USD',
        amount: amountAt(amount, place, nanoOfUnits),
      }),
    );
  }
  const rounding = inCents === rows.length && inCents > 0;
  return billOf(sum, {
    label: `${labels.costs} (export)`,
    provider,
    notes: [
      repeatNote(repeated),
      rounding &&
        `Each of its ${formatCount(inCents)} rows is rounded to the cent, so up to ${usd.format(inCents * 5_000_000)} of a difference may be rounding.`,
    ],
  });
}

const tierAndScope = (cell: (row: Row, name: string) => string, row: Row) => ({
  tier: tierOf(
    ['batch', 'priority', 'flex'].find((tier) => cell(row, 'usage_type').toLowerCase().includes(tier)),
    cell(row, 'speed'),
  ),
  scope: cell(row, 'workspace'),
});

/** The export names models for people, and writes something for charges without one. */
const modelIn = (text: string): string | null =>
  /^(?:|none|null|n\/a|-)$/i.test(text) || !/claude/i.test(text) ? null : text;

function usageTable(table: Table): ParsedBill {
  const cell = cellReader(table);
  const sum = new LineSum();
  const { rows, repeated } = withoutRepeats(table.rows);
  for (const row of rows) {
    const place = `row ${row.line}`;
    const day = dayOf(cell(row, 'usage_date_utc'), place);
    const count = (...names: readonly string[]): number =>
      names.reduce((all, name) => all + tokensAt(cell(row, name), place), 0);
    const tokens = {
      inputTokens: count('usage_input_tokens_no_cache'),
      cacheReadTokens: count('usage_input_tokens_cache_read'),
      cacheWriteTokens: count(
        'usage_input_tokens_cache_write',
        'usage_input_tokens_cache_write_5m',
        'usage_input_tokens_cache_write_1h',
      ),
      outputTokens: count('usage_output_tokens'),
    };
    sum.cover(day);
    if (!hasTokens(tokens)) continue;
    const model = cell(row, 'model_version') || cell(row, 'model') || null;
    sum.add(usageLine({ day, model, tokens, ...tierAndScope(cell, row) }));
  }
  return billOf(sum, { label: `${labels.usage} (export)`, provider, notes: [repeatNote(repeated)] });
}
