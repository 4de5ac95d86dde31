import type { Usage } from '../shared/model';
import type { Rate, Rates } from './rates';

/** So many units at that rate. */
export interface BillLine {
  readonly quantity: number;
  readonly rate: Rate;
}

/** A call split into what is charged: nothing is counted twice, nothing that was used is left out. */
export interface Bill {
  /** Tokens and requests: whole units. */
  readonly lines: readonly BillLine[];
  readonly audio?: { readonly seconds: number; readonly rate: Rate };
  /** By what tiers go: all input tokens, cached ones included. */
  readonly totalInput: number;
  /** False where a rate had to stand in for one that the price table does not name. */
  readonly exact: boolean;
}

type Figures = Partial<Usage>;

/**
 * Which price applies to which part of a call. Undefined when something was used for which there is no price.
 * Stand-ins: cached tokens without an own rate cost the input rate (there is no discount); writes for one hour cost twice
 * the input of a model that charges for writes; audio without an own rate costs the text rate and is not exact.
 */
export function billFor(call: Figures, rates: Rates): Bill | undefined {
  const input = whole(call.inputTokens);
  const cacheRead = whole(call.cacheReadTokens);
  const cacheWrite = whole(call.cacheWriteTokens);
  const output = whole(call.outputTokens);
  const totalInput = input + cacheRead + cacheWrite;
  const seconds = amount(call.audioInputSeconds) + amount(call.audioOutputSeconds);
  if (rates.audioHour && seconds > 0) {
    return { lines: [], audio: billedAudio(seconds, rates.audioHour, rates), totalInput, exact: true };
  }
  if (totalInput + output === 0) return undefined;
  const audioCached = Math.min(whole(call.audioCachedTokens), cacheRead);
  const audioInput = Math.min(Math.max(whole(call.audioInputTokens) - audioCached, 0), input);
  const lines = [
    ...inputLines({ input, audioInput, cacheRead, audioCached }, rates),
    ...writeLines(cacheWrite, Math.min(whole(call.cacheWrite1hTokens), cacheWrite), rates),
    ...outputLines(output, call, rates),
    [rates.request ? 1 : 0, rates.request] as const,
  ].filter(([quantity]) => quantity > 0);
  if (lines.some(([, rate]) => rate === undefined)) return undefined;
  const audioStandsIn =
    (audioInput + audioCached > 0 && !rates.audioInput) ||
    (whole(call.audioOutputTokens) > 0 && !rates.audioOutput);
  return {
    lines: lines.map(([quantity, rate]) => ({ quantity, rate: rate as Rate })),
    totalInput,
    exact: !audioStandsIn && !rates.request && !rates.assumed,
  };
}

type Line = readonly [quantity: number, rate: Rate | undefined];

function inputLines(
  part: { input: number; audioInput: number; cacheRead: number; audioCached: number },
  rates: Rates,
): readonly Line[] {
  return [
    [part.input - part.audioInput, rates.input],
    [part.audioInput, rates.audioInput ?? rates.input],
    [part.cacheRead - part.audioCached, rates.cacheRead ?? rates.input],
    [part.audioCached, rates.audioCached ?? rates.audioInput ?? rates.cacheRead ?? rates.input],
  ];
}

function writeLines(all: number, forAnHour: number, rates: Rates): readonly Line[] {
  const short = rates.cacheWrite ?? rates.input;
  return [
    [all - forAnHour, short],
    [forAnHour, rates.cacheWrite1h ?? (rates.cacheWrite && rates.input ? twice(rates.input) : short)],
  ];
}

function outputLines(output: number, call: Figures, rates: Rates): readonly Line[] {
  const audio = Math.min(whole(call.audioOutputTokens), output);
  const reasoning = rates.reasoning ? Math.min(whole(call.reasoningTokens), output - audio) : 0;
  return [
    [output - audio - reasoning, rates.output],
    [audio, rates.audioOutput ?? rates.output],
    [reasoning, rates.reasoning],
  ];
}

const twice = ({ base, tiers }: Rate): Rate => ({
  base: 2 * base,
  tiers: tiers.map(({ over, price }) => ({ over, price: 2 * price })),
});

const billedAudio = (seconds: number, rate: Rate, { minimumSeconds = 0 }: Rates) => ({
  seconds: Math.max(seconds, minimumSeconds),
  rate,
});

const amount = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : 0;
const whole = (value: number | undefined): number => Math.round(amount(value));
