import { billTokenFields } from '../shared/bill';
import type { BillLine, BillTokens } from '../shared/bill';

export type { BillLine } from '../shared/bill';

/** A bill as a format reads it; what it tells of one thing several times is summed up. */
export interface ParsedBill {
  /** Of its format. */
  readonly label: string;
  /** Null: of any. */
  readonly provider: string | null;
  /** Days that it covers, with those for which it says that there was nothing. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly lines: readonly BillLine[];
  /** Sentences. */
  readonly notes: readonly string[];
}

export const noTokens: BillTokens = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
};

export const addTokens = (a: BillTokens, b: BillTokens): BillTokens => ({
  inputTokens: a.inputTokens + b.inputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  outputTokens: a.outputTokens + b.outputTokens,
});

export const hasTokens = (tokens: BillTokens): boolean => billTokenFields.some((field) => tokens[field] > 0);

/** Gathers lines, those of one thing as their sum, and the days that the bill covers. */
export class LineSum {
  private readonly sums = new Map<string, BillLine>();
  private first: string | undefined;
  private last: string | undefined;

  cover(day: string): void {
    if (this.first === undefined || day < this.first) this.first = day;
    if (this.last === undefined || day > this.last) this.last = day;
  }

  add(line: BillLine): void {
    this.cover(line.day);
    const { day, model, item, tier, scope, currency, amount } = line;
    const key = JSON.stringify([day, model, item, tier, scope, currency, amount === null]);
    const known = this.sums.get(key);
    this.sums.set(key, known ? sumOf(known, line) : line);
  }

  get span(): { readonly firstDay: string; readonly lastDay: string } | undefined {
    return this.first === undefined || this.last === undefined
      ? undefined
      : { firstDay: this.first, lastDay: this.last };
  }

  /** By day, model and item. */
  get lines(): readonly BillLine[] {
    const order = (line: BillLine): string => `${line.day}\0${line.model ?? ''}\0${line.item}`;
    return [...this.sums.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }
}

const sumOf = (a: BillLine, b: BillLine): BillLine => ({
  ...a,
  amount: a.amount === null ? null : a.amount + (b.amount ?? 0),
  requests: a.requests + b.requests,
  tokens: addTokens(a.tokens, b.tokens),
});
