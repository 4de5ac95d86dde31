import data from './whatIf.json';
import { billingOf, chooseCost, isUsed, priceCall } from './cost';
import type { CallFigures } from './cost';
import type { AccountedCall } from './explanation';
import type { PriceBook } from './prices';
import { isFree } from './rates';
import type { CostMode, NanoUsd } from '../shared/model';
import type { Alternative, WhatIf } from '../shared/whatIf';

/** A model that calls could have run on. */
export interface OtherModel {
  readonly provider: string;
  readonly model: string;
}

/** Models of today that people choose among: those of the price library worth comparing with. */
export const currentModels: readonly OtherModel[] = data.models.map(([provider = '', model = '']) => ({
  provider,
  model,
}));

/**
 * Models to compare with: those that were met, the most used first, then the current ones. Without those that have no
 * price, and each row of the price table once.
 */
export function otherModels(met: readonly OtherModel[], book: PriceBook): readonly OtherModel[] {
  const rows = new Set<string>();
  return [...met, ...currentModels].filter(({ provider, model }) => {
    const rates = model === '' ? undefined : book.priceOf(provider, model, undefined);
    if (!rates || isFree(rates)) return false;
    const row = rates.source?.listedAs ?? `${provider}/${model}`;
    return !rows.has(row) && rows.add(row);
  });
}

interface Tally extends OtherModel {
  cost: NanoUsd;
  compared: NanoUsd;
  unpriced: number;
  exact: boolean;
  readsAsInput: boolean;
  writesAsInput: boolean;
}

/**
 * Adds up what calls cost and what their tokens would have cost on other models at the prices in force when they were
 * made: each call priced as any other is, so that a model compared with itself comes to its computed cost.
 */
export class WhatIfSum {
  private readonly tallies: readonly Tally[];
  private readonly used = new Map<string, NanoUsd>();
  private readonly usedRows = new Set<string>();
  private baseline = 0;
  private calls = 0;
  private unpricedCalls = 0;
  private unknownCalls = 0;
  private unknownCost = 0;
  private includedCalls = 0;
  private exact = true;

  constructor(
    private readonly mode: CostMode,
    private readonly book: PriceBook,
    others: readonly OtherModel[],
  ) {
    this.tallies = others.map((other) => ({
      ...other,
      ...{ cost: 0, compared: 0, unpriced: 0, exact: true, readsAsInput: false, writesAsInput: false },
    }));
  }

  add({ figures, stored }: AccountedCall): void {
    const chosen = chooseCost(this.mode, figures, stored);
    if (!isUsed(figures)) {
      if (figures.failed !== true || chosen.usd !== 0) this.unknownCalls++;
      this.unknownCost += chosen.usd ?? 0;
      return;
    }
    const isIncluded = chosen.state === 'included';
    const paid = isIncluded ? stored.computed : chosen.usd;
    this.calls++;
    if (paid === undefined) this.unpricedCalls++;
    else this.pay(figures, paid, isIncluded, isIncluded ? stored.computedExact : chosen.exact);
    for (const tally of this.tallies) this.price(tally, figures, paid !== undefined);
  }

  /** `summedUpCalls`: how many belong to it that could not be added. */
  result(summedUpCalls = 0): WhatIf {
    const alternatives = this.tallies
      .filter(({ unpriced }) => unpriced === 0)
      .map((tally) => this.told(tally));
    return {
      used: [...this.used].sort(([, a], [, b]) => b - a).map(([model]) => model),
      baseline: this.baseline,
      calls: this.calls,
      unpricedCalls: this.unpricedCalls,
      unknownCalls: this.unknownCalls,
      unknownCost: this.unknownCost,
      ...(summedUpCalls > 0 ? { summedUpCalls } : {}),
      includedCalls: this.includedCalls,
      exact: this.exact,
      alternatives: this.calls === 0 ? [] : alternatives.sort((a, b) => a.cost - b.cost),
      leftOut: this.tallies.filter(({ unpriced }) => unpriced > 0).map(({ model }) => model),
    };
  }

  private pay(
    { provider, model, at }: CallFigures,
    paid: NanoUsd,
    isIncluded: boolean,
    exact: boolean,
  ): void {
    this.baseline += paid;
    this.exact &&= exact;
    if (isIncluded) this.includedCalls++;
    if (!model) return;
    this.used.set(model, (this.used.get(model) ?? 0) + paid);
    const row = this.book.priceOf(provider, model, at)?.source?.listedAs;
    if (row !== undefined) this.usedRows.add(row);
  }

  private price(tally: Tally, figures: CallFigures, isCompared: boolean): void {
    if (tally.unpriced > 0) return;
    const call = { ...figures, provider: tally.provider, model: tally.model };
    const { computed, computedExact } = priceCall(call, this.book);
    if (computed === undefined) return void tally.unpriced++;
    tally.cost += computed;
    if (isCompared) tally.compared += computed;
    tally.exact &&= computedExact;
    this.lookAtCache(tally, call);
  }

  private lookAtCache(tally: Tally, call: CallFigures): void {
    if (!call.cacheReadTokens && !call.cacheWriteTokens) return;
    const { rates } = billingOf(call, this.book);
    if (call.cacheReadTokens && !rates?.cacheRead) tally.readsAsInput = true;
    if (call.cacheWriteTokens && !rates?.cacheWrite) tally.writesAsInput = true;
  }

  private told(tally: Tally): Alternative {
    const { provider, model, cost, compared, exact, readsAsInput, writesAsInput } = tally;
    const row = this.book.priceOf(provider, model, undefined)?.source?.listedAs;
    const isOwn = this.used.has(model) || (row !== undefined && this.usedRows.has(row));
    return { provider, model, cost, compared, exact, readsAsInput, writesAsInput, isUsed: isOwn };
  }
}
