import { number } from './json';
import type { CallFact } from '../shared/facts';
import type { Millis } from '../shared/model';

/** Since then Copilot is billed by AI credits. Before, it was premium requests out of a subscription, which are no money. */
export const creditsBilledFrom: Millis = Date.UTC(2026, 5, 1);

const nanoUsdPerCredit = 1e7;
const nanoAiuPerCredit = 1e9;
const mostCredits = 1e8;

type Cost = Pick<CallFact, 'recorded' | 'recordedExact' | 'included'>;

/** What credits cost, at 0.01 USD each; 0 is a price like any other. Nothing if there is no such number, or a negative one. */
export function costOfCredits(credits: unknown): Cost {
  const read = number(credits);
  if (read === undefined || read < 0 || read > mostCredits) return {};
  return { recorded: Math.round(read * nanoUsdPerCredit), recordedExact: true };
}

/** What nano-AIU (1e-9 credits) cost a call of that time; before credits were billed it is included in the subscription. */
export function costOfNanoAiu(nanoAiu: unknown, at: Millis | undefined): Cost {
  const read = number(nanoAiu);
  if (read === undefined || read < 0 || read > mostCredits * nanoAiuPerCredit) return {};
  if (at !== undefined && at < creditsBilledFrom) return { included: true };
  return { recorded: Math.round(read / (nanoAiuPerCredit / nanoUsdPerCredit)), recordedExact: true };
}
