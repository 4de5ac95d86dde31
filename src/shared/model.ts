import type { ClaimCheck, DaysCompared } from './claims';
import type { Idle } from './idle';
import type { Failures, Retries } from './latency';
import type { FirstDay } from './period';
import type { SourceWatch } from './liveApi';

/** Integer nano-dollars: 1 USD = 1,000,000,000. Exact in a JS number up to about 9 million USD. */
export type NanoUsd = number;

/** Milliseconds since the Unix epoch, UTC. */
export type Millis = number;

/** Which cost counts: see `chooseCost` in pricing/cost.ts. */
export type CostMode = 'auto' | 'recorded' | 'computed';

/** Where the cost of one call comes from. */
export type CostState = 'recorded' | 'computed' | 'unpriced' | 'included';

/**
 * What a call used. The first four are disjoint and add up to all tokens, whatever the modality.
 * The next five are parts of them and are never added on top.
 */
export interface Usage {
  /** Input tokens that were neither read from nor written to a cache. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  /** Part of `outputTokens`. */
  readonly reasoningTokens: number;
  /** Part of input (uncached, cache read and cache write together). */
  readonly audioInputTokens: number;
  /** Part of `cacheReadTokens`. */
  readonly audioCachedTokens: number;
  /** Part of `outputTokens`. */
  readonly audioOutputTokens: number;
  /** Part of `cacheWriteTokens`: written for one hour. */
  readonly cacheWrite1hTokens: number;
  readonly audioInputSeconds: number;
  readonly audioOutputSeconds: number;
  readonly images: number;
}

export const usageFields = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioCachedTokens',
  'audioOutputTokens',
  'cacheWrite1hTokens',
  'audioInputSeconds',
  'audioOutputSeconds',
  'images',
] as const satisfies readonly (keyof Usage)[];

/** Something that could not be read, and where. Bad input is data. */
export interface Issue {
  readonly path: string;
  /** `line 12`, `table.row` or `byte 1234`; absent when the whole file is meant. */
  readonly place?: string;
  /** One sentence that says what is wrong and what to do. */
  readonly message: string;
  /** A file that was named itself and is of no known format, which a mapping may be made for. */
  readonly mappable?: boolean;
  /** A bill of a provider, which is no source: it can be reconciled. */
  readonly isBill?: boolean;
}

/** Which calls a question is about. An absent field does not restrict; `null` in a list means "none". */
export interface Filter {
  /** Inclusive. */
  readonly since?: Millis;
  /** Exclusive. */
  readonly until?: Millis;
  readonly models?: readonly (string | null)[];
  readonly providers?: readonly (string | null)[];
  readonly users?: readonly (string | null)[];
  /** Experiment keys (`SessionGroup.key`). */
  readonly experiments?: readonly (string | null)[];
  /** Session keys (`SessionRow.key`). */
  readonly sessions?: readonly string[];
  /** Source paths. */
  readonly sources?: readonly string[];
  /** Names of projects. */
  readonly projects?: readonly (string | null)[];
  /** Git branches. */
  readonly branches?: readonly (string | null)[];
}

export type GroupBy =
  'model' | 'provider' | 'day' | 'experiment' | 'session' | 'user' | 'source' | 'tag' | 'project' | 'branch';

/** A question for sums: filter, cost mode, and the IANA zone in which days are counted. */
export interface Question {
  readonly filter: Filter;
  readonly mode: CostMode;
  readonly zone: string;
  /** Absent: weeks begin on Monday. */
  readonly firstDay?: FirstDay;
}

/** Sums over calls. Nano-dollar fields are sums of what is known; the counts say how much is not. */
export interface Totals extends Usage {
  /** In the cost mode of the question. */
  readonly cost: NanoUsd;
  /** What the sources recorded, exact or not. */
  readonly recorded: NanoUsd;
  /** Tokens times the price in force at each call's time. */
  readonly computed: NanoUsd;
  readonly calls: number;
  readonly unpricedCalls: number;
  readonly inexactCalls: number;
  readonly includedCalls: number;
  /** API-equivalent of the included calls; not part of `cost`. */
  readonly included: NanoUsd;
  /** Calls that the user excluded from analytics: counted nowhere but here. */
  readonly excludedCalls: number;
  /** Calls without a known time, left out because the question names a period. */
  readonly untimedCalls: number;
  /** Calls that failed, and failures that were never calls. */
  readonly errors: number;
  readonly sessions: number;
}

