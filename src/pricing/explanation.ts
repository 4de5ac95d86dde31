import { differences, whyChosen } from './choice';
import { chooseCost } from './cost';
import type { CallFigures, Cost, PricedCall } from './cost';
import { explainCall } from './explain';
import type { ExactCharge, PriceExplanation } from './explain';
import type { PriceBook } from './prices';
import type {
  CallChoice,
  Charge,
  Explanation,
  ModelExplanation,
  Reason,
  SummedUp,
} from '../shared/explanation';
import type { CostMode, CostState, NanoUsd } from '../shared/model';

/** A call of a store: what its cost depends on, and how it stands there. */
export interface AccountedCall {
  readonly id: string;
  readonly figures: CallFigures;
  readonly stored: PricedCall;
  /** Whose call it is: a price set may be chosen for it. */
  readonly importer: string;
  /** By which prices it was priced, if that is known. */
  readonly pricedBy?: string;
}

type Counted = [text: string, calls: number, ids: string[]];

interface ModelSum {
  readonly provider: string | null;
  readonly model: string | null;
  calls: number;
  computed: NanoUsd;
  recorded: NanoUsd;
  cost: NanoUsd;
  readonly states: Record<CostState, number>;
  readonly charges: Map<string, ExactCharge>;
  readonly unpriced: Map<string, Counted>;
  readonly inexact: Map<string, Counted>;
}

/** So many calls are named for a reason. */
const namedCalls = 10;

/** Adds up explanations of calls by model and rate. Amounts stay exact: quantities of a line are added, then shown. */
export class ExplanationSum {
  private readonly models = new Map<string, ModelSum>();
  private readonly sources = new Map<object, number>();
  private calls = 0;
  private cost = 0;
  private repriced = 0;
  private first: CallChoice | undefined;

  constructor(
    private readonly mode: CostMode,
    private readonly book: PriceBook,
  ) {}

  add(call: AccountedCall): void {
    const { id, figures, stored, importer } = call;
    const priced = explainCall(figures, this.book, importer);
    const chosen = chooseCost(this.mode, { ...figures, included: stored.included }, stored);
    this.calls++;
    this.cost += chosen.usd ?? 0;
    if ((priced.computed ?? null) !== (stored.computed ?? null)) this.repriced++;
    this.count(id, this.modelOf(figures), { figures, stored, priced, chosen });
    this.first ??= this.choiceOf(call, { figures, stored, priced, chosen });
  }

  /**
   * Undefined if nothing was added, nor anything `summedUp`. `single`: one call was asked about, so what counts of it is
   * told, too.
   */
  result(single: boolean, summedUp?: SummedUp): Explanation | undefined {
    if (this.calls === 0 && !summedUp) return undefined;
    return {
      mode: this.mode,
      calls: this.calls,
      cost: this.cost,
      prices: this.book.version,
      repriced: this.repriced,
      models: [...this.models.values()].sort((a, b) => b.cost - a.cost || b.calls - a.calls).map(told),
      ...(single && this.first ? { call: this.first } : {}),
      ...(summedUp ? { summedUp } : {}),
    };
  }

  private modelOf({ provider, model }: CallFigures): ModelSum {
    const key = `${provider ?? ''}\n${model ?? ''}`;
    let sum = this.models.get(key);
    if (!sum) this.models.set(key, (sum = noSum(provider || null, model || null)));
    return sum;
  }

  private count(id: string, sum: ModelSum, { figures, stored, priced, chosen }: Explained): void {
    sum.calls++;
    sum.computed += stored.computed ?? 0;
    sum.recorded += figures.recorded ?? 0;
    sum.cost += chosen.usd ?? 0;
    sum.states[chosen.state]++;
    for (const charge of priced.charges) this.charge(sum.charges, charge);
    if (chosen.state === 'unpriced')
      tally(sum.unpriced, priced.unpriced ?? 'Its source recorded no cost.', id);
    else if (!chosen.exact) for (const text of doubtsOf(chosen, priced)) tally(sum.inexact, text, id);
  }

  private charge(charges: ModelSum['charges'], charge: ExactCharge): void {
    const { part, rate, pricedAs, over, tier, source } = charge;
    const key = JSON.stringify([part, rate, pricedAs, over, tier?.name, source && this.idOf(source)]);
    const known = charges.get(key);
    charges.set(
      key,
      known
        ? { ...known, quantity: add(known.quantity, charge.quantity), pico: known.pico + charge.pico }
        : charge,
    );
  }

  private idOf(source: object): number {
    const id = this.sources.get(source) ?? this.sources.size;
    this.sources.set(source, id);
    return id;
  }

  private choiceOf(
    { id, pricedBy }: AccountedCall,
    { figures, stored, priced, chosen }: Explained,
  ): CallChoice {
    const { at, recorded, recordedExact, recordedElsewhere } = figures;
    return {
      id,
      ...(at === undefined ? {} : { at }),
      usd: chosen.usd ?? null,
      state: chosen.state,
      exact: chosen.exact,
      recorded: recorded ?? null,
      recordedExact: recordedExact === true,
      recordedElsewhere: recordedElsewhere ?? null,
      computed: priced.computed ?? null,
      stored: stored.computed ?? null,
      pricedBy: pricedBy ?? null,
      why: whyChosen(this.mode, figures, chosen, priced.unpriced),
      differences: differences(figures, priced, this.book),
    };
  }
}

interface Explained {
  readonly figures: CallFigures;
  readonly stored: PricedCall;
  readonly priced: PriceExplanation;
  readonly chosen: Cost;
}

const noSum = (provider: string | null, model: string | null): ModelSum => ({
  ...{ provider, model, calls: 0, computed: 0, recorded: 0, cost: 0 },
  states: { recorded: 0, computed: 0, unpriced: 0, included: 0 },
  ...{ charges: new Map(), unpriced: new Map(), inexact: new Map() },
});

const doubtsOf = ({ state }: Cost, { doubts }: PriceExplanation): readonly string[] => {
  if (state === 'recorded')
    return ['The recorded cost is not exact: its source rounds, cuts or estimates it.'];
  return doubts.length > 0 ? doubts : ['It was computed with a price that had to be assumed.'];
};

function tally(reasons: Map<string, Counted>, text: string, id: string): void {
  const known = reasons.get(text) ?? [text, 0, []];
  known[1]++;
  if (known[2].length < namedCalls) known[2].push(id);
  reasons.set(text, known);
}

/** Seconds are summed as the whole microseconds that they are charged by. */
const add = (a: number, b: number): number => Math.round((a + b) * 1e6) / 1e6;

const told = ({ charges, unpriced, inexact, ...sum }: ModelSum): ModelExplanation => ({
  ...sum,
  charges: [...charges.values()].map(({ pico, ...charge }): Charge => ({
    ...charge,
    amount: decimalPico(pico),
  })),
  unpriced: reasonsOf(unpriced),
  inexact: reasonsOf(inexact),
});

const reasonsOf = (reasons: ReadonlyMap<string, Counted>): Reason[] =>
  [...reasons.values()].map(([text, calls, ids]) => ({ text, calls, ids }));

/** Pico-dollars as a plain decimal of US dollars. */
function decimalPico(pico: bigint): string {
  const digits = String(pico).padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return `${digits.slice(0, -12)}${fraction && `.${fraction}`}`;
}
