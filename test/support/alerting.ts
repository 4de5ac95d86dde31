import { call } from './facts';
import { globalIds, importInto } from './store';
import { parseLimits } from '../../src/budgets/limits';
import { Journal } from '../../src/journal/journal';
import { Alerts } from '../../src/worker/alerts';
import { journalKinds } from '../../src/worker/journalKinds/index';
import { Notebook } from '../../src/worker/notebook';
import type { WrittenLimits } from '../../src/budgets/limits';
import type { Alert } from '../../src/shared/alerts';
import type { CallFact, ImportBatch } from '../../src/shared/facts';
import type { Millis } from '../../src/shared/model';
import type { Store } from '../../src/store/store';

export const minute = 60_000;
const none: WrittenLimits = { warning: 0, alert: 0, call: 0, burnRate: 0, budgets: [] };
let files = 0;

/** Alerts of one window on a store, by a clock that stands until it is set. */
export class Alerting {
  readonly told: (readonly Alert[])[] = [];
  readonly logged: string[] = [];
  readonly notebook: Notebook;
  readonly alerts: Alerts;

  constructor(
    readonly store: Store,
    journalPath: string,
    public now: Millis,
  ) {
    this.notebook = new Notebook(store, Journal.open(journalPath, journalKinds));
    this.notebook.catchUp();
    this.alerts = new Alerts(store, this.notebook, {
      tell: (some) => this.told.push(some),
      log: (message) => this.logged.push(message),
      keepWatch: () => undefined,
      now: () => this.now,
    });
  }

  /** These limits and no other. */
  choose(limits: Partial<WrittenLimits>, zone = 'UTC'): void {
    const { limits: parsed } = parseLimits({ ...none, ...limits });
    this.alerts.choose({ limits: parsed, mode: 'auto', zone, firstDay: 'monday' });
  }

  /** A call with an exact recorded cost; now, if no time is named. */
  cost(usd: number, fields: Partial<CallFact> = {}): CallFact {
    return call({ at: this.now, recorded: Math.round(usd * 1e9), recordedExact: true, ...fields });
  }

  take(calls: readonly CallFact[], batch: ImportBatch = {}): void {
    importInto(this.store, `/alerting-${++files}.jsonl`, globalIds, { ...batch, calls });
  }

  /** Takes calls in and looks. */
  comeIn(...calls: readonly CallFact[]): void {
    this.take(calls);
    this.alerts.look();
  }

  /** Every notification: what was told in it. */
  get said(): string[][] {
    return this.told.map((some) =>
      some.map(({ rule, level, label, share }) =>
        share === undefined ? `${rule} ${level}` : `${label} ${share}`,
      ),
    );
  }
}
