import type { CostMode, CostState, Filter, Millis, NanoUsd } from './model';

/** Whose cost is asked about: a session, an agent of it with those it started, one call of it, or what a filter lets through. */
export type CostSubject =
  | {
      readonly session: string;
      readonly agent?: string;
      readonly call?: string;
      /** Tells calls of one session with equal ids apart, oldest first; 0 for the first. */
      readonly copy?: number;
    }
  | { readonly filter: Filter };

/** Where a price comes from. */
export interface PriceSource {
  /** `user`: a setting or file of the user's; `set`: a chosen price set; `correction`: ours; `library`: the price library. */
  readonly kind: 'user' | 'set' | 'correction' | 'library';
  /** The setting or file, the pages on which the figures were seen, or the library with its version. */
  readonly where: string;
  /** As what the price table knows the model: `openai/gpt-4o`; or the name of a price set. */
  readonly listedAs?: string;
  /** Day on which the figures were last looked up. */
  readonly checked?: string;
  /** What in them no source was found for. */
  readonly unverified?: string;
  /** In force since then, as the price table writes it; absent: since the first call, as far as is known. */
  readonly from?: string;
  /** Only at these times of the UTC day. */
  readonly daily?: { readonly start: string; readonly end: string };
  /** What the user wrote beside a price of their own. */
  readonly note?: string;
  /** Where it is from that the entry of the user's takes it, as the price of another model. */
  readonly takenFrom?: PriceSource;
  /** Corrections of ours that add to the row of the library. */
  readonly amended?: readonly { readonly where: string; readonly checked: string }[];
}

/** What of a call is charged by a rate of its own. */
export type ChargedPart =
  | 'input'
  | 'audioInput'
  | 'cacheRead'
  | 'audioCached'
  | 'cacheWrite'
  | 'cacheWrite1h'
  | 'output'
  | 'audioOutput'
  | 'reasoning'
  | 'request'
  | 'webSearch'
  | 'image'
  | 'audioInputHour'
  | 'audioOutputHour';

/** Parts of a call as people read them. */
export const partNames: Readonly<Record<ChargedPart, string>> = {
  input: 'input',
  audioInput: 'audio input',
  cacheRead: 'cache read',
  audioCached: 'cached audio',
  cacheWrite: 'cache write',
  cacheWrite1h: 'cache write for 1 hour',
  output: 'output',
  audioOutput: 'audio output',
  reasoning: 'reasoning',
  request: 'request fee',
  webSearch: 'web searches',
  image: 'images',
  audioInputHour: 'audio input by time',
  audioOutputHour: 'audio output by time',
};

/** So much of something at a rate. */
export interface Charge {
  readonly part: ChargedPart;
  /** Tokens, requests, searches and images; seconds of audio that is sold by time. */
  readonly quantity: number;
  /** US dollars per million tokens, per thousand requests or searches, per image, per hour of audio. */
  readonly rate: number;
  /** Another part's rate stands in, since the price table has none of its own. */
  readonly pricedAs?: ChargedPart;
  /** How many times that rate, if not once. */
  readonly times?: number;
  /** Service tier or speed of the call, and by what it multiplies the rates; null where that is not known. */
  readonly tier?: { readonly name: string; readonly factor: number | null };
  /** The rate holds for requests with more input tokens than this. */
  readonly over?: number;
  /** Exact, in US dollars: a plain decimal, to the pico-dollar. */
  readonly amount: string;
  readonly source?: PriceSource;
}

/** Why a call has no computed cost, or one that is not exact: a sentence, and how many calls it is true of. */
export interface Reason {
  readonly text: string;
  readonly calls: number;
  /** The first of them, by their own ids. */
  readonly ids: readonly string[];
}

/** What the calls of one model cost, by rates. */
export interface ModelExplanation {
  readonly provider: string | null;
  readonly model: string | null;
  readonly calls: number;
  readonly charges: readonly Charge[];
  /** Sum of the calls' amounts, each rounded to the nano-dollar. */
  readonly computed: NanoUsd;
  readonly recorded: NanoUsd;
  /** In the cost mode that was asked about. */
  readonly cost: NanoUsd;
  /** How many of the calls count by what. */
  readonly states: Readonly<Record<CostState, number>>;
  readonly unpriced: readonly Reason[];
  readonly inexact: readonly Reason[];
  /** What the user wrote on the price of the model. */
  readonly priceNote?: string;
}

/** What counts of a single call, and why. */
export interface CallChoice {
  readonly id: string;
  readonly at?: Millis;
  readonly usd: NanoUsd | null;
  readonly state: CostState;
  readonly exact: boolean;
  readonly recorded: NanoUsd | null;
  readonly recordedExact: boolean;
  /** An exact cost that stands in the source beside its cost field. */
  readonly recordedElsewhere: NanoUsd | null;
  /** By the prices of today's price book. */
  readonly computed: NanoUsd | null;
  /** By the prices with which it stands in the ledger. */
  readonly stored: NanoUsd | null;
  /** Which prices those were; null where an earlier version did not keep it. */
  readonly pricedBy: string | null;
  /** One sentence: why this amount counts. */
  readonly why: string;
  /** Why the recorded and the computed amount differ, a sentence each; empty where they agree or one is missing. */
  readonly differences: readonly string[];
}

/** Where a cost comes from: of a call, a session or a total. */
export interface Explanation {
  readonly mode: CostMode;
  readonly calls: number;
  readonly cost: NanoUsd;
  /** Of what prices: library, corrections and price sets with their versions. */
  readonly prices: string;
  readonly models: readonly ModelExplanation[];
  /** Calls whose computed cost in the ledger was made with other prices than today's. */
  readonly repriced: number;
  /** Only where one call is explained. */
  readonly call?: CallChoice;
  /** Old calls of which only sums are kept: in no other figure here. */
  readonly summedUp?: SummedUp;
}

/** Calls that cannot be told apart any more. */
export interface SummedUp {
  readonly calls: number;
  /** In the cost mode that was asked about. */
  readonly cost: NanoUsd;
  /** When the last of them was. */
  readonly until: Millis;
}
