import type { ChargedPart } from '../shared/explanation';
import type { Usage } from '../shared/model';
import { soundOf } from './sound';
import type { Rate, Rates } from './rates';
import type { Sound } from './sound';

/** So many units at that rate. */
export interface BillLine {
  readonly part: ChargedPart;
  readonly quantity: number;
  readonly rate: Rate;
}

/** Why a bill is not exact. */
export type Doubt =
  /** Seconds of audio were converted to tokens, or tokens to seconds, or left out. */
  | 'audioConverted'
  /** Text rates stand in for audio. */
  | 'audioAsText'
  /** The fee a request depends on what traces do not tell. */
  | 'requestFee'
  /** What a search of the web costs is not known, or some are free. */
  | 'searchFee'
  /** See `Rates.assumed`. */
  | 'assumed';

/** A call split into what is charged: nothing is counted twice, nothing that was used is left out. */
export interface Bill {
  /** Tokens and requests: whole units. */
  readonly lines: readonly BillLine[];
  /** Rates are by the hour. */
  readonly audio: readonly {
    readonly part: ChargedPart;
    readonly seconds: number;
    readonly rate: Rate;
  }[];
  /** By what tiers go: all input tokens, cached ones included. */
  readonly totalInput: number;
  /** False where a rate had to stand in for one that the price table does not name. */
  readonly exact: boolean;
  /** Empty if it is exact. */
  readonly doubts: readonly Doubt[];
}

type Figures = Partial<Usage> & { readonly webSearches?: number };

/**
 * Which price applies to which part of a call. Undefined when something was used for which there is no price.
 * Stand-ins: cached tokens without an own rate cost the input rate (there is no discount); writes for one hour cost twice
 * the input of a model that charges for writes; audio without an own rate costs the text rate and is not exact, and so
 * are seconds of a model that is sold by tokens, or the other way round.
 */
export function billFor(call: Figures, rates: Rates): Bill | undefined {
  const { parts, audio, totalInput, doubts } = partsOf(call, rates);
  if (parts.length + audio.length === 0) return undefined;
  // Perhaps only the fee a request, which is no use by itself.
  if (audio.length === 0 && parts.every(([part]) => part === 'request')) return undefined;
  if (parts.some(([, , rate]) => rate === undefined)) return undefined;
  const lines = parts.map(([part, quantity, rate]) => ({ part, quantity, rate: rate as Rate }));
  return { lines, audio, totalInput, exact: doubts.length === 0, doubts };
}

/** What a call used that has no price; empty, too, where it used nothing that could have one. */
export const unpricedParts = (call: Figures, rates: Rates): readonly ChargedPart[] =>
  partsOf(call, rates).parts.flatMap(([part, , rate]) => (rate === undefined ? [part] : []));

interface Parts extends Pick<Bill, 'audio' | 'totalInput' | 'doubts'> {
  readonly parts: readonly Line[];
}

/** A call split into what would be charged, priced or not. */
function partsOf(call: Figures, rates: Rates): Parts {
  const cacheRead = whole(call.cacheReadTokens);
  const cacheWrite = whole(call.cacheWriteTokens);
  const audioCached = Math.min(whole(call.audioCachedTokens), cacheRead);
  const heard = soundIn(call, audioCached, rates);
  const said = soundOut(call, rates);
  const audio = timed(heard, said, rates);
  // What is sold by the hour alone has no price for the tokens beside it, and needs none.
  const soldByTime = audio.length > 0 && !rates.input && !rates.output;
  const all: readonly Line[] = [
    ...inputLines({ text: heard.text, audioInput: heard.tokens, cacheRead, audioCached }, rates),
    ...writeLines(cacheWrite, Math.min(whole(call.cacheWrite1hTokens), cacheWrite), rates),
    ...outputLines(said, call, rates),
    ...feeLines(call, rates),
  ];
  return {
    parts: soldByTime ? [] : all.filter(([, quantity]) => quantity > 0),
    audio,
    totalInput: heard.text + heard.tokens + cacheRead + cacheWrite,
    doubts: doubtsOf(call, { heard, said, audioCached }, rates),
  };
}

const none: readonly Doubt[] = [];

interface Sounds {
  readonly heard: Sound;
  readonly said: Sound;
  readonly audioCached: number;
}

