import * as vscode from 'vscode';
import { forgetSettings, plainSetting, setContext, setting } from './contributions';
import { jobRunner, type RunJob } from './jobs';
import { moneyReader } from './currency';
import { liveSettings } from './live';
import { LedgerWorker, stopped, type WorkerState } from './ledgerWorker';
import { measured } from './measure';
import { gatedLedger, isReadingOn } from './reading';
import { reporter } from './report';
import { Emitter, type Disposable, type Event } from '../shared/emitter';
import { UserError } from '../shared/errors';
import { isZone } from '../shared/period';
import type { Filter, Question } from '../shared/model';
import type { Money } from '../shared/money';
import type { LedgerApi, LedgerEvents } from '../shared/protocol';

/** What every feature is built from. */
export interface Services {
  /** Answers from the worker. Calls reject with what `report` takes. */
  readonly ledger: LedgerApi;
  /** The store or a setting that changes figures changed: whoever looks asks again. The value is the store's revision. */
  readonly onDidChange: Event<number>;
  /** How sources are watched is not what it was. */
  readonly onDidChangeWatching: Event<unknown>;
  /** The worker answers. Says so again when it had to be started again. */
  readonly onReady: Event<void>;
  /** A question in the cost mode, time zone and weeks of the settings. */
  readonly question: (filter?: Filter) => Question;
  /** How amounts are shown, in the currency of the settings: ask anew whenever something is shown. */
  readonly money: () => Money;
  readonly log: vscode.LogOutputChannel;
  /** Tells the user, and the log, of an error that nobody could handle. Silent about cancellation. */
  readonly report: (error: unknown) => void;
  readonly extensionUri: vscode.Uri;
  readonly storePath: string;
  /** What is remembered on this machine, whatever workspace is open. */
  readonly memory: vscode.Memento;
  readonly runJob: RunJob;
  /** The worker stopped: it comes back by itself, or it does not. */
  readonly onDidStop: Event<WorkerState>;
  /** Limits that were reached, which this window tells of. */
  readonly onAlerts: Event<LedgerEvents['alerts']>;
  /** Hands the settings over to the worker again: the store that knew them is another one now. */
  readonly tellSettings: () => void;
}

/** Starts the worker and does not wait for it. */
export function startServices(context: vscode.ExtensionContext): Services & Disposable {
  // Before anybody else listens.
  const settings = vscode.workspace.onDidChangeConfiguration(forgetSettings);
  const log = vscode.window.createOutputChannel('Trace Ledger', { log: true });
  const inDist = (name: string) => vscode.Uri.joinPath(context.extensionUri, 'dist', name).fsPath;
  const storePath = vscode.Uri.joinPath(context.globalStorageUri, 'store.db').fsPath;
  const worker = new LedgerWorker({
    script: inDist('worker.js'),
    wasm: inDist('sql-wasm.wasm'),
    store: storePath,
  });
  const changed = new Emitter<number>();
  const ready = new Emitter<void>();
  const report = reporter(log);
  const gate = gatedLedger(worker.ledger);
  const wiring = { changed, ready, report };
  const lifetime = vscode.Disposable.from(
    settings,
    gate,
    worker,
    changed,
    ready,
    log,
    forwardChanges(worker, wiring),
    watchWorker(worker, { log, report, onRestart: () => void announceStart(worker, wiring) }),
  );
  void announceStart(worker, wiring);
  return {
    ledger: gate.ledger,
    onDidChange: changed.event,
    onDidChangeWatching: worker.watching.event,
    onReady: ready.event,
    question: questionReader(log),
    money: moneyReader(log),
    log,
    report,
    extensionUri: context.extensionUri,
    storePath,
    memory: context.globalState,
    runJob: jobRunner(worker),
    onDidStop: worker.onDidChangeState,
    onAlerts: worker.alerts.event,
    tellSettings: () => tellSettings(worker, wiring),
    dispose: () => void lifetime.dispose(),
  };
}

interface Wiring {
  readonly changed: Emitter<number>;
  readonly ready: Emitter<void>;
  readonly report: (error: unknown) => void;
}

