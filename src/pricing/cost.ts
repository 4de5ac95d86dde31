import type { ChargedPart } from '../shared/explanation';
import { usageFields } from '../shared/model';
import type { CostMode, CostState, Millis, NanoUsd, Usage } from '../shared/model';
import { billFor } from './billing';
import type { Bill } from './billing';
import { isCopilot } from './modelNames';
import type { PriceBook } from './prices';
import { isFree, priceAt, ratesAtTier } from './rates';
import type { Rate, Rates } from './rates';

/** What the cost of a call depends on. */
export interface CallFigures extends Partial<Usage> {
  readonly at?: Millis;
  readonly provider?: string;
  readonly model?: string;
  readonly failed?: boolean;
  /** Service tier or speed that is not the standard one: see `CallFact`. */
  readonly tier?: string;
  /** Searches of the web that the provider made for it. */
  readonly webSearches?: number;
  /** The source says that a subscription pays for it; a recorded cost goes before that. */
  readonly included?: boolean;
  /** What the source's cost field says. */
  readonly recorded?: NanoUsd;
  readonly recordedExact?: boolean;
  /** An exact cost that stands in the source beside its cost field. */
  readonly recordedElsewhere?: NanoUsd;
}

export interface PricedCall {
  /** Tokens times the price in force at the call's time; undefined when no price is known. */
  readonly computed: NanoUsd | undefined;
  /** False where a price had to be assumed: see billing.ts. */
  readonly computedExact: boolean;
  /** Paid by a subscription: `computed` is what it would have cost. */
  readonly included: boolean;
}

/** What a call counts for in one cost mode. */
export interface Cost {
  /** Undefined if unpriced, 0 if included. */
  readonly usd: NanoUsd | undefined;
  readonly state: CostState;
  readonly exact: boolean;
}

/**
 * Tokens times price, in integer nano-dollars: added in exact pico-dollars, rounded once, half up. The only place that
 * multiplies. A failed call that used nothing and has no recorded cost is computed as an exact 0. `importer` is whose
 * call it is: a price set may be chosen for it.
 */
export function priceCall(call: CallFigures, book: PriceBook, importer?: string): PricedCall {
  const included =
    book.isIncluded(call.provider, importer) ??
    (!isRecorded(call) && (call.included === true || isCopilot(call.provider)));
  const billing = billingOf(call, book, importer);
  if ('bill' in billing) {
    const { bill } = billing;
    return { computed: totalOf(bill), computedExact: bill.exact, included };
  }
  return billing.costsNothing
    ? { computed: 0, computedExact: true, included }
    : { computed: undefined, computedExact: false, included };
}

/** What a call is charged by, or why there is nothing to charge it by. */
export type Billing =
  | { readonly bill: Bill; readonly rates: Rates }
  | {
      readonly costsNothing: boolean;
      /**
       * `failed`: it failed and used nothing; `unused`: nothing is known of what it used; `free`: its id ends in `:free`;
       * `unknown`: the model has no known price; `part`: something that it used has none.
       */
      readonly why: 'failed' | 'unused' | 'free' | 'unknown' | 'part';
      readonly rates?: Rates;
    };

/** The one place that decides by what a call is charged: what prices it and what explains the price ask here. */
export function billingOf(call: CallFigures, book: PriceBook, importer?: string): Billing {
  if (!isUsed(call))
    return call.failed === true && !isRecorded(call)
      ? { costsNothing: true, why: 'failed' }
      : { costsNothing: false, why: 'unused' };
  const listed = call.model ? book.priceOf(call.provider, call.model, call.at, importer) : undefined;
  if (!listed) return { costsNothing: false, why: 'unknown' };
  if (isFree(listed)) return { costsNothing: true, why: 'free', rates: listed };
  const rates = call.tier === undefined ? listed : ratesAtTier(listed, call.tier);
  const bill = billFor(call, rates);
  return bill ? { bill, rates } : { costsNothing: false, why: 'part', rates };
}

const isRecorded = (call: CallFigures): boolean =>
  call.recorded !== undefined || call.recordedElsewhere !== undefined;

