import type { ChargedPart, PriceSource } from './explanation';
import type { Millis, Question, Totals } from './model';

/** A model as somebody names it: who is paid ('' where that is not told), and its name. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/** The user's own words on what a model costs. */
export interface PriceNote {
  readonly text: string;
  readonly at: Millis;
}

/** One rate of a price. */
export interface ToldRate {
  readonly part: ChargedPart;
  /** US dollars per million tokens, per thousand requests or searches, per image, per hour of audio. */
  readonly usd: number;
  /** For requests with more input tokens than this. */
  readonly over?: number;
}

/** A price of a model with where it comes from and when it holds. */
export interface ToldPrice {
  /** None for a model that is free. */
  readonly rates: readonly ToldRate[];
  /** By what they are multiplied at a service tier. */
  readonly factors: Readonly<Record<string, number>>;
  readonly source?: PriceSource;
  readonly from?: Millis;
  readonly until?: Millis;
  /** Only of calls of this importer, by a price set that is chosen for it. */
  readonly importer?: string;
}

/** A model that was met: what it costs, and what its calls come to. Without what is excluded from analytics. */
export interface ModelPrice extends Omit<Totals, 'sessions'> {
  /** Durable: names the row. */
  readonly id: string;
  /** One for all spellings, for notes and for prices of the user's own. */
  readonly name: ModelName;
  /** As most of its calls name it; null where they name none. */
  readonly label: string | null;
  /** Its name alone tells who is paid. */
  readonly toldByName: boolean;
  /** All names under which it was met, the most used first. */
  readonly met: readonly (ModelName & { readonly calls: number })[];
  /** In force today; null where no price is known. */
  readonly price: ToldPrice | null;
  /** Earlier and later ones, those of price sets, and those that another one goes before. */
  readonly others: readonly ToldPrice[];
  /** Why there is no price: a sentence. */
  readonly why: string | null;
  readonly note: PriceNote | null;
}

/** A model of a price list. */
export interface ListedModel {
  /** `anthropic/claude-sonnet-4-5`: what `sameAs` takes. */
  readonly name: string;
  readonly rates: readonly ToldRate[];
}

/** The prices of the setting with an entry in its place. */
export interface PlacedPrice {
  readonly prices: readonly unknown[];
  /** What is wrong with them, a sentence each: then they are not to be used. */
  readonly problems: readonly string[];
}

/** What the worker answers about models and their prices. */
export interface ModelPricesApi {
  /** Every model met: those with unpriced calls first, then the dearest first. */
  modelPrices(question: Question): Promise<readonly ModelPrice[]>;
  /** Every model that a price list knows, by name. */
  listedModels(): Promise<readonly ListedModel[]>;
  /** Where an entry comes in the prices of the setting; nothing is put in force. */
  placePrice(prices: unknown, entry: unknown): Promise<PlacedPrice>;
  /** On a model in any spelling. */
  priceNote(name: ModelName): Promise<PriceNote | undefined>;
  /** Journal first, then store; resolves when both are on disk. Blank text removes the note. */
  savePriceNote(name: ModelName, text: string): Promise<PriceNote | undefined>;
}
