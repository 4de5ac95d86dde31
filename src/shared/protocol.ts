import type { Currency } from './currency';
import type { BillsApi } from './billsApi';
import type { CostSubject, Explanation } from './explanation';
import type { HealthApi } from './healthApi';
import type { LiveApi, LiveEvents } from './liveApi';
import type { ColumnLook, FileLook, MappedPlace, Mapping, MappingPreview } from './mapping';
import type {
  CallRow,
  CollapsedRow,
  CostMode,
  Filter,
  Group,
  GroupBy,
  ImportProgress,
  ImportSummary,
  Note,
  Page,
  Question,
  Report,
  SessionAgents,
  SessionDetail,
  SessionGroup,
  SessionRow,
  SourceGroup,
  SourceRow,
  StoreStatus,
  Totals,
} from './model';
import type { LatencyQuestions, LatencyReport } from './latency';
import type { SummaryApi } from './summary';
import type { ModelPricesApi } from './modelPrices';
import type { PricesApi } from './repricing';
import type { Alert } from './alerts';
import type { AlertsApi } from './alertsApi';
import type { StatusApi } from './statusApi';
import type { RetentionApi } from './retentionApi';
import type { WhatIf } from './whatIf';

export type ExportFormat = 'csv' | 'json';
export type ExportLevel = 'call' | 'session' | 'day';

export interface ExportRequest {
  readonly question: Question;
  readonly format: ExportFormat;
  /** `day` is one row a day and model. */
  readonly level: ExportLevel;
  /** Of calls: those that are excluded from analytics, too. */
  readonly withExcluded?: boolean;
  /** Absolute path; written beside it first and renamed, so that a failed export leaves what was there. */
  readonly path: string;
}

export interface ImportOptions {
  /** Read again from the start even if nothing changed. */
  readonly force?: boolean;
}

/** What the worker answers. Arguments and results are plain JSON; long jobs are named so that they can be cancelled. */
export interface LedgerApi
  extends
    PricesApi,
    LiveApi,
    HealthApi,
    BillsApi,
    SummaryApi,
    LatencyQuestions,
    ModelPricesApi,
    StatusApi,
    AlertsApi,
    RetentionApi {
  status(): Promise<StoreStatus>;
  /** Files and folders; resolves when all is committed. Bad input ends in `issues`, never in a rejection. */
  importPaths(job: string, paths: readonly string[], options: ImportOptions): Promise<ImportSummary>;
  exportTo(job: string, request: ExportRequest): Promise<{ readonly rows: number }>;
  /** Looks for traces by names and sizes; opens nothing but the first bytes of databases. */
  findTraces(job: string, workspaceFolders: readonly string[]): Promise<readonly FoundTraces[]>;
  /** Stops the job after the step at hand; what is committed stays. */
  cancel(job: string): Promise<void>;

  /**
   * Name -> mapping, as written in the settings: formats of the user's own, beside the built-in ones. What a mapping read
   * that has changed since is read again. @returns what is wrong with those that are left out; resolves when all is read.
   */
  chooseMappings(mappings: Readonly<Record<string, unknown>>): Promise<readonly string[]>;
  /** What stands in a file that a mapping could read. Rejects where there is nothing. */
  lookInto(path: string): Promise<FileLook>;
  /** The columns or members at a place, with what stands in the first records. */
  columnsAt(path: string, place: MappedPlace): Promise<readonly ColumnLook[]>;
  /** What a mapping would make of a file; nothing is stored. Tells its progress as an import does. */
  previewMapping(job: string, path: string, name: string, mapping: Mapping): Promise<MappingPreview>;

  /** By path: all, or those that are asked for. */
  sources(of?: SourcesOf): Promise<readonly SourceRow[]>;
  sourceGroups(): Promise<readonly SourceGroup[]>;
  sourcePaths(): Promise<readonly string[]>;
  /** Deletes what came from this source alone; notes stay. */
  removeSource(path: string): Promise<void>;

  sessionGroups(question: Question): Promise<readonly SessionGroup[]>;
  /** Newest first: those of a group, or all. */
  sessions(
    question: Question,
    group: Pick<SessionGroup, 'kind' | 'key'> | undefined,
    page: { readonly limit: number; readonly after?: string },
  ): Promise<Page<SessionRow>>;
  /** Oldest first. */
  calls(
    session: string,
    mode: CostMode,
    page: {
      readonly limit: number;
      readonly after?: string;
      /** Only those of one agent of the session; null: those of none. */
      readonly agent?: string | null;
    },
  ): Promise<Page<CallRow>>;
  /** Undefined when there is no such session. */
  agents(session: string, mode: CostMode): Promise<SessionAgents | undefined>;
  /** What is told twice and counts once, and what it would have added; with labels of formats instead of their ids. */
  collapsed(mode: CostMode): Promise<readonly CollapsedRow[]>;
  /** Which folder belongs to which project, beside what is known by itself. */
  chooseProjects(rules: Readonly<Record<string, string>>): Promise<void>;
  /** Undefined when there is no such session. Idle for so long is what it counts as idle; 5 minutes if not told. */
  session(key: string, mode: CostMode, idleTimeoutMs?: number): Promise<SessionDetail | undefined>;
  /** Sessions whose id, experiment, note or cost (`$0.12`, `>1`) match; newest first. */
  findSessions(text: string, mode: CostMode, limit: number): Promise<readonly SessionRow[]>;

  /** Where a cost comes from. Undefined when there is no such session or call, or none that matches. */
  explain(job: string, subject: CostSubject, mode: CostMode): Promise<Explanation | undefined>;
  /** What the same tokens would have cost on other models. */
  whatIf(job: string, subject: CostSubject, mode: CostMode): Promise<WhatIf>;

  report(question: Question, groupBy: GroupBy | null): Promise<Report>;
  panel(question: Question, interval: Interval): Promise<PanelData>;

  /** Includes in analytics or excludes: a session by its key, a model by its name, a source by its path. */
  setExcluded(what: Excludable, key: string, excluded: boolean): Promise<void>;
  /** Every model met, the most used first. */
  models(): Promise<readonly ModelRow[]>;

  note(session: string): Promise<Note | undefined>;
  /** Journal first, then store; resolves when both are on disk. Blank text removes the note. */
  saveNote(session: string, text: string): Promise<Note | undefined>;
  /** The same for a paragraph that comes after what is there. */
  appendToNote(session: string, paragraph: string): Promise<Note | undefined>;
}