/** Whether anything is known of what it used. */
export const isUsed = (call: CallFigures): boolean => usageFields.some((field) => (call[field] ?? 0) > 0);

/**
 * The cost that counts. `auto`: an exact recorded cost, else the computed one, else an inexact recorded one, else unpriced.
 * `recorded` and `computed`: that one or unpriced. Included calls cost an exact 0 except in mode `computed`.
 */
export function chooseCost(mode: CostMode, call: CallFigures, priced: PricedCall): Cost {
  if (mode === 'computed') return computedCost(priced);
  if (priced.included) return { usd: 0, state: 'included', exact: true };
  if (mode === 'recorded') return recordedCost(call);
  if (call.recorded !== undefined && call.recordedExact) return recordedCost(call);
  if (call.recordedElsewhere !== undefined)
    return { usd: call.recordedElsewhere, state: 'recorded', exact: true };
  return priced.computed === undefined ? recordedCost(call) : computedCost(priced);
}

const unpriced: Cost = { usd: undefined, state: 'unpriced', exact: false };

const computedCost = ({ computed, computedExact }: PricedCall): Cost =>
  computed === undefined ? unpriced : { usd: computed, state: 'computed', exact: computedExact };

function recordedCost(call: CallFigures): Cost {
  if (call.recorded !== undefined)
    return { usd: call.recorded, state: 'recorded', exact: call.recordedExact === true };
  const costNothing = call.failed === true && !isUsed(call) && !isRecorded(call);
  return costNothing ? { usd: 0, state: 'recorded', exact: true } : unpriced;
}

const picoPerNano = 1000;
const microsecondsPerHour = 3_600_000_000n;

function totalOf({ lines, audio, totalInput }: Bill): NanoUsd {
  let sum = 0;
  for (const { quantity, rate } of lines) sum += quantity * priceAt(rate, totalInput);
  // Below 2^53 every product and every sum on the way was an exact integer; above, do it again without a limit.
  if (audio.length > 0 || sum > Number.MAX_SAFE_INTEGER)
    return halfUp(
      exactPico(lines, totalInput) * microsecondsPerHour + picoHours(audio),
      microsecondsPerHour * BigInt(picoPerNano),
    );
  const rest = sum % picoPerNano;
  return (sum - rest) / picoPerNano + (2 * rest >= picoPerNano ? 1 : 0);
}

/** What a line of a bill comes to, in exact pico-dollars; time, to the pico-dollar half up. */
export interface LineAmount {
  readonly part: ChargedPart;
  readonly quantity: number;
  readonly rate: Rate;
  /** Pico-dollars per token, request, or hour of audio. */
  readonly price: number;
  readonly pico: bigint;
}

/** The products of which the total of a bill is the rounded sum. */
export const amountsOf = ({ lines, audio, totalInput }: Bill): readonly LineAmount[] => [
  ...lines.map((line) => ({ ...line, price: priceAt(line.rate, totalInput), pico: pico(line, totalInput) })),
  ...audio.map(({ part, seconds, rate }) => ({
    ...{ part, quantity: seconds, rate, price: rate.base },
    pico: halfUpBig(picoHours([{ seconds, rate }]), microsecondsPerHour),
  })),
];

const pico = ({ quantity, rate }: Pick<LineAmount, 'quantity' | 'rate'>, totalInput: number): bigint =>
  BigInt(quantity) * BigInt(priceAt(rate, totalInput));

const exactPico = (lines: Bill['lines'], totalInput: number): bigint =>
  lines.reduce((sum, line) => sum + pico(line, totalInput), 0n);

/** Microseconds times pico-dollars an hour. */
const picoHours = (audio: readonly { readonly seconds: number; readonly rate: Rate }[]): bigint =>
  audio.reduce((sum, { seconds, rate }) => sum + BigInt(Math.round(seconds * 1e6)) * BigInt(rate.base), 0n);

const halfUp = (numerator: bigint, denominator: bigint): number => Number(halfUpBig(numerator, denominator));

const halfUpBig = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator) / (2n * denominator);
