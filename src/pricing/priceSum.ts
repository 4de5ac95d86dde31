import { billingOf, isUsed, priceCall } from './cost';
import { priceAt } from './rates';
import type { CallFigures, PricedCall } from './cost';
import type { Bill } from './billing';
import type { PriceBook } from './prices';
import type { Rate, Rates } from './rates';
import type { Millis, Usage } from '../shared/model';

/** Calls of one model, alike in all that a price depends on but their amounts, told by what they add up to. */
export interface SummedCalls {
  readonly calls: number;
  /** None of them was before the one or after the other. */
  readonly firstAt: Millis;
  readonly lastAt: Millis;
  /** None of them has less or more input tokens, cached ones included. */
  readonly leastInput: number;
  readonly mostInput: number;
  /** In one of them a part is more than its whole, so that parts do not add up. */
  readonly isOdd: boolean;
}

const picoPerNano = 1000;
const audioFields = [
  ...(['audioInputTokens', 'audioCachedTokens', 'audioOutputTokens'] as const),
  ...(['audioInputSeconds', 'audioOutputSeconds'] as const),
];

/**
 * What calls cost together, from the sum of their figures: what `priceCall` says of each, added up. Undefined where that does
 * not follow from the sum to the nano-dollar: another price began between them, they are in different steps of a price,
 * amounts were rounded one by one, or something that may be charged is not the sum of their parts.
 */
export function priceSum(
  figures: CallFigures,
  sum: SummedCalls,
  book: PriceBook,
  importer: string,
): PricedCall | undefined {
  const call = { ...figures, at: sum.firstAt };
  // What used nothing costs nothing or nobody knows, whatever the prices are: each of them the same.
  if (!isUsed(call)) return priceCall(call, book, importer);
  if (!isOnePrice(call, sum, book, importer)) return undefined;
  const priced = priceCall(call, book, importer);
  if (sum.calls === 1) return priced;
  const billing = billingOf(call, book, importer);
  // Of some of them everything may have a price, and of others not.
  if (!('bill' in billing)) return billing.why === 'part' ? undefined : priced;
  if (sum.isOdd || !addsUp(call, billing.rates)) return undefined;
  const computed = totalOf(billing.bill, sum);
  return computed === undefined ? undefined : { ...priced, computed };
}

/** Whether the same price holds for all of them. */
function isOnePrice(
  { provider, model }: CallFigures,
  { firstAt, lastAt }: SummedCalls,
  book: PriceBook,
  importer: string,
): boolean {
  if (!model) return true;
  const at = (time: Millis): string => textOf(book.priceOf(provider, model, time, importer));
  return book.turnsOf(provider, model, firstAt, lastAt).every((time) => at(time) === at(firstAt));
}

const texts = new WeakMap<Rates, string>();

/** The rates in words: they are the same price wherever they stand. */
function textOf(rates: Rates | undefined): string {
  if (!rates) return '';
  let text = texts.get(rates);
  if (text === undefined) texts.set(rates, (text = JSON.stringify({ ...rates, source: undefined })));
  return text;
}

/**
 * Whether what these calls are charged is linear in what they used, and each of them is charged for something: audio is charged
 * by its length or its tokens, and searches may be charged once a request or not at all.
 */
function addsUp(call: CallFigures, { image, webSearch, searches }: Rates): boolean {
  const has = (field: keyof Usage | 'webSearches'): boolean => (call[field] ?? 0) > 0;
  const areSearchesPriced = webSearch !== undefined && !searches?.perRequest && !searches?.uncertain;
  return (
    !audioFields.some(has) &&
    (image !== undefined || !has('images')) &&
    (areSearchesPriced || !has('webSearches'))
  );
}

function totalOf({ lines }: Bill, { calls, leastInput, mostInput }: SummedCalls): number | undefined {
  let nano = 0;
  for (const { part, quantity, rate } of lines) {
    const price = priceOfAll(rate, leastInput, mostInput);
    if (price === undefined || price % picoPerNano !== 0) return undefined;
    // The fee a request is in the bill once.
    nano += (part === 'request' ? calls : quantity) * (price / picoPerNano);
  }
  return Number.isSafeInteger(nano) ? nano : undefined;
}

/** The price of all requests of which the smallest and the largest are known; undefined where there are several. */
function priceOfAll(rate: Rate, least: number, most: number): number | undefined {
  const price = priceAt(rate, least);
  return rate.tiers.every((tier) => tier.over < least || tier.over >= most || tier.price === price)
    ? price
    : undefined;
}
