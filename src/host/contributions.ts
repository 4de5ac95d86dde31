import * as vscode from 'vscode';
import { measured } from './measure';
import { userActed } from './userActed';
import type { ModelPriceNode } from './prices/priceNodes';
import type { PriceCommands } from './prices/priceTarget';
import type { HealthCommands, HealthSettings } from './health/healthContributions';
import type { AlertCommands, AlertSettings } from './alerts/alertsContributions';
import type { StatusCommands, StatusSettings } from './status/statusContributions';
import type { MoreNode, SessionsNode } from './tree/nodes';
import type { BillColumns, Reconciliation } from '../shared/bill';
import type { Disposable } from '../shared/emitter';
import type { CostSubject } from '../shared/explanation';
import type { Mapping } from '../shared/mapping';
import type { CostMode, Filter, ImportSummary, Issue } from '../shared/model';
import type { FirstDay } from '../shared/period';
import type { ExportFormat, ExportLevel } from '../shared/protocol';
import type { SummaryQuery } from '../shared/summary';

/**
 * Which session a command is about: its key, a row of the tree, the URI of its note or of its document, or whatever is
 * selected in the tree. Without one the command asks.
 */
export type SessionTarget =
  string | vscode.Uri | { readonly row: { readonly key: string | null } } | { readonly selected: true };

/** Whose cost a command is about: a session as above, a row of a tree, or what a filter lets through. */
export type CostTarget = SessionTarget | SessionsNode | ModelPriceNode | CostSubject;

/** On which model it is supposed to have run, and what becomes of the line that says what it would have cost. */
export interface WhatIfChoice {
  readonly model: string;
  readonly action: 'note' | 'copy';
}

/** Which source a command is about: its path, or a row of the tree. Without one the command asks. */
export type SourceTarget = string | { readonly row: { readonly path: string } };

/** What to include in analytics or exclude: a row of a tree. Without one the command asks. */
export type InclusionTarget =
  | { readonly kind: 'session'; readonly row: { readonly key: string } }
  | { readonly kind: 'source'; readonly row: { readonly path: string } };

/** What to export; whatever is missing is asked for. */
export interface ExportChoice {
  readonly format?: ExportFormat;
  readonly level?: ExportLevel;
  /** Absolute path of the file to write. */
  readonly path?: string;
  readonly filter?: Filter;
  /** Of calls: those that are excluded from analytics, too. */
  readonly withExcluded?: boolean;
}

/** Which file to map: its path or URI, or a row of the sources. Without one the command asks. */
export type MappingTarget = string | vscode.Uri | { readonly row?: { readonly path: string } };

/** Which bill to reconcile: a file, or one that is kept. Without one the command asks. */
export type BillTarget = string | vscode.Uri | { readonly bill: number };

/** A mapping that is chosen already. */
export interface MappingChoice {
  readonly name: string;
  readonly mapping: Mapping;
  /** In the settings of the workspace instead of the user's. */
  readonly inWorkspace?: boolean;
}

