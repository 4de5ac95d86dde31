import type { CostMode, Millis } from './model';

/** Integer billionths of the unit of a currency: nano-dollars where it is USD. */
export type NanoAmount = number;

export const billTokenFields = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
] as const;

/** Disjoint, as everywhere: input is what was neither read from a cache nor written to one. */
export type BillTokens = { readonly [K in (typeof billTokenFields)[number]]: number };

/** What a bill says of one UTC day, model and kind of charge: money, or usage. */
export interface BillLine {
  /** YYYY-MM-DD. */
  readonly day: string;
  /** As the bill names it. Null with an empty `item`: all of the day. */
  readonly model: string | null;
  /** What is charged, in the bill's words. */
  readonly item: string;
  /** `batch`, `priority`, ...; empty for the standard one and where it is not told. */
  readonly tier: string;
  /** The project or workspace; empty where the bill does not tell them apart. */
  readonly scope: string;
  /** Empty for usage. */
  readonly currency: string;
  /** Null for usage. */
  readonly amount: NanoAmount | null;
  readonly requests: number;
  readonly tokens: BillTokens;
}

/** What a column of a table may hold. */
export const billFields = [
  'date',
  'model',
  'amount',
  'currency',
  'item',
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
] as const;
export type BillField = (typeof billFields)[number];

/** Which column of a table of an unknown provider is what. */
export interface BillColumns {
  /** By their names in the header. A date, and an amount or tokens, there must be. */
  readonly fields: Readonly<Partial<Record<BillField, string>>>;
  /** Whose bill it is; absent: compared with the calls of all providers. */
  readonly provider?: string;
  /** What `03/04/2026` means, where no row tells it: 3 April, or 4 March. */
  readonly dayFirst?: boolean;
  /** Tokens of the cache are part of the input tokens. */
  readonly cachedInside?: boolean;
}

/** A bill as the ledger keeps it. */
export interface Bill {
  readonly id: number;
  readonly path: string;
  /** Of its format. */
  readonly label: string;
  /** Null: of any. */
  readonly provider: string | null;
  readonly importedAt: Millis;
  /** UTC days, YYYY-MM-DD, both inclusive. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly lines: number;
  /** Sums by currency, `USD` first; empty for a report of usage alone. */
  readonly amounts: readonly { readonly currency: string; readonly amount: NanoAmount }[];
  /** What is to be known of the file: sentences. */
  readonly notes: readonly string[];
}

/** What stands in a file that may be a bill. */
export interface BillLook {
  /** The format that reads it without questions. */
  readonly label?: string;
  /** A table of no known provider: its columns with what stands in the first rows. */
  readonly table?: {
    readonly columns: readonly { readonly name: string; readonly examples: readonly string[] }[];
    /** What was chosen for a table with the same header, or what the names suggest. */
    readonly suggested: BillColumns;
    readonly isRemembered: boolean;
    /** No row tells whether the day or the month comes first; it is asked for. */
    readonly unclearDates: readonly string[];
  };
}

/** What would come of a table: the first lines, and its sums. */
export interface BillPreview {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly lines: number;
  readonly amounts: Bill['amounts'];
  readonly tokens: BillTokens;
  readonly notes: readonly string[];
  readonly first: readonly {
    readonly day: string;
    readonly model: string | null;
    readonly item: string;
    readonly currency: string;
    readonly amount: NanoAmount | null;
  }[];
}

/** What a line stands for: money, or a kind of tokens. */
export type ComparedWhat = 'cost' | (typeof billTokenFields)[number];

/** One UTC day and model. Amounts in nano-dollars, or tokens. */
export interface ComparedRow {
  readonly day: string;
  /** Null: the bill names none; then `item` says what it is, or it is all of the day. */
  readonly model: string | null;
  readonly item: string | null;
  readonly what: ComparedWhat;
  /** Null: the bill has no such line. */
  readonly billed: number | null;
  /** Null: nothing in the ledger can be held against it. */
  readonly ledger: number | null;
  readonly difference: number;
  readonly calls: number;
}

export interface ComparedSum {
  readonly billed: number;
  readonly ledger: number;
  readonly difference: number;
  readonly calls: number;
}

export interface ComparedDay extends ComparedSum {
  readonly day: string;
  /** The ledger's cost on the same date in the viewer's zone; null where that is UTC. */
  readonly ledgerLocal: number | null;
}

export interface ComparedModel extends ComparedSum {
  /** Null: charges without one (`isItem`), or all of the days for which the bill tells no more. */
  readonly model: string | null;
  readonly isItem: boolean;
  readonly what: ComparedWhat;
}

/** Money or tokens of a bill beside the ledger's. */
export interface Comparison {
  readonly kind: 'cost' | 'usage';
  readonly rows: readonly ComparedRow[];
  /** Of the cost; the tokens of a report of usage differ by what they are. */
  readonly days: readonly ComparedDay[];
  /** The greatest difference first. */
  readonly models: readonly ComparedModel[];
  readonly total: Readonly<Partial<Record<ComparedWhat, ComparedSum>>>;
}

/** Why a bill and the ledger may differ. */
export interface Suspect {
  readonly kind:
    | 'unpriced'
    | 'excluded'
    | 'included'
    | 'inexact'
    | 'untimed'
    | 'noCalls'
    | 'noLines'
    | 'tiers'
    | 'items'
    | 'credits'
    | 'onlyBilled'
    | 'onlyLedger'
    | 'zone'
    | 'file'
    | 'overlap';
  readonly calls?: number;
  /** Nano-dollars that it concerns, where known. */
  readonly amount?: NanoAmount;
  readonly message: string;
}

export interface Reconciliation {
  readonly provider: string | null;
  readonly bills: readonly Bill[];
  readonly firstDay: string;
  readonly lastDay: string;
  readonly mode: CostMode;
  /** Of whoever looks; the days of a bill are UTC. */
  readonly zone: string;
  readonly comparisons: readonly Comparison[];
  /** Billed in another currency than USD: shown, not compared. */
  readonly otherCurrencies: readonly {
    readonly currency: string;
    readonly day: string;
    readonly model: string | null;
    readonly item: string;
    readonly amount: NanoAmount;
  }[];
  readonly suspects: readonly Suspect[];
}
