import type { CostMode, NanoUsd } from './model';

/** What the user chooses of prices, as the settings have it. */
export interface PriceRules {
  /** Prices of the user's own, as somebody wrote them: see `src/pricing/parseUserPrices.ts`. */
  readonly prices: unknown;
  /** Absolute path of a file with more of them; they come after those of the setting. */
  readonly pricesFile?: string;
  /** Importer id -> name of the price set for its calls. */
  readonly sets: Readonly<Record<string, string>>;
  /** What a subscription pays for, as somebody wrote it: see `src/pricing/included.ts`. */
  readonly included: unknown;
}

/** From where somebody looks at a difference. */
export interface PriceView {
  readonly mode: CostMode;
  /** IANA zone in which months begin. */
  readonly zone: string;
}

/** What the calls of one model in one month cost before and after. */
export interface PriceChange {
  readonly provider: string | null;
  readonly model: string | null;
  /** YYYY-MM; null for calls without a known time. */
  readonly month: string | null;
  /** Calls whose price changes, counted in analytics or not. */
  readonly calls: number;
  /** What these come to in the cost mode of the view: only those that are in the totals. */
  readonly before: NanoUsd;
  readonly after: NanoUsd;
  readonly unpricedBefore: number;
  readonly unpricedAfter: number;
  readonly inexactBefore: number;
  readonly inexactAfter: number;
}

/** The sums of changes. */
export type PriceChangeSum = Omit<PriceChange, 'provider' | 'model' | 'month'>;

/** What a change of prices does to calls that are known already. */
export interface PriceDifference extends PriceChangeSum {
  readonly mode: CostMode;
  /** By model and month: the largest change first. Models of which nothing changes are not among them. */
  readonly changes: readonly PriceChange[];
  /** Calls that were looked at, those that are kept as sums too. */
  readonly lookedAt: number;
  /** Old calls that are kept as sums from which a new price does not follow exactly: they keep what they cost. */
  readonly keptAsSums: number;
}

/** Why prices of known calls would change: other settings, prices that came with this version, or somebody asked. */
export type ProposalReason = 'rules' | 'update' | 'review';

/** Prices that wait for the user's word. Until then those from before are in force, for new calls too. */
export interface PriceProposal {
  readonly id: string;
  readonly why: ProposalReason;
  readonly difference: PriceDifference;
}

/** What became of prices that were handed over. */
export interface PriceAnswer {
  /** What is wrong with them, a sentence each: then those from before stay in force. */
  readonly problems: readonly string[];
  /** Absent where no known call would cost anything else: then they are in force already. */
  readonly proposal?: PriceProposal;
}

/** The last repricing, which can be taken back. */
export interface Repricing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly calls: number;
}

/** What the worker answers about prices. */
export interface PricesApi {
  /** Hands over what the settings say. Takes as long as it takes to price the calls that are concerned. */
  proposePrices(job: string, rules: PriceRules, view: PriceView): Promise<PriceAnswer>;
  /** What today's prices would change of known calls. */
  reviewPrices(job: string, view: PriceView): Promise<PriceAnswer>;
  /** The proposal that waits; undefined when none does. */
  proposedPrices(): Promise<PriceProposal | undefined>;
  /**
   * Puts a proposal in force: for known calls too, or only for those to come. Cancelled, everything is as before.
   * @throws UserError when it waits no more.
   */
  applyPrices(job: string, proposal: string, known: boolean): Promise<void>;
  /** The last repricing that can be taken back; undefined when there is none. */
  lastRepricing(): Promise<Repricing | undefined>;
  /**
   * Takes the last repricing back, to the nano-dollar. @returns the rules that are in force again; undefined when there
   * was nothing to take back.
   */
  undoPrices(job: string): Promise<PriceRules | undefined>;
  /** What another cost mode would change, by model and month. */
  modeDifference(job: string, from: PriceView, mode: CostMode): Promise<PriceDifference>;
}