/** Every command, with its arguments and result. package.json lists the same ids; a test compares them. */
export interface Commands extends PriceCommands, StatusCommands, AlertCommands, HealthCommands {
  'traceLedger.importFiles'(paths?: readonly (string | vscode.Uri)[]): ImportSummary | undefined;
  /** From the explorer: the file clicked and all files selected. */
  'traceLedger.importResource'(file: vscode.Uri, files?: readonly vscode.Uri[]): ImportSummary | undefined;
  /** With a choice it asks nothing; from the explorer VS Code hands over all files selected instead. */
  'traceLedger.importWithMapping'(
    file?: MappingTarget,
    choice?: MappingChoice | readonly vscode.Uri[],
  ): ImportSummary | undefined;
  /** Looks for traces on this machine and asks which to import. */
  'traceLedger.findTraces'(): void;
  'traceLedger.loadSampleData'(): ImportSummary | undefined;
  'traceLedger.refresh'(): void;
  'traceLedger.openCostPanel'(filter?: Omit<Filter, 'since' | 'until'>): void;
  'traceLedger.export'(
    choice?: ExportChoice | { readonly row: { readonly key: string | null } },
  ): number | undefined;
  /** With a mode it does not ask, unless with `preview`: then it shows first what would change. */
  'traceLedger.setCostMode'(mode?: CostMode, options?: { readonly preview?: boolean }): void;
  /** Shows what prices that wait, or today's, would change of known calls. */
  'traceLedger.reviewPrices'(): void;
  /** Puts prices that wait in force: for known calls too, or for new ones only. */
  'traceLedger.applyPrices'(): void;
  'traceLedger.applyPricesToNewCalls'(): void;
  'traceLedger.undoPrices'(): void;
  /** From the tree the focus stays there, so that F2 and the arrow keys go on working. */
  'traceLedger.showSession'(session?: SessionTarget, options?: { readonly preserveFocus?: boolean }): void;
  'traceLedger.copySessionId'(session?: SessionTarget): void;
  'traceLedger.copySessionTag'(session?: SessionTarget): void;
  'traceLedger.explainCost'(target?: CostTarget): void;
  /** With a choice it does not ask. Resolves to the line. */
  'traceLedger.whatIf'(target?: CostTarget, choice?: WhatIfChoice): string | undefined;
  'traceLedger.editNote'(session?: SessionTarget): void;
  /** With a text, saves it without asking. */
  'traceLedger.editNoteLine'(session?: SessionTarget, text?: string): void;
  'traceLedger.showNote'(session?: SessionTarget): void;
  /** `confirmed` removes without asking. */
  'traceLedger.removeNote'(session?: SessionTarget, confirmed?: unknown): void;
  'traceLedger.reimportSource'(source?: SourceTarget): ImportSummary | undefined;
  'traceLedger.revealSource'(source?: SourceTarget): void;
  /** `confirmed` removes without asking. */
  'traceLedger.removeSource'(source?: SourceTarget, confirmed?: unknown): void;
  'traceLedger.toggleIncluded'(target?: InclusionTarget): void;
  /** With the names of all models to include, does not ask. */
  'traceLedger.chooseModels'(included?: readonly string[]): void;
  'traceLedger.showProblems'(issues?: readonly Issue[]): readonly Issue[];
  'traceLedger.openProblem'(issue: Issue): void;
  /** Opens a list of files of an import in which there was nothing to import. */
  'traceLedger.showPassedOver'(passedOver: ImportSummary['passedOver']): void;
  'traceLedger.showCollapsed'(): void;
  /** Without a period, asks for one. */
  'traceLedger.showSummary'(query?: SummaryQuery): void;
  /** Of the period before (after) that of a summary, the one in front if not told. */
  'traceLedger.showPreviousSummary'(summary?: vscode.Uri): void;
  'traceLedger.showNextSummary'(summary?: vscode.Uri): void;
  /** With columns it does not ask which is which. */
  'traceLedger.reconcileBill'(
    bill?: BillTarget,
    columns?: BillColumns,
  ): readonly Reconciliation[] | undefined;
  /** `confirmed` removes without asking. */
  'traceLedger.removeBill'(bill?: { readonly bill: number } | vscode.Uri, confirmed?: unknown): void;
  /** `path` is that of the file to write. From a title bar VS Code hands over something else. */
  'traceLedger.exportReconciliation'(
    bill?: { readonly bill: number } | vscode.Uri,
    path?: unknown,
  ): number | undefined;
  'traceLedger.showLog'(): void;
  /** `confirmed` asks nothing. Resolves to the number of calls that are sums now. */
  'traceLedger.compactHistory'(confirmed?: unknown): number | undefined;
  'traceLedger.resetSource'(source?: SourceTarget, confirmed?: unknown): void;
  'traceLedger.resetLedger'(confirmed?: unknown): void;
  'traceLedger.undoReset'(): void;
  'traceLedger.deleteAllData'(confirmed?: unknown): void;
  'traceLedger.loadMore'(node: MoreNode): void;
}

