import type { NanoUsd } from './model';

/** What the same tokens would have cost on another model. */
export interface Alternative {
  readonly provider: string;
  readonly model: string;
  /** Sum over all calls whose tokens are known, each rounded as a computed cost is. */
  readonly cost: NanoUsd;
  /** Of them, those that have a cost to compare with. */
  readonly compared: NanoUsd;
  readonly exact: boolean;
  /** It has no rate of its own for tokens read from the cache, so they are charged as input; the same of writes. */
  readonly readsAsInput: boolean;
  readonly writesAsInput: boolean;
  /** At least one of the calls ran on it. */
  readonly isUsed: boolean;
  /** What the user wrote on the price of the model. */
  readonly priceNote?: string;
}

/** A session, experiment or filter, and what its tokens would have cost on other models, the cheapest first. */
export interface WhatIf {
  /** Models of the calls with a cost, the dearest first. */
  readonly used: readonly string[];
  /** What the compared calls cost; those that a subscription includes, at their API-equivalent. */
  readonly baseline: NanoUsd;
  readonly calls: number;
  /** Calls with tokens that have no cost to compare with. */
  readonly unpricedCalls: number;
  /** Calls whose tokens are not known: in no figure here. */
  readonly unknownCalls: number;
  /** What those cost all the same. */
  readonly unknownCost: NanoUsd;
  /** Old calls of which only sums are kept: in no figure here. */
  readonly summedUpCalls?: number;
  /** Among the compared ones, calls that a subscription pays for. */
  readonly includedCalls: number;
  /** The baseline has amounts in it that are not exact. */
  readonly exact: boolean;
  readonly alternatives: readonly Alternative[];
  /** Models that have no price for something that was used. */
  readonly leftOut: readonly string[];
}
