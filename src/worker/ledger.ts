import { billsApi } from './bills';
import { Alerts } from './alerts';
import { Jobs } from './jobs';
import { journalKinds } from './journalKinds/index';
import { Live } from './live';
import { mappingLooks } from './mappingLooks';
import { Mappings } from './mappings';
import { modelPricesApi } from './modelPrices';
import { Notebook } from './notebook';
import { exportFile } from './exportFile';
import { healthApi } from './health';
import { Prices } from './prices/prices';
import { Rereads } from './rereads';
import { Resets } from './resets';
import { Retention } from './retention';
import { StoreWatch } from './storeWatch';
import { explain, whatIf } from './costs';
import { findTraces } from '../discovery/discover';
import { importPaths } from '../ingest/import';
import { Journal } from '../journal/journal';
import { createPriceBook } from '../pricing/prices';
import { Emitter } from '../shared/emitter';
import { loadEngine } from '../sqlite/engine';
import { chooseProjects } from '../store/sessionProjects';
import { sessionAgents } from '../store/queries/agents';
import { calls } from '../store/queries/calls';
import { collapsed } from '../store/queries/collapsed';
import { latency } from '../store/queries/latency';
import { liveStatus } from '../store/queries/liveStatus';
import { panel } from '../store/queries/panel';
import { report } from '../store/queries/report';
import { noteOf, sessionDetail } from '../store/queries/sessionDetail';
import { sessionGroups } from '../store/queries/sessionGroups';
import { findSessions, sessions } from '../store/queries/sessions';
import { sourceGroups, sourcePaths, sources } from '../store/queries/sourceRows';
import { models, status } from '../store/queries/sources';
import { summary } from '../store/queries/summary';
import { Store } from '../store/store';
import { leaveOut } from '../store/watchedFolders';
import type { Costs } from './costs';
import type { HealthParts } from './health';
import type { ImportProgress, Question } from '../shared/model';
import type { HealthApi } from '../shared/healthApi';
import type { LiveApi } from '../shared/liveApi';
import type { LedgerApi, LedgerEvents } from '../shared/protocol';
import type { PricesApi } from '../shared/repricing';
import type { RetentionApi } from '../shared/retentionApi';
import type { Engine } from '../sqlite/engine';

export type LedgerEvent = {
  [K in keyof LedgerEvents]: { readonly name: K; readonly payload: LedgerEvents[K] };
}[keyof LedgerEvents];

export const journalPathOf = (storePath: string): string => `${storePath.replace(/\.db$/, '')}.notes.jsonl`;

/** An open ledger: the store, the journal beside it, and all that can be asked of them. */
export class Ledger {
  private readonly jobs = new Jobs();
  private readonly events = new Emitter<LedgerEvent>();
  private readonly notebook: Notebook;
  private readonly mappings: Mappings;
  private readonly rereads: Rereads;
  private readonly watch: StoreWatch;
  private readonly live: Live;
  private readonly prices: Prices;
  private readonly alerts: Alerts;
  private readonly retention: Retention;
  private readonly resets: Resets;
  private revision = -1;

  readonly onEvent = this.events.event;
  /** All that can be asked: each part answers for itself. */
  readonly api: LedgerApi;

  private constructor(
    private readonly engine: Engine,
    readonly store: Store,
    private readonly path: string,
    private readonly costs: Costs,
  ) {
    this.prices = new Prices({
      ...{ store, book: costs.book, jobs: this.jobs, changed: () => this.tellChanges() },
      told: (job, share) => this.events.fire({ name: 'jobProgress', payload: { job, share } }),
    });
    this.notebook = new Notebook(store, Journal.open(journalPathOf(path), journalKinds));
    this.alerts = new Alerts(store, this.notebook, {
      tell: (alerts) => this.events.fire({ name: 'alerts', payload: { alerts } }),
      log: (message) => this.log('warn', message),
      keepWatch: (on) => void this.live.api.keepWatch(on),
    });
    this.rereads = new Rereads(this.jobs, (job, paths) => this.import(job, paths, true));
    this.mappings = new Mappings(store, engine, (paths) => this.rereads.run(paths));
    this.watch = new StoreWatch(path, () => this.tellChanges());
    this.live = new Live({
      stopped: () => this.rereads.stop(),
      ...{ store, engine, importers: () => this.mappings.importers, isCrowded: () => this.jobs.isBusy },
      committed: () => this.tellChanges(),
      told: () => this.events.fire({ name: 'watching', payload: {} }),
      slept: (isAsleep) => (isAsleep ? this.watch.sleep() : this.watch.start()),
      log: (level, message) => this.log(level, message),
    });
    this.retention = new Retention(
      store,
      (name, work) => this.jobs.run(name, work).finally(() => this.tellChanges()),
      (name, progress) => this.tellProgress(name, progress),
    );
    this.resets = new Resets({
      ...{ store, storePath: path, journalPath: journalPathOf(path) },
      readAgain: (paths) => this.rereads.run(paths),
      readLater: (paths) => this.import('read what came later', paths, false),
      catchUp: () => void this.notebook.catchUp(),
      changed: () => this.tellChanges(),
    });
    this.api = {
      ...this.ownApi,
      ...this.live.api,
      ...this.prices.api,
      ...this.retention.api,
      ...this.resets.api,
      ...healthApi(this.healthParts),
    };
  }