function forwardChanges(worker: LedgerWorker, { changed, report }: Wiring): Disposable {
  let last = 0;
  return vscode.Disposable.from(
    worker.changed.event(({ revision }) => changed.fire((last = revision))),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('traceLedger.projects'))
        worker.ledger.chooseProjects(plainSetting('traceLedger.projects')).catch(report);
      const isOnOrOff = event.affectsConfiguration('traceLedger.enabled');
      if (isOnOrOff || event.affectsConfiguration('traceLedger.live'))
        worker.ledger.watchSources(liveSettings()).catch(report);
      if (isOnOrOff || event.affectsConfiguration('traceLedger.mappings'))
        void chooseMappings(worker, report);
      if (event.affectsConfiguration('traceLedger')) changed.fire(last);
    }),
  );
}

/** Hands the mappings over, which may read files again; those that are wrong are told and left out. */
async function chooseMappings({ ledger }: LedgerWorker, report: (error: unknown) => void): Promise<void> {
  if (!isReadingOn()) return;
  try {
    for (const problem of await ledger.chooseMappings(plainSetting('traceLedger.mappings')))
      report(new UserError(problem));
  } catch (error) {
    report(error);
  }
}

/** Asks the worker for its first sign of life, and has every view ask again then. */
async function announceStart(worker: LedgerWorker, { changed, ready, report }: Wiring) {
  setContext('traceLedger.state', 'starting');
  try {
    const { reason, revision } = await worker.ledger.status();
    setContext('traceLedger.state', 'ready');
    if (reason !== undefined) worker.notice.fire({ message: reason });
    changed.fire(revision);
    tellSettings(worker, { ready, report });
  } catch (error) {
    setContext('traceLedger.state', 'failed');
    report(error);
  }
}

function tellSettings(worker: LedgerWorker, { ready, report }: Pick<Wiring, 'ready' | 'report'>): void {
  ready.fire();
  worker.ledger.chooseProjects(plainSetting('traceLedger.projects')).catch(report);
  void chooseMappings(worker, report);
  worker.ledger.watchSources(liveSettings()).catch(report);
}

interface Listeners {
  readonly log: vscode.LogOutputChannel;
  readonly report: (error: unknown) => void;
  readonly onRestart: () => void;
}

function watchWorker(worker: LedgerWorker, listeners: Listeners): Disposable {
  const { log } = listeners;
  const said = new Set<string>();
  return vscode.Disposable.from(
    worker.log.event(({ level, message }) => log[level](message)),
    worker.notice.event(({ message }) => {
      if (said.has(message)) return;
      said.add(message);
      log.warn(message);
      void vscode.window.showWarningMessage(message);
    }),
    worker.onDidChangeState((state) => tellState(state, listeners)),
  );
}

function tellState(state: WorkerState, { log, report, onRestart }: Listeners): void {
  if (state === 'restarting') {
    report(new UserError(stopped.restarting));
    onRestart();
  }
  if (state !== 'failed') return;
  setContext('traceLedger.state', 'failed');
  void vscode.window.showErrorMessage(stopped.failed, 'Reload Window', 'Show Log').then((choice) => {
    if (choice === 'Show Log') log.show();
    if (choice === 'Reload Window') void vscode.commands.executeCommand('workbench.action.reloadWindow');
  });
}

function questionReader(log: vscode.LogOutputChannel): Services['question'] {
  const zone = zoneReader(log);
  return measured('question', (filter: Filter = {}) => ({
    filter,
    mode: setting('traceLedger.costMode'),
    zone: zone(),
    firstDay: setting('traceLedger.firstDayOfWeek'),
  }));
}

/** The time zone of the settings if it is one, else that of this machine. An unknown name is logged once. */
function zoneReader(log: vscode.LogOutputChannel): () => string {
  // Asked for when first needed: the first look at a time zone costs milliseconds that activation need not wait for.
  let known: string | undefined;
  let zone = '';
  return () => {
    const wanted = setting('traceLedger.timeZone').trim();
    if (wanted === known) return zone;
    known = wanted;
    zone = zoneOf(wanted);
    if (wanted !== '' && zone !== wanted) {
      log.warn(
        `"${wanted}" in the setting traceLedger.timeZone is no time zone; using that of this machine, ${zone}.`,
      );
    }
    return zone;
  };
}

/** As it stands in the setting, if it is one, else that of this machine. */
export const zoneOf = (wanted: string): string => (wanted !== '' && isZone(wanted) ? wanted : machineZone());
const machineZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