/** Which sources are meant; an absent field does not restrict. */
export interface SourcesOf {
  /** Null: those of no known format. */
  readonly importer?: string | null;
  readonly path?: string;
  /** Those after this path, which is the last of the page before. */
  readonly after?: string;
  readonly limit?: number;
}

/** Traces of a tool, or in a folder of the workspace, that could be imported. */
export interface FoundTraces {
  /** Id of the tool's importer, or `workspace <folder>`: what is remembered of the user's answer. */
  readonly id: string;
  readonly label: string;
  /** What to import: folders, or single files. Empty where nothing may be read. */
  readonly paths: readonly string[];
  readonly inWorkspace: boolean;
  readonly files: number;
  /** 0 where a file is a database of many. */
  readonly sessions: number;
  readonly bytes: number;
  /** There is more than could be looked at. */
  readonly isPartial: boolean;
  /** A folder that may not be read. */
  readonly denied?: string;
}

export type Excludable = 'session' | 'model' | 'source';

export interface ModelRow {
  readonly name: string;
  readonly calls: number;
  readonly excluded: boolean;
}

export interface LedgerEvents extends LiveEvents {
  /** Something in the store changed, here or in another window. Whoever looks asks again. */
  changed: { readonly revision: number };
  importProgress: { readonly job: string; readonly progress: ImportProgress };
  exportProgress: { readonly job: string; readonly rows: number };
  /** How much of a job is done, from 0 to 1. */
  jobProgress: { readonly job: string; readonly share: number };
  /** Limits that were reached and of which this window tells; no other does. */
  alerts: { readonly alerts: readonly Alert[] };
  /** A warning that every window should say once. */
  notice: { readonly message: string };
  log: { readonly level: 'info' | 'warn' | 'error'; readonly message: string };
}

export type Interval = 'hour' | 'day' | 'week' | 'month';

/** A part of the total. It does not say how many sessions it touches: counting those takes longer than all the rest. */
export type Share = Omit<Group, 'sessions'>;