function doubtsOf(call: Figures, { heard, said, audioCached }: Sounds, rates: Rates): readonly Doubt[] {
  const isConverted = !heard.exact || !said.exact;
  const isText = standsIn(heard.tokens + audioCached, said.tokens, rates);
  const isFeeOpen = rates.request !== undefined && !rates.fixedFee;
  const isSearchOpen = isSearchFeeOpen(call, rates);
  if (!(isConverted || isText || isFeeOpen || isSearchOpen || rates.assumed)) return none;
  const all: readonly (readonly [boolean | undefined, Doubt])[] = [
    [isConverted, 'audioConverted'],
    [isText, 'audioAsText'],
    [isFeeOpen, 'requestFee'],
    [isSearchOpen, 'searchFee'],
    [rates.assumed, 'assumed'],
  ];
  return all.flatMap(([holds, doubt]) => (holds ? [doubt] : none));
}

const isSearchFeeOpen = (call: Figures, { webSearch, searches }: Rates): boolean =>
  whole(call.webSearches) > 0 && (!webSearch || searches?.uncertain === true);

/** Whether text prices are used for audio tokens. */
const standsIn = (heard: number, said: number, { audioInput, audioOutput }: Rates): boolean =>
  (heard > 0 && !audioInput) || (said > 0 && !audioOutput);

type Line = readonly [part: ChargedPart, quantity: number, rate: Rate | undefined];

function inputLines(
  part: { text: number; audioInput: number; cacheRead: number; audioCached: number },
  rates: Rates,
): readonly Line[] {
  return [
    ['input', part.text, rates.input],
    ['audioInput', part.audioInput, rates.audioInput ?? rates.input],
    ['cacheRead', part.cacheRead - part.audioCached, rates.cacheRead ?? rates.input],
    [
      'audioCached',
      part.audioCached,
      rates.audioCached ?? rates.audioInput ?? rates.cacheRead ?? rates.input,
    ],
  ];
}

function writeLines(all: number, forAnHour: number, rates: Rates): readonly Line[] {
  const short = rates.cacheWrite ?? rates.input;
  return [
    ['cacheWrite', all - forAnHour, short],
    [
      'cacheWrite1h',
      forAnHour,
      rates.cacheWrite1h ?? (rates.cacheWrite && rates.input ? twice(rates.input) : short),
    ],
  ];
}

function outputLines({ text, tokens }: Sound, call: Figures, rates: Rates): readonly Line[] {
  const reasoning = rates.reasoning ? Math.min(whole(call.reasoningTokens), text) : 0;
  return [
    ['output', text - reasoning, rates.output],
    ['audioOutput', tokens, rates.audioOutput ?? rates.output],
    ['reasoning', reasoning, rates.reasoning],
  ];
}

/** Searches without a known price are left out and make the rest inexact; images cost only where they are sold by piece. */
function feeLines(call: Figures, { request, webSearch, image, searches }: Rates): readonly Line[] {
  const made = whole(call.webSearches);
  return [
    ['request', request ? 1 : 0, request],
    ['webSearch', webSearch ? (searches?.perRequest ? Math.min(made, 1) : made) : 0, webSearch],
    ['image', image ? whole(call.images) : 0, image],
  ];
}

const twice = ({ base, tiers }: Rate): Rate => ({
  base: 2 * base,
  tiers: tiers.map(({ over, price }) => ({ over, price: 2 * price })),
});

function soundIn(call: Figures, audioCached: number, rates: Rates): Sound {
  const all = whole(call.inputTokens);
  const toldTokens = whole(call.audioInputTokens);
  const tokens = Math.min(Math.max(toldTokens - audioCached, 0), all);
  return soundOf(
    { text: all - tokens, tokens, seconds: amount(call.audioInputSeconds), toldTokens },
    { hour: rates.audioInputHour, token: rates.audioInput, perSecond: rates.audioTokens?.input },
  );
}

function soundOut(call: Figures, rates: Rates): Sound {
  const all = whole(call.outputTokens);
  const tokens = Math.min(whole(call.audioOutputTokens), all);
  return soundOf(
    { text: all - tokens, tokens, seconds: amount(call.audioOutputSeconds), toldTokens: tokens },
    { hour: rates.audioOutputHour, token: rates.audioOutput, perSecond: rates.audioTokens?.output },
  );
}

function timed(heard: Sound, said: Sound, rates: Rates): Bill['audio'] {
  const { audioInputHour, audioOutputHour, minimumSeconds = 0 } = rates;
  const audio: Bill['audio'][number][] = [];
  if (audioInputHour && heard.seconds > 0)
    audio.push({
      part: 'audioInputHour',
      seconds: Math.max(heard.seconds, minimumSeconds),
      rate: audioInputHour,
    });
  if (audioOutputHour && said.seconds > 0)
    audio.push({ part: 'audioOutputHour', seconds: said.seconds, rate: audioOutputHour });
  return audio;
}

const amount = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : 0;
const whole = (value: number | undefined): number => Math.round(amount(value));