export interface Group extends Totals {
  /** The id that the source gave (an experiment's id, a day as YYYY-MM-DD); null for none. */
  readonly key: string | null;
  /** What `Filter` takes for this group; equals `key` except for experiments and sessions. */
  readonly filterKey: string | null;
  readonly label: string;
}

export interface Report {
  readonly total: Totals;
  readonly groups: readonly Group[];
}

/** What sessions stand under in a list: their experiment, their project if they have no experiment, or neither. */
export interface SessionGroup extends Totals {
  readonly kind: 'experiment' | 'project' | 'none';
  /** Of an experiment durable and unique over all sources, of a project its name; null for neither. */
  readonly key: string | null;
  /** The source's own id. */
  readonly id: string | null;
  readonly name: string;
  readonly description?: string;
  readonly createdAt?: Millis;
  /** Time of its newest session. */
  readonly lastAt?: Millis;
  /** Name of the file it came from. */
  readonly source: string;
}

export interface SessionRow extends Totals {
  /** Durable and unique over all sources: `<scope>:<id>`. */
  readonly key: string;
  /** The source's own id. */
  readonly id: string;
  readonly experimentKey: string | null;
  readonly experimentName: string | null;
  /** Start: the recorded one, else the first call. */
  readonly at?: Millis;
  readonly lastAt?: Millis;
  readonly user: string | null;
  readonly tag: string | null;
  /** Model of its first call that has one; only where there is a tag. */
  readonly tagModel?: string;
  readonly models: readonly string[];
  /** Excluded from analytics; the figures of the row are its own all the same. */
  readonly excluded: boolean;
  /** First line of the note, at most 120 characters; null without a note. */
  readonly noteLine: string | null;
  readonly importer: string;
  /** The folder it worked in, spelled in one way, or what a rule of the user calls it. */
  readonly project: string | null;
  /** The git branch that it worked on last. */
  readonly branch: string | null;
  /** How many sub-agents and sidechains it had; what they used is in its figures. */
  readonly agents: number;
  /** Old calls of which only sums are kept, and when the last of them was: they are in its figures, too. */
  readonly summedUp?: { readonly calls: number; readonly until: Millis };
}

/** Calls that are told twice and count once. */
export interface CollapsedRow {
  /**
   * `account`: the format itself tells the same use more than once. `response`: another format tells the same response
   * of the provider.
   */
  readonly rule: 'account' | 'response';
  /** Whose calls do not count. */
  readonly importer: string;
  /** Whose calls count in their stead; '' where only their sums are kept. */
  readonly counted: string;
  readonly calls: number;
  readonly tokens: number;
  /** What they would have added. */
  readonly cost: NanoUsd;
  readonly unpricedCalls: number;
}

/** A sub-agent or sidechain of a session. */
export interface AgentRow {
  /** The source's own id. */
  readonly id: string;
  /** What kind of agent it is, or what it is called. */
  readonly name: string | null;
  /** Id of the agent that started it; null if the session did. */
  readonly parent: string | null;
  /** What it used itself. */
  readonly own: Totals;
  /** That, and what the agents used that it started. */
  readonly total: Totals;
  /** Its first and last call. */
  readonly at?: Millis;
  readonly lastAt?: Millis;
}

/** What a session did itself, and through whom it did the rest. */
export interface SessionAgents {
  /** Without its agents. */
  readonly own: Totals;
  /** In the order of their first calls. */
  readonly agents: readonly AgentRow[];
}

export interface CallRow {
  readonly id: string;
  readonly at?: Millis;
  readonly provider: string | null;
  readonly model: string | null;
  readonly usage: Usage;
  /** In the cost mode of the question; null when unpriced. */
  readonly cost: NanoUsd | null;
  readonly recorded: NanoUsd | null;
  readonly computed: NanoUsd | null;
  readonly state: CostState;
  readonly exact: boolean;
  readonly latencyMs: number | null;
  readonly failed: boolean;
  /** Error class or code, or a provider's message cut to 200 characters. */
  readonly error: string | null;
}

