import { countOf } from './money';
import { BillProblem } from './problem';
import { listOf, membersOf, textOf, type Members } from './exactJson';
import { noTokens } from './line';
import type { BillLine, LineSum, ParsedBill } from './line';

/** A result of a report with the bucket of time that it stands in. */
export interface Result {
  readonly bucket: Members;
  readonly result: Members;
  /** `data[3].results[0]`: for messages. */
  readonly place: string;
}

/** The answers of a provider's API in a file: one page, or a list of them. */
export const pagesOf = (json: unknown): readonly Members[] =>
  (Array.isArray(json) ? listOf(json) : [json])
    .map(membersOf)
    .filter((page): page is Members => page !== undefined && Array.isArray(page.data));

export const bucketsOf = (pages: readonly Members[]): readonly Members[] =>
  pages.flatMap(({ data }) => listOf(data).map(membersOf)).filter((bucket) => bucket !== undefined);

/** Every result once: pages that overlap repeat their buckets. `repeated` says how many were told again. */
export function resultsOf(buckets: readonly Members[]): {
  readonly results: readonly Result[];
  readonly repeated: number;
} {
  const results: Result[] = [];
  const seen = new Set<string>();
  let repeated = 0;
  buckets.forEach((bucket, at) => {
    const told = new Set<string>();
    listOf(bucket.results ?? bucket.result).forEach((value, index) => {
      const result = membersOf(value);
      if (!result) return;
      const key = JSON.stringify([bucket.start_time ?? bucket.starting_at, result]);
      if (seen.has(key)) repeated++;
      else results.push({ bucket, result, place: `data[${at}].results[${index}]` });
      told.add(key);
    });
    for (const key of told) seen.add(key);
  });
  return { results, repeated };
}

/** A count of tokens; 0 where there is none. @throws BillProblem for what is no count. */
export function tokensAt(value: unknown, place: string): number {
  if (value === undefined || value === null || value === '') return 0;
  const count = typeof value === 'string' ? countOf(value) : undefined;
  if (count === undefined)
    throw new BillProblem(`${place} has a count that is no number, or less than 0: export it again`);
  return count;
}

/** An amount that has to be there. @throws BillProblem */
export function amountAt(value: unknown, place: string, read: (text: string) => number | undefined): number {
  const amount = typeof value === 'string' ? read(value) : undefined;
  if (amount === undefined)
    throw new BillProblem(`${place} has an amount that is no number: export it again`);
  return amount;
}

export const currencyOf = (value: unknown): string => (textOf(value) ?? 'USD').toUpperCase();

/** A line of money with nothing else to say. */
export const costLine = (
  of: Pick<BillLine, 'day' | 'model' | 'item' | 'amount' | 'currency'> & Partial<BillLine>,
): BillLine => ({
  ...{ tier: '', scope: '', requests: 0, tokens: noTokens },
  ...of,
});

/** A line of usage. */
export const usageLine = (of: Pick<BillLine, 'day' | 'model' | 'tokens'> & Partial<BillLine>): BillLine => ({
  ...{ item: '', tier: '', scope: '', requests: 0, currency: '', amount: null },
  ...of,
});

/** The bill of what was gathered. @throws BillProblem where that is nothing. */
export function billOf(
  sum: LineSum,
  of: Pick<ParsedBill, 'label' | 'provider'> & { readonly notes: readonly (string | false)[] },
): ParsedBill {
  const { span, lines } = sum;
  if (!span || lines.length === 0)
    throw new BillProblem('there is no charge and no usage in it: export a period in which there was some');
  return { ...of, ...span, lines, notes: of.notes.filter((note) => note !== false) };
}

/** What is to be said of the pages of an API. */
export const pageNotes = (pages: readonly Members[], repeated: number): readonly (string | false)[] => [
  pages.some(({ has_more: more }) => more === true) &&
    !pages.some(({ has_more: more }) => more === false) &&
    'The file is one page of several (has_more): reconcile the other pages together with it.',
  repeatNote(repeated),
];

export const repeatNote = (repeated: number): string | false =>
  repeated > 0 &&
  `${repeated} ${repeated === 1 ? 'row repeats another in all it says and counts' : 'rows repeat others in all they say and count'} once.`;