  private get healthParts(): HealthParts {
    const { store, path, jobs, notebook, live } = this;
    return {
      ...{ store, path, jobs, notebook, live, book: this.costs.book },
      labels: () => this.mappings.labels,
      told: (job, share) => this.events.fire({ name: 'jobProgress', payload: { job, share } }),
      changed: () => this.tellChanges(),
    };
  }

  static async open(storePath: string, wasmPath: string): Promise<Ledger> {
    const engine = await loadEngine(wasmPath);
    const book = createPriceBook();
    const store = new Store(engine.openStore(storePath), book);
    const ledger = new Ledger(engine, store, storePath, { store, book });
    ledger.tornLines = ledger.notebook.catchUp();
    return ledger;
  }

  private tornLines: readonly string[] = [];

  private get memoryNotice(): string | undefined {
    const { reason } = this.store.db;
    return reason && `The ledger is kept in memory: ${reason}`;
  }

  private get journalProblems(): readonly string[] {
    return this.tornLines.map((torn) => `A line of the notes journal could not be read: ${torn}`);
  }

  /** What was wrong when it was opened, each as a sentence. */
  get openingProblems(): readonly string[] {
    return [...(this.memoryNotice ? [this.memoryNotice] : []), ...this.journalProblems];
  }

  /** Starts to tell of commits, its own and those of other windows, and says what was wrong at the start. */
  start(): void {
    if (this.memoryNotice) this.notice(this.memoryNotice);
    for (const problem of this.journalProblems) this.log('warn', problem);
    this.watch.start();
    this.tellChanges();
  }

  close(): void {
    this.live.close();
    this.watch.dispose();
    this.alerts.dispose();
    this.events.dispose();
    this.resets.close();
    this.store.close();
  }