/** A call as exported: with what it belongs to. */
export interface ExportCall extends Omit<CallRow, 'at'> {
  readonly at: Millis | null;
  readonly source: string;
  readonly experiment: string | null;
  readonly session: string;
  readonly tag: string | null;
  readonly user: string | null;
  readonly note: string | null;
  readonly project: string | null;
  readonly branch: string | null;
  /** Own id of the sub-agent that made it; null for the session itself. */
  readonly agent: string | null;
  /** 1; of calls that are kept as sums how many they are: alike in all that is not a figure, without an id, at their first quarter hour. */
  readonly calls: number;
}

export interface Note {
  /** Markdown, at most `maxNoteLength` characters. */
  readonly text: string;
  readonly strategy?: string;
  readonly rationale?: string;
  readonly at: Millis;
  /** `source`: it stands in the trace data itself; `user`: written here. */
  readonly origin: 'user' | 'source';
}

export const maxNoteLength = 100_000;

export interface LatencyStats {
  readonly calls: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Everything known of a session. */
export interface SessionDetail extends SessionRow {
  readonly sources: readonly string[];
  readonly steps: number | null;
  readonly messages: number | null;
  readonly events: number | null;
  readonly reward: number | null;
  /** Tools or functions that the model called. */
  readonly functionCalls: number | null;
  /** How long it was open, as its source counts it. */
  readonly durationMs: number | null;
  /** The source's own id of the model that it is about. */
  readonly modelId: string | null;
  /** Free tags, environment and release, as the source has them. */
  readonly labels: readonly string[];
  /** A total that its source tells of it, beside what its calls add up to; null where none does. */
  readonly claim: ClaimCheck | null;
  readonly latency: LatencyStats | null;
  /** Time to the first token. */
  readonly firstToken: LatencyStats | null;
  readonly failures: Failures;
  readonly retries: Retries;
  /** Null where less than two calls tell when they were. */
  readonly idle: Idle | null;
  readonly byModel: readonly Group[];
  /** Null where it had no agents. */
  readonly byAgent: SessionAgents | null;
  readonly note: Note | null;
  /** Earlier texts of the note, newest first. */
  readonly noteHistory: readonly Note[];
}

export type SourceState = 'imported' | 'partial' | 'failed' | 'missing';

/** The sources of one format. */
export interface SourceGroup {
  /** Null where the format is not known. */
  readonly importer: string | null;
  readonly label: string;
  readonly files: number;
  /** How many of them could not be read, not as a whole, or are gone. */
  readonly incomplete: number;
  readonly sessions: number;
  readonly calls: number;
  readonly bytes: number;
  readonly problems: number;
}

export interface SourceRow {
  readonly path: string;
  /** Importer id and label; null when the format is not known. */
  readonly importer: string | null;
  readonly label: string;
  readonly state: SourceState;
  /** Excluded from analytics. */
  readonly excluded: boolean;
  readonly sessions: number;
  readonly calls: number;
  readonly bytes: number;
  readonly importedAt: Millis;
  /** Days that it tells totals of; they are compared with the calls, and what differs is among the problems. */
  readonly compared?: DaysCompared;
  readonly problems: readonly Issue[];
  /** How changes of it come to be known; absent where that is not known yet. */
  readonly watch?: SourceWatch;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Pass back to get the next page; absent on the last one. */
  readonly next?: string;
}

/** A file of a searched folder in which there is nothing to import. */
export interface PassedOver {
  readonly path: string;
  /** What it is instead, or why it holds no calls: a sentence. */
  readonly reason: string;
}

export interface ImportSummary {
  readonly files: number;
  readonly unchanged: number;
  readonly newCalls: number;
  readonly changedCalls: number;
  /** By how many more are the calls that are told twice and count once. */
  readonly collapsedCalls: number;
  readonly sessions: number;
  readonly issues: readonly Issue[];
  /** `files` has the first 1,000 of them. */
  readonly passedOver: { readonly count: number; readonly files: readonly PassedOver[] };
  readonly cancelled: boolean;
}

export interface ImportProgress {
  readonly file: string;
  readonly fileIndex: number;
  readonly files: number;
  readonly calls: number;
  /** Share of the present file, 0 to 1, where known. */
  readonly share?: number;
}

export interface StoreStatus {
  readonly path: string;
  readonly storage: 'file' | 'memory';
  /** Why the store is not on disk: one sentence for the user. */
  readonly reason?: string;
  readonly revision: number;
  readonly calls: number;
  readonly sessions: number;
  readonly sources: number;
}
