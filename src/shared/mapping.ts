import type { Issue, Millis, NanoUsd, Usage } from './model';

/** How ids of importers begin that are mappings of the user's, and no id of a built-in one. */
export const mappedPrefix = 'mapped-';

/** What can be mapped beside the id, in the order in which it is asked for. */
export const mappedFields = [
  'time',
  'session',
  'user',
  'model',
  'provider',
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'cost',
  'latency',
  'error',
] as const;

export type MappedField = (typeof mappedFields)[number];

export const timeUnits = ['auto', 'iso', 's', 'ms', 'us', 'ns'] as const;
export const costUnits = ['usd', 'cents', 'microUsd', 'nanoUsd'] as const;
export const latencyUnits = ['ms', 's', 'us', 'ns'] as const;

export type TimeUnit = (typeof timeUnits)[number];
export type CostUnit = (typeof costUnits)[number];
export type LatencyUnit = (typeof latencyUnits)[number];

/** Where in a file its records are: a table or view, an array (`''` for the document itself), lines, rows. */
export type MappedPlace =
  | { readonly format: 'sqlite'; readonly table: string }
  | { readonly format: 'json'; readonly array: string }
  | { readonly format: 'jsonLines' }
  | { readonly format: 'csv' };

/**
 * How files of a format of one's own are read: plain JSON, as it stands in the setting `traceLedger.mappings`. Fields are
 * paths: a column or member, or one inside of its JSON (`usage.prompt_tokens`).
 */
export interface Mapping {
  /** Which files it is for: those that hold these columns or members at that place. */
  readonly files: MappedPlace & { readonly columns: readonly string[] };
  /** What tells records apart; without it, their content does, and equal records are one. */
  readonly id?: readonly string[];
  /** `perFile`: ids, and sessions, are counted in each file anew. `everywhere`: the same id is the same call in any file. */
  readonly ids?: 'everywhere' | 'perFile';
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  readonly units?: {
    readonly time?: TimeUnit;
    readonly cost?: CostUnit;
    readonly latency?: LatencyUnit;
  };
  /** Input tokens include those read from and written to a cache. */
  readonly cachedInside?: boolean;
  /** Output tokens include reasoning. */
  readonly reasoningInside?: boolean;
  /** Costs are what was charged, not an estimate. */
  readonly costIsExact?: boolean;
  /** A cost of 0 with tokens is true, and not "unknown". */
  readonly zeroIsFree?: boolean;
  /** Only records in which these say this. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
}

export type Mappings = Readonly<Record<string, Mapping>>;

export const longestMappingName = 60;

/** What a person sees of a column before it is mapped. */
export interface ColumnLook {
  readonly path: string;
  /** Values of the first records, cut. */
  readonly examples: readonly string[];
  /** In all of the first records, and not inside of a column. */
  readonly isAlwaysThere: boolean;
}

/** What stands in a file: tables, arrays, lines or rows that hold records. */
export interface FileLook {
  readonly path: string;
  readonly places: readonly {
    readonly place: MappedPlace;
    readonly label: string;
    readonly detail: string;
  }[];
  /** Label of the built-in format that reads it already. */
  readonly known?: string;
  /** Name of the mapping that reads it already. */
  readonly mapping?: string;
}

/** What a mapping makes of a file, before anything is imported. */
export interface MappingPreview {
  /** The first ten. */
  readonly calls: readonly PreviewedCall[];
  /** Calls that would count: those with the same id are one. */
  readonly count: number;
  /** Records that repeat one before them. */
  readonly repeated: number;
  readonly sessions: number;
  readonly usage: Pick<
    Usage,
    'inputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'outputTokens' | 'reasoningTokens'
  >;
  /** What the file itself recorded. */
  readonly recorded: NanoUsd;
  /** As the ledger would count it in the cost mode `auto`. */
  readonly cost: NanoUsd;
  readonly unpricedCalls: number;
  readonly untimedCalls: number;
  readonly errors: number;
  readonly first?: Millis;
  readonly last?: Millis;
  /** Records with something that cannot be read; the first ones are listed. */
  readonly issueCount: number;
  readonly issues: readonly Issue[];
}

export interface PreviewedCall {
  readonly at?: Millis;
  readonly session: string;
  readonly model: string | null;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** Null where it would be unpriced. */
  readonly cost: NanoUsd | null;
  readonly recorded: NanoUsd | null;
  readonly failed: boolean;
}