/** Every setting, with its type. Defaults live in package.json alone. */
export interface Settings extends StatusSettings, AlertSettings, HealthSettings {
  'traceLedger.costMode': CostMode;
  /** IANA name; empty for the zone of this machine. */
  'traceLedger.timeZone': string;
  'traceLedger.firstDayOfWeek': FirstDay;
  /** As somebody wrote it: see `src/shared/currency.ts`. */
  'traceLedger.currency': unknown;
  'traceLedger.discovery.atStart': boolean;
  'traceLedger.live.enabled': boolean;
  /** Seconds; 0 for never. */
  'traceLedger.live.idleTimeout': number;
  /** Folder -> name of the project that sessions in it or below it belong to. */
  'traceLedger.projects': Readonly<Record<string, string>>;
  /** Name -> mapping, as somebody wrote it: see `src/shared/mapping.ts`. */
  'traceLedger.mappings': Readonly<Record<string, unknown>>;
  /** Prices of the user's own, as somebody wrote them: see `src/pricing/parseUserPrices.ts`. */
  'traceLedger.prices': readonly unknown[];
  /** Path of a file with more of them; empty for none. */
  'traceLedger.pricesFile': string;
  /** What a subscription pays for, as somebody wrote it: see `src/pricing/included.ts`. */
  'traceLedger.included': Readonly<Record<string, unknown>>;
  /** After how many days calls become sums, these sums of days, and go; 0 = never. */
  'traceLedger.retention.compactAfterDays': number;
  'traceLedger.retention.dailyAfterDays': number;
  'traceLedger.retention.deleteAfterDays': number;
  /** Names of `src/pricing/priceSets.json`, or `list` for list prices. */
  'traceLedger.priceSet.nevil': string;
  'traceLedger.priceSet.openai-realtime': string;
  'traceLedger.priceSet.gemini': string;
  'traceLedger.priceSet.langfuse': string;
}

/** Every context key that `when` clauses use. */
export interface ContextKeys {
  'traceLedger.state': 'starting' | 'ready' | 'failed';
  /** Prices wait for the user's word. */
  'traceLedger.pricesWait': boolean;
  /** This window has a way back from its last reset. */
  'traceLedger.canUndoReset': boolean;
}

/** Lists the keys of `T`; leaving one out or adding one is a compile error. */
const keysOf = <T>(keys: { readonly [K in keyof T]-?: true }) =>
  Object.keys(keys) as (keyof T & string)[] as readonly (keyof T & string)[];

export const commandIds = keysOf<Commands>({
  'traceLedger.importFiles': true,
  'traceLedger.importResource': true,
  'traceLedger.importWithMapping': true,
  'traceLedger.findTraces': true,
  'traceLedger.loadSampleData': true,
  'traceLedger.refresh': true,
  'traceLedger.openCostPanel': true,
  'traceLedger.export': true,
  'traceLedger.setCostMode': true,
  'traceLedger.reviewPrices': true,
  'traceLedger.applyPrices': true,
  'traceLedger.applyPricesToNewCalls': true,
  'traceLedger.undoPrices': true,
  'traceLedger.showSession': true,
  'traceLedger.copySessionId': true,
  'traceLedger.copySessionTag': true,
  'traceLedger.explainCost': true,
  'traceLedger.whatIf': true,
  'traceLedger.editNote': true,
  'traceLedger.editNoteLine': true,
  'traceLedger.showNote': true,
  'traceLedger.removeNote': true,
  'traceLedger.reimportSource': true,
  'traceLedger.revealSource': true,
  'traceLedger.removeSource': true,
  'traceLedger.toggleIncluded': true,
  'traceLedger.chooseModels': true,
  'traceLedger.setPrice': true,
  'traceLedger.thisIsModel': true,
  'traceLedger.editPriceNote': true,
  'traceLedger.openPriceSettings': true,
  'traceLedger.showProblems': true,
  'traceLedger.openProblem': true,
  'traceLedger.showPassedOver': true,
  'traceLedger.showCollapsed': true,
  'traceLedger.showSummary': true,
  'traceLedger.showPreviousSummary': true,
  'traceLedger.showNextSummary': true,
  'traceLedger.reconcileBill': true,
  'traceLedger.removeBill': true,
  'traceLedger.exportReconciliation': true,
  'traceLedger.showLog': true,
  'traceLedger.compactHistory': true,
  'traceLedger.resetSource': true,
  'traceLedger.resetLedger': true,
  'traceLedger.undoReset': true,
  'traceLedger.deleteAllData': true,
  'traceLedger.loadMore': true,
  'traceLedger.showStatus': true,
  'traceLedger.showAlerts': true,
  'traceLedger.snoozeAlerts': true,
  'traceLedger.toggleStatusBar': true,
  'traceLedger.showHealth': true,
  'traceLedger.checkIntegrity': true,
  'traceLedger.copyDiagnostics': true,
  'traceLedger.enable': true,
});