  private readonly ownApi: Omit<
    LedgerApi,
    keyof LiveApi | keyof PricesApi | keyof RetentionApi | keyof HealthApi
  > = {
    ...billsApi({ store: () => this.store, jobs: this.jobs, tellChanges: () => this.tellChanges() }),
    status: async () => status(this.store, this.path),
    importPaths: (job, paths, options) => this.import(job, paths, options.force ?? false),
    exportTo: (name, request) =>
      this.jobs.run(name, async (job) => {
        this.store.prepareZone(request.question.zone);
        const told = (rows: number): void =>
          this.events.fire({ name: 'exportProgress', payload: { job: name, rows } });
        return { rows: await exportFile(this.store, request, told, job) };
      }),
    findTraces: (name, workspaceFolders) =>
      this.jobs.run(name, (job) => findTraces({ workspaceFolders, pause: () => job.pause() })),
    cancel: async (job) => this.jobs.cancel(job),
    chooseMappings: async (mappings) => {
      const problems = await this.mappings.choose(mappings);
      this.tellChanges();
      return problems;
    },
    ...mappingLooks({
      ...{ mappings: () => this.mappings, jobs: this.jobs },
      told: (job, progress) => this.tellProgress(job, progress),
    }),
    sources: async (of) =>
      sources(this.store, this.mappings.labels, of).map((row) => {
        const watch = this.live.stateOf(row.path);
        return watch ? { ...row, watch } : row;
      }),
    sourceGroups: async () => sourceGroups(this.store, this.mappings.labels),
    sourcePaths: async () => sourcePaths(this.store),
    removeSource: async (path) => {
      const others = this.store.write(() => {
        const rest = this.store.removeSource(path);
        leaveOut(this.store.db, path);
        return rest;
      });
      if (others.length > 0) await this.rereads.run(others);
      this.tellChanges();
    },
    sessionGroups: async (question) => sessionGroups(this.store, this.prepared(question)),
    sessions: async (question, group, page) => sessions(this.store, this.prepared(question), group, page),
    calls: async (session, mode, page) => calls(this.store, session, mode, page),
    agents: async (session, mode) => sessionAgents(this.store, session, mode),
    collapsed: async (mode) =>
      collapsed(this.store, mode).map((row) => ({
        ...row,
        importer: this.labelOf(row.importer),
        counted: this.labelOf(row.counted),
      })),
    chooseProjects: async (rules) => {
      this.store.write(() => chooseProjects(this.store.db, rules));
      this.tellChanges();
    },
    session: async (key, mode, idleTimeoutMs) => sessionDetail(this.store, key, mode, idleTimeoutMs),
    findSessions: async (text, mode, limit) => findSessions(this.store, text, mode, limit),
    explain: (name, subject, mode) => this.jobs.run(name, (job) => explain(this.costs, subject, mode, job)),
    whatIf: (name, subject, mode) => this.jobs.run(name, (job) => whatIf(this.costs, subject, mode, job)),
    report: async (question, groupBy) => report(this.store, this.prepared(question), groupBy),
    panel: async (question, interval) => panel(this.store, this.prepared(question), interval),
    latency: async (question, by) => latency(this.store, this.prepared(question), by),
    summary: async (span, question) => summary(this.store, span, this.prepared(question)),
    liveStatus: async (ask) => {
      const [budget] = this.alerts.budgets();
      const figures = liveStatus(this.store, { ...ask, question: this.prepared(ask.question) });
      return budget ? { ...figures, budget } : figures;
    },
    budgets: async () => this.alerts.budgets(),
    alertLog: async (limit) => this.alerts.log(limit),
    chooseAlerts: async (choice) => this.alerts.choose(choice),
    snoozedUntil: async () => this.alerts.snoozedUntil(),
    snoozeAlerts: async (until) => {
      this.alerts.snooze(until);
      this.tellChanges();
    },
    setExcluded: async (what, key, excluded) => {
      this.notebook.setExcluded(what, key, excluded);
      this.tellChanges();
    },
    models: async () => models(this.store),
    ...modelPricesApi(() => ({
      ...{ costs: this.costs, notebook: this.notebook },
      changed: () => this.tellChanges(),
    })),
    note: async (session) => this.store.db.read(() => noteOf(this.store, session)),
    appendToNote: async (session, paragraph) => {
      const note = this.notebook.append(session, paragraph);
      this.tellChanges();
      return note;
    },
    saveNote: async (session, text) => {
      const note = this.notebook.save(session, text);
      this.tellChanges();
      return note;
    },
  };

  private prepared(question: Question): Question {
    if (this.store.prepareZone(question.zone))
      this.notice(
        `Old calls are kept as sums of days, which were not made for the days of ${question.zone}: up to a day's calls of a session may be counted on the day before.`,
      );
    return question;
  }

  private import(
    name: string,
    paths: readonly string[],
    force: boolean,
  ): ReturnType<LedgerApi['importPaths']> {
    return this.jobs.run(name, (job) =>
      importPaths(this.store, this.engine, {
        paths,
        force,
        importers: this.mappings.importers,
        pause: () => job.pause(),
        told: (progress) => this.tellProgress(name, progress),
        log: (message) => this.log('error', message),
      }),
    );
  }

  private labelOf(importer: string): string {
    return this.mappings.labels.get(importer) ?? importer;
  }

  private tellProgress(job: string, progress: ImportProgress): void {
    this.events.fire({ name: 'importProgress', payload: { job, progress } });
  }

  private tellChanges(): void {
    const revision = this.store.db.changeCounter();
    if (revision === this.revision) return;
    this.revision = revision;
    this.prices.refresh();
    this.events.fire({ name: 'changed', payload: { revision } });
    this.live.storeChanged();
    this.alerts.changed();
  }

  private notice(message: string): void {
    this.events.fire({ name: 'notice', payload: { message } });
  }

  private log(level: LedgerEvents['log']['level'], message: string): void {
    this.events.fire({ name: 'log', payload: { level, message } });
  }
}
