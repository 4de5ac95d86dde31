import type { Issue, Millis, NanoUsd, Usage } from './model';

/** What an importer found in a source: facts of the file, with no price, no local time and no store in them. */
export interface ExperimentFact {
  /** The source's own id, unique within the identity of the file. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly createdAt?: Millis;
}

export interface SessionFact {
  /** The source's own id, unique within the identity of the file. */
  readonly id: string;
  /** Own id of its experiment; may dangle. */
  readonly experiment?: string;
  readonly createdAt?: Millis;
  readonly user?: string;
  readonly tag?: string;
  /** Rows in the source. Merging takes the larger value. */
  readonly steps?: number;
  readonly messages?: number;
  readonly events?: number;
  /** Total outcome reward. */
  readonly reward?: number;
  /** Tools or functions that the model called. Merging takes the larger value. */
  readonly functionCalls?: number;
  /** How long it was open, as the source counts it. Merging takes the larger value. */
  readonly durationMs?: number;
  /** The source's own id of the model that the session is about, where it has one (a UUID). */
  readonly modelId?: string;
  /** Free tags, environment and release, as the source has them. */
  readonly labels?: readonly string[];
  /** The folder it worked in, as recorded; of several the shortest is kept. */
  readonly project?: string;
  /** The git branch it worked on, and when that was so: the latest is kept. */
  readonly branch?: { readonly name: string; readonly at: Millis };
  /** A note that stands in the trace data itself. */
  readonly note?: { readonly text?: string; readonly strategy?: string; readonly rationale?: string };
}

export interface CallFact extends Partial<Usage> {
  /** Unique within the identity of the file: the source's own id where there is one. */
  readonly id: number | string;
  /** Other ids under which another file may tell of the same call, with less to say of it. */
  readonly also?: readonly string[];
  /** When this was written down; of two that differ the newer one wins. */
  readonly version?: Millis;
  /** Own id of its session. */
  readonly session: string;
  /** When the call started; absent if the source does not say. */
  readonly at?: Millis;
  /** As recorded, lower case, `gemini` folded into `google`; absent if not recorded. */
  readonly provider?: string;
  /** As recorded; may be the id of a `ModelFact`. */
  readonly model?: string;
  /** `inputTokens` is without cached ones on the chance that `model`, told by id, counts them inside of its input. */
  readonly cachedInside?: boolean;
  /** What the source's cost field says. A 0 that only means "unknown" is absent (see CONTRACT, Words). */
  readonly recorded?: NanoUsd;
  /** Whether `recorded` is exact: see CONTRACT, Words. */
  readonly recordedExact?: boolean;
  /** An exact cost that stands in the source beside its cost field; mode `auto` prefers it, `recorded` ignores it. */
  readonly recordedElsewhere?: NanoUsd;
  /** Paid by a subscription: costs nothing by itself. */
  readonly included?: boolean;
  readonly latencyMs?: number;
  /** Time to the first token. */
  readonly ttftMs?: number;
  readonly failed?: boolean;
  /** Error class or code, or a provider's message cut to 200 characters. */
  readonly error?: string;
  readonly command?: string;
  /** A failure that was never a call to a model (a message made on the spot): it adds to the errors and to nothing else. */
  readonly noCall?: boolean;
  /** The sub-agent or sidechain of the session that made it; absent for the session itself. */
  readonly agent?: AgentFact;
  /** The provider's own id of the response, or what stands for it: by it a source of another format knows the same call. */
  readonly responseId?: string;
  /** The same use may be told by several calls, of which only some count. */
  readonly account?: Account;
  /** Service tier or speed that has a price of its own, as recorded: `fast`, `batch`, `flex`, `priority`. */
  readonly tier?: string;
  /** Searches of the web that the provider made for it. */
  readonly webSearches?: number;
}

export interface AgentFact {
  /** Unique within its session. */
  readonly id: string;
  /** What kind of agent it is (`Explore`), or what it is called. */
  readonly name?: string;
  /** Own id of the agent that started it; absent if the session did. */
  readonly parent?: string;
}

/**
 * Of all calls of a format with the same `of`, those with the lowest `rank` count; the others stay in the ledger as
 * duplicates. A transcript's line before its replay, a database before the log that repeats it, calls before their sum.
 */
export interface Account {
  readonly of: string;
  readonly rank: number;
  /** It does not say which of the others it is: it is the largest of them, and counts in its stead if it is larger still. */
  readonly joins?: boolean;
}

/**
 * What a source says that its calls add up to: all calls of a session, or of a UTC day, of one model or of all. It is
 * compared with them when somebody asks, and is part of no total.
 */
export interface ClaimFact {
  /** Own id of the session. */
  readonly session?: string;
  /** YYYY-MM-DD. */
  readonly day?: string;
  readonly model?: string;
  readonly calls?: number;
  /** Sum of what the calls have as recorded. */
  readonly recorded?: NanoUsd;
  /** Cached ones too. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Input and output. */
  readonly tokens?: number;
}

/** What a model is called that calls tell by its id, in whatever file and order they come. */
export interface ModelFact {
  /** A UUID, unique within the identity of the file. */
  readonly id: string;
  readonly name: string;
  /** As in `CallFact`. */
  readonly provider?: string;
  /** When this was written down; of two that differ the newer one holds. */
  readonly version?: Millis;
  /** It counts cached tokens beside its input: those that `cachedInside` took out come back. */
  readonly cachedBeside?: boolean;
}

/** One step of an import. The store commits it whole, together with its cursor. */
export interface ImportBatch {
  readonly experiments?: readonly ExperimentFact[];
  readonly sessions?: readonly SessionFact[];
  readonly models?: readonly ModelFact[];
  readonly calls?: readonly CallFact[];
  /**
   * Sessions that turned out to be part of another one: a trace whose session only another file names, or, with
   * `agent`, a sub-agent that has a session of its own in the source.
   */
  readonly merges?: readonly {
    readonly from: string;
    readonly into: string;
    readonly agent?: { readonly name?: string };
  }[];
  readonly claims?: readonly ClaimFact[];
  readonly issues?: readonly Issue[];
  /** From where the next import of this source goes on; plain JSON. */
  readonly cursor?: Cursor;
  /** Share of the file that is done, 0 to 1. */
  readonly share?: number;
}

export type Cursor = Readonly<Record<string, string | number | null>>;