export const settingIds = keysOf<Settings>({
  'traceLedger.enabled': true,
  'traceLedger.costMode': true,
  'traceLedger.timeZone': true,
  'traceLedger.firstDayOfWeek': true,
  'traceLedger.currency': true,
  'traceLedger.discovery.atStart': true,
  'traceLedger.live.enabled': true,
  'traceLedger.live.idleTimeout': true,
  'traceLedger.projects': true,
  'traceLedger.mappings': true,
  'traceLedger.prices': true,
  'traceLedger.pricesFile': true,
  'traceLedger.included': true,
  'traceLedger.retention.compactAfterDays': true,
  'traceLedger.retention.dailyAfterDays': true,
  'traceLedger.retention.deleteAfterDays': true,
  'traceLedger.priceSet.nevil': true,
  'traceLedger.priceSet.openai-realtime': true,
  'traceLedger.priceSet.gemini': true,
  'traceLedger.priceSet.langfuse': true,
  'traceLedger.alerts.session.warning': true,
  'traceLedger.alerts.session.alert': true,
  'traceLedger.alerts.call': true,
  'traceLedger.alerts.burnRate': true,
  'traceLedger.budgets': true,
  'traceLedger.statusBar.enabled': true,
  'traceLedger.statusBar.format': true,
  'traceLedger.statusBar.scope': true,
  'traceLedger.statusBar.warning': true,
  'traceLedger.statusBar.alert': true,
});

/** Importer id -> name of its price set. */
export const priceSets = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    settingIds.filter(isPriceSet).map((id) => [id.slice(priceSetPrefix.length), setting(id)]),
  );

/** A setting as plain JSON: what VS Code hands out can neither be sent to the worker nor be changed. */
export const plainSetting = <Id extends keyof Settings>(id: Id): Settings[Id] =>
  JSON.parse(JSON.stringify(setting(id))) as Settings[Id];

const isPriceSet = (id: keyof Settings): id is keyof Settings & `${typeof priceSetPrefix}${string}` =>
  id.startsWith(priceSetPrefix);

const priceSetPrefix = 'traceLedger.priceSet.';

export const viewIds = {
  sessions: 'traceLedger.sessions',
  sources: 'traceLedger.sources',
  prices: 'traceLedger.prices',
} as const;

/** URI schemes: `note` can be edited and saved, the others are read-only. */
export const schemes = {
  note: 'trace-ledger',
  session: 'trace-ledger-session',
  passedOver: 'trace-ledger-passed-over',
  alerts: 'trace-ledger-alerts',
  collapsed: 'trace-ledger-collapsed',
  health: 'trace-ledger-health',
  explanation: 'trace-ledger-explanation',
  summary: 'trace-ledger-summary',
  bill: 'trace-ledger-bill',
  priceChanges: 'trace-ledger-price-changes',
  modeChanges: 'trace-ledger-mode-changes',
} as const;

type Result<Id extends keyof Commands> = ReturnType<Commands[Id]>;
type Handler<Id extends keyof Commands> = (
  ...args: Parameters<Commands[Id]>
) => Result<Id> | Promise<Result<Id> | undefined>;

/** Registers a command; its run on the extension host is measured, and counts as an action of the user. */
export function register<Id extends keyof Commands>(id: Id, run: Handler<Id>): Disposable {
  const runMeasured = measured(id, run);
  return vscode.commands.registerCommand(id, (...args: Parameters<Commands[Id]>) => {
    userActed.fire();
    return runMeasured(...args);
  });
}

/** Runs a command of ours; undefined when it was cancelled or failed (the user has been told). */
export function invoke<Id extends keyof Commands>(
  id: Id,
  ...args: Parameters<Commands[Id]>
): Thenable<Result<Id> | undefined> {
  return vscode.commands.executeCommand<Result<Id> | undefined>(id, ...args);
}

let known: Map<keyof Settings, unknown> | undefined;

/**
 * What a setting says now. VS Code takes a third of a millisecond for an answer and every row of a tree asks, so that an
 * answer holds until the thread is free again, or until settings change.
 */
export function setting<Id extends keyof Settings>(id: Id): Settings[Id] {
  if (!known) {
    known = new Map();
    setImmediate(forgetSettings);
  }
  if (!known.has(id)) known.set(id, vscode.workspace.getConfiguration().get(id));
  return known.get(id) as Settings[Id];
}

/** To be called first when settings change. */
export const forgetSettings = (): void => void (known = undefined);

export function setContext<Key extends keyof ContextKeys>(key: Key, value: ContextKeys[Key]): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
