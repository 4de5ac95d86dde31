import { amountsOf, billingOf, priceCall } from './cost';
import type { Billing, CallFigures, LineAmount, PricedCall } from './cost';
import { unpricedParts } from './billing';
import type { Doubt } from './billing';
import { candidates } from './modelNames';
import type { PriceBook } from './prices';
import type { RateName, Rates } from './rates';
import { partNames } from '../shared/explanation';
import type { Charge, ChargedPart } from '../shared/explanation';

/** A charge whose amount can be added up without a rounding. */
export interface ExactCharge extends Omit<Charge, 'amount'> {
  readonly pico: bigint;
}

/** Which tokens times which rate make the computed cost of a call, or why it has none. */
export interface PriceExplanation extends PricedCall {
  readonly charges: readonly ExactCharge[];
  /** Why it has no computed cost, or costs nothing: a sentence. */
  readonly unpriced?: string;
  /** Why the computed cost is not exact: a sentence each. */
  readonly doubts: readonly string[];
}

/** The same bill that `priceCall` adds up, line by line, with where each rate is from. Multiplies nothing itself. */
export function explainCall(call: CallFigures, book: PriceBook, importer?: string): PriceExplanation {
  const billing = billingOf(call, book, importer);
  const priced = priceCall(call, book, importer);
  if (!('bill' in billing))
    return { ...priced, charges: [], doubts: [], unpriced: withoutBill(call, billing) };
  const { bill, rates } = billing;
  return {
    ...priced,
    charges: amountsOf(bill).map((line) => chargeOf(line, rates, bill.totalInput, call.tier)),
    doubts: bill.doubts.map((doubt) => doubtText(doubt, call, rates)),
  };
}

function chargeOf(line: LineAmount, rates: Rates, totalInput: number, tier: string | undefined): ExactCharge {
  const { part, quantity, rate, price, pico } = line;
  const over = rate.tiers.filter((step) => totalInput > step.over).at(-1)?.over;
  return {
    part,
    quantity,
    rate: price / picoOf(part),
    pico,
    ...standIn(line, rates),
    ...(tier === undefined ? {} : { tier: { name: tier, factor: rates.tiers?.[tier] ?? null } }),
    ...(over === undefined ? {} : { over }),
    ...(rates.source ? { source: rates.source } : {}),
  };
}

/** Pico-dollars a token, request or hour that are one dollar a million tokens, a thousand requests or an hour. */
export function picoOf(part: ChargedPart): number {
  if (part === 'audioInputHour' || part === 'audioOutputHour' || part === 'image') return 1e12;
  return part === 'request' || part === 'webSearch' ? 1e9 : 1e6;
}

export const rateNames = [
  ...['input', 'audioInput', 'cacheRead', 'audioCached', 'cacheWrite', 'cacheWrite1h'],
  ...['output', 'audioOutput', 'reasoning', 'request', 'webSearch', 'image'],
  ...['audioInputHour', 'audioOutputHour'],
] as readonly RateName[];

/** Which other part's rate was taken, where the price table has none for this one. */
function standIn({ part, rate }: LineAmount, rates: Rates): Pick<ExactCharge, 'pricedAs' | 'times'> {
  if (rates[part]) return {};
  const taken = rateNames.find((name) => rates[name] === rate);
  return taken ? { pricedAs: taken } : { pricedAs: 'input', times: 2 };
}

function withoutBill(call: CallFigures, billing: Exclude<Billing, { bill: unknown }>): string {
  const { model, provider } = call;
  switch (billing.why) {
    case 'failed':
      return 'It failed and used nothing, so it costs nothing.';
    case 'free':
      return 'Its id ends in ":free", so it costs nothing.';
    case 'unused':
      return 'Its source tells neither tokens nor seconds of it.';
    case 'part':
      return withoutPart(unpricedParts(call, billing.rates!));
    case 'unknown':
      if (!model) return 'Its source does not tell its model.';
      return candidates(provider, model).length === 0
        ? 'Its model runs on a machine of one’s own, or anybody may host it, so it has no list price.'
        : 'No price is known for its model.';
  }
}

const withoutPart = (parts: readonly ChargedPart[]): string =>
  parts.length === 0
    ? 'What it used alone, such as images or seconds of audio, has no price at its model.'
    : `The price of its model has none for ${parts.map((part) => partNames[part]).join(' and ')}.`;

function doubtText(doubt: Doubt, call: CallFigures, rates: Rates): string {
  switch (doubt) {
    case 'audioConverted':
      return 'Audio is told in seconds and sold by tokens, or the other way round, and was converted or left out.';
    case 'audioAsText':
      return 'Its model has no price for audio tokens; they are charged as text.';
    case 'requestFee':
      return 'The fee a request depends on the depth of the search, which is not told.';
    case 'searchFee':
      return 'What its searches of the web cost is not known, or some of them were free.';
    case 'assumed':
      return assumption(call, rates);
  }
}

function assumption({ at, tier }: CallFigures, { source, tiers }: Rates): string {
  if (source?.kind === 'set') return 'It is priced by a price set that nobody is billed by.';
  if (tier !== undefined && tiers?.[tier] === undefined)
    return 'What its service tier costs is not known; it is charged at the standard rates.';
  return at === undefined
    ? 'Its time is not known, and the price changed once; it is charged at the price of today.'
    : 'Its price had to be assumed.';
}
