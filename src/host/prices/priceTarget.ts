import type { PricesNode } from './priceNodes';
import type { ModelName } from '../../shared/modelPrices';

/** Which model a command is about: its name, a row of the prices, or what is selected there. Without one it asks. */
export type PriceTarget = ModelName | PricesNode | { readonly selected: true };

/** A price that is chosen already: US dollars per million tokens. */
export interface PriceChoice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** YYYY-MM-DD, midnight UTC; absent: for all calls. */
  readonly from?: string;
}

/** Commands of prices, with their arguments and results. */
export interface PriceCommands {
  /** With a choice it asks nothing. */
  'traceLedger.setPrice'(model?: PriceTarget, choice?: PriceChoice): void;
  /** With the name of a listed model it asks nothing. */
  'traceLedger.thisIsModel'(model?: PriceTarget, sameAs?: string): void;
  /** With a text, saves it without asking. */
  'traceLedger.editPriceNote'(model?: PriceTarget, text?: string): void;
  'traceLedger.openPriceSettings'(): void;
}