/** What sessions with voice used, among the calls that are asked about. */
export interface RealtimeUsage {
  readonly audioInputSeconds: number;
  readonly audioOutputSeconds: number;
  readonly audioInputTokens: number;
  readonly audioOutputTokens: number;
  /** Tokens that are not audio, from a cache or not. */
  readonly textInputTokens: number;
  readonly textOutputTokens: number;
  /** Of whole sessions; null where no source counts them. */
  readonly functionCalls: number | null;
  /** As the sources count them: a tracker of all runs is more than one. */
  readonly sessions: number;
  /** Of whole sessions; null where no source tells it. */
  readonly durationMs: number | null;
  /** Usage times prices, without the calls that have no known price. */
  readonly computed: number;
  readonly unpricedCalls: number;
  /**
   * What the sources themselves estimated, and what the same calls come to by known prices (null where one is missing);
   * absent when none estimated anything.
   */
  readonly estimate?: { readonly recorded: number; readonly computed: number | null };
}

/** One whole picture for the panel: a complete fact, never a difference. */
export interface PanelData {
  readonly total: Totals;
  /** Cost over time: bucket starts, oldest first without gaps, and one value for each bucket and series. */
  readonly buckets: readonly { readonly start: number; readonly label: string }[];
  /** At most eight, the dearest first; the rest is one series with `model: null` and label "other". */
  readonly series: readonly {
    readonly model: string | null;
    readonly label: string;
    readonly cost: readonly number[];
    readonly calls: readonly number[];
  }[];
  readonly byModel: readonly Share[];
  readonly byProvider: readonly Share[];
  readonly byUser: readonly Share[];
  readonly byExperiment: readonly Share[];
  /** Empty where no session has a project; the same of branches. */
  readonly byProject: readonly Share[];
  readonly byBranch: readonly Share[];
  /** The 50 most expensive ones. */
  readonly sessions: readonly SessionRow[];
  /** Absent when there is no voice among what is asked about. */
  readonly realtime?: RealtimeUsage;
  /** By model. Absent when no time and no failure is known of what is asked about. */
  readonly latency?: LatencyReport;
  /** Time span of all calls in the store, whatever the filter; absent when it is empty. */
  readonly span?: { readonly first: number; readonly last: number };
}

export type Period = 'today' | '7d' | '30d' | '90d' | 'year' | 'all' | 'custom';

/** What the panel asks for; the host resolves period, zone and cost mode. */
export interface PanelQuery {
  readonly period: Period;
  /** Only with `custom`: YYYY-MM-DD, inclusive. */
  readonly from?: string;
  readonly to?: string;
  readonly interval: Interval | 'auto';
  readonly filter: Omit<Filter, 'since' | 'until'>;
}

export interface PanelAnswer {
  readonly data: PanelData;
  readonly mode: CostMode;
  readonly zone: string;
  /** In which amounts are shown; absent for US dollars. What they are in stays nano-dollars. */
  readonly currency?: Currency;
  readonly interval: Interval;
  readonly since?: number;
  readonly until?: number;
  readonly status: StoreStatus;
  /** Nothing is read: `traceLedger.enabled` is off. */
  readonly isOff?: boolean;
}

/** What the cost panel may ask the host. */
export interface PanelApi {
  ask(query: PanelQuery): Promise<PanelAnswer>;
  /** The filter with which the panel was opened, once; undefined when there is none. */
  requestedFilter(): Promise<PanelQuery['filter'] | undefined>;
  openSession(key: string): Promise<void>;
  editNote(key: string): Promise<void>;
  /** Resolves to whether that mode counts now: the user may have thought better of it. */
  setCostMode(mode: CostMode): Promise<boolean>;
  /** Turns reading on again. */
  enable(): Promise<void>;
  importFiles(): Promise<void>;
  loadSampleData(): Promise<void>;
  exportData(query: PanelQuery): Promise<void>;
  explainCost(query: PanelQuery): Promise<void>;
  whatIf(query: PanelQuery): Promise<void>;
}

export interface PanelEvents {
  changed: { readonly revision: number };
  /** The panel was opened again with another filter: ask for it. */
  filterRequested: Readonly<Record<string, never>>;
}
