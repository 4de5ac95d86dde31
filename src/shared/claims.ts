import { formatCount } from './format';
import type { NanoUsd } from './model';

/** Sums that a source tells of its calls, or that these add up to here; null where it does not tell one. */
export interface ClaimSums {
  readonly calls: number | null;
  readonly recorded: NanoUsd | null;
  /** Read from a cache, written to it or neither. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Input and output. */
  readonly tokens: number | null;
}

export interface FoundSums {
  readonly calls: number;
  /** Of the calls. */
  readonly errors: number;
  readonly recorded: NanoUsd;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A total that a source tells, beside what the calls add up to. */
export interface ClaimCheck {
  readonly claimed: ClaimSums;
  readonly found: FoundSums;
}

/** How the totals of a source's days compare with the calls. */
export interface DaysCompared {
  readonly days: number;
  readonly differ: number;
  /** Days of which no call is here. */
  readonly absent: number;
}

const counted = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Sources differ in whether a call that failed is one, so either is right. */
const callsOff = (calls: number, found: FoundSums): number =>
  calls > found.calls || calls < found.calls - found.errors ? found.calls - calls : 0;

/** Each call was rounded to the nano-dollar, the total was not. */
const costOff = (claimed: NanoUsd, found: FoundSums): number =>
  Math.abs(found.recorded - claimed) > found.calls ? found.recorded - claimed : 0;

const off = <T>(claimed: T | null, by: (claimed: T) => number): number =>
  claimed === null ? 0 : by(claimed);

/** How much more there is here than is told, by figure; 0 where they agree or nothing is told. */
function differences({ claimed, found }: ClaimCheck): {
  readonly cost: number;
  readonly counts: readonly (readonly [by: number, noun: string])[];
} {
  const tokens = found.inputTokens + found.outputTokens;
  return {
    cost: off(claimed.recorded, (cost) => costOff(cost, found)),
    counts: [
      [off(claimed.calls, (calls) => callsOff(calls, found)), 'call'],
      [off(claimed.inputTokens, (input) => found.inputTokens - input), 'input token'],
      [off(claimed.outputTokens, (output) => found.outputTokens - output), 'output token'],
      [off(claimed.tokens, (all) => tokens - all), 'token'],
    ],
  };
}

export type ClaimState = 'same' | 'differs' | 'absent';

export function claimState(check: ClaimCheck): ClaimState {
  if (check.found.calls === 0) return 'absent';
  const { cost, counts } = differences(check);
  return cost === 0 && counts.every(([by]) => by === 0) ? 'same' : 'differs';
}

type Amount = (nano: NanoUsd) => string;

/** `$0.006 in 2 calls; the calls here add up to $0.004, 1 call fewer`. */
export function claimText(check: ClaimCheck, amount: Amount): string {
  const words: Record<ClaimState, () => string> = {
    same: () => 'the calls here add up to the same',
    absent: () => 'its calls are not here',
    differs: () => `the calls here add up to ${foundText(check, amount)}`,
  };
  return `${claimedText(check.claimed, amount)}; ${words[claimState(check)]()}`;
}

function claimedText(claimed: ClaimSums, amount: Amount): string {
  const { recorded, calls, inputTokens, outputTokens, tokens } = claimed;
  const cost = recorded === null ? '' : amount(recorded);
  const count = calls === null ? '' : counted(calls, 'call');
  if (cost !== '' && count !== '') return `${cost} in ${count}`;
  return cost || count || counted(tokens ?? (inputTokens ?? 0) + (outputTokens ?? 0), 'token');
}

function foundText(check: ClaimCheck, amount: Amount): string {
  const { cost, counts } = differences(check);
  const sum = cost === 0 ? 'the same amount' : amount(check.found.recorded);
  return [
    ...(check.claimed.recorded === null ? [] : [sum]),
    ...counts.flatMap(([by, noun]) =>
      by === 0 ? [] : [`${counted(Math.abs(by), noun)} ${by < 0 ? 'fewer' : 'more'}`],
    ),
  ].join(', ');
}

/** `Plato's own total`: what a total is called that an importer's source tells. */
export const claimLabel = (importer: string): string =>
  `${importer.charAt(0).toUpperCase()}${importer.slice(1)}'s own total`;
