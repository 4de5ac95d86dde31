import { budgetState } from './noticeBudgets';
import { noticeAlerts } from './noticeAlerts';
import { shareOf } from '../budgets/alertText';
import { limitIds } from '../budgets/limits';
import { freshMs, isSnoozed, quietMs, snoozedReason } from '../budgets/told';
import { messageOf } from '../shared/errors';
import {
  alertIn,
  alertLog,
  lastToldAt,
  noteAlert,
  silence,
  snoozedUntil,
  toldAt,
  waitingAlerts,
} from '../store/alerts';
import { lastCall } from '../store/queries/spending';
import { readSetting, writeSetting } from '../store/settings';
import type { Look } from './looking';
import type { Notebook } from './notebook';
import type { Alert, AlertChoice, AlertRow, BudgetState } from '../shared/alerts';
import type { Millis } from '../shared/model';
import type { AlertRecord } from '../store/alerts';
import type { Store } from '../store/store';

const settingName = 'alerts';
/** A look, at most so often, and so long after a change. */
const [gapMs, calmMs] = [1_000, 200];
/** The longest pause after a look that failed. */
const longestPauseMs = 5_000;

/** What holds in the store, for every window: the limits, and since when each of them does. */
type Kept = Pick<Look, 'choice' | 'since'>;

interface Surroundings {
  readonly tell: (alerts: readonly Alert[]) => void;
  readonly log: (message: string) => void;
  /** Whether any limit is on: then sources are looked at in sleep, too. */
  readonly keepWatch: (on: boolean) => void;
  readonly now?: () => Millis;
}

/**
 * Looks for limits that were reached, and tells of each once: whichever window finds it first writes it into the journal
 * under the store's lock, and that window tells.
 */
export class Alerts {
  private after: number;
  private timer: NodeJS.Timeout | undefined;
  private lookedAt = 0;
  private isWatching = false;
  /** What this window chose last. */
  private chosen: AlertChoice | undefined;
  private isKept = false;
  /** Written into the journal by this window, which then failed to say so in the store. */
  private unsure: readonly AlertRecord[] = [];
  private failures = 0;
  private failure = '';
  private readonly now: () => Millis;

  constructor(
    private readonly store: Store,
    private readonly notebook: Notebook,
    private readonly around: Surroundings,
  ) {
    this.now = around.now ?? Date.now;
    this.after = store.db.read(() => lastCall(store));
  }

  /** These limits hold from now on; one that held before is not switched on anew. */
  choose(choice: AlertChoice): void {
    this.chosen = choice;
    this.isKept = false;
    this.isWatching = true;
    this.around.keepWatch(limitIds(choice.limits).length > 0);
    // Looks in any case, and then tries again if the store does not answer now.
    this.changed();
    this.keepChosen();
  }

  /** The one that is used up most first. */
  budgets(): readonly BudgetState[] {
    const kept = this.store.db.read(() => this.kept());
    if (!kept) return [];
    this.store.prepareZone(kept.choice.zone);
    return this.store.db.read(() =>
      kept.choice.limits.budgets
        .map((budget) => budgetState(this.store, kept.choice, budget, this.now()))
        .sort((a, b) => shareOf(b) - shareOf(a)),
    );
  }

  /** Newest first. */
  readonly log = (limit: number): readonly AlertRow[] =>
    this.store.db.read(() => alertLog(this.store.db, limit));

  readonly snooze = (until: Millis): void =>
    this.notebook.add(() => [{ kind: 'snooze', at: this.now(), until } as const]);

  snoozedUntil(): Millis | undefined {
    const until = this.store.db.read(() => snoozedUntil(this.store.db));
    return isSnoozed(this.now(), until) ? until : undefined;
  }

  /** The store changed, here or in another window. */
  changed(): void {
    if (this.isWatching) this.lookIn(Math.max(calmMs, this.lookedAt + gapMs - this.now()));
  }

  /** Notices, and tells what is due. */
  look(): void {
    this.tellUnsure();
    const kept = (this.isKept && this.store.db.read(() => this.kept())) || this.keepChosen();
    if (!kept) return;
    this.store.prepareZone(kept.choice.zone);
    const look: Look = { ...kept, now: (this.lookedAt = this.now()), after: this.after };
    const seen = this.store.db.read(() => this.see(look));
    if (seen.hasNew || seen.isDue) this.tell(look);
    this.after = seen.last;
    if (seen.isWaiting) this.lookIn(gapMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.isWatching = false;
  }

  private lookIn(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      try {
        this.look();
        this.failures = 0;
        this.failure = '';
      } catch (error) {
        this.lookAfter(error);
      }
    }, ms);
  }

  /** Whatever it was may pass, such as a store that another window has locked; the log says it once. */
  private lookAfter(error: unknown): void {
    const message = messageOf(error);
    if (message !== this.failure)
      this.around.log(error instanceof Error ? (error.stack ?? message) : message);
    this.failure = message;
    this.lookIn(Math.min(longestPauseMs, gapMs * 2 ** this.failures++));
  }

  private see(look: Look) {
    const { db } = this.store;
    const waiting = waitingAlerts(db);
    return {
      last: lastCall(this.store),
      hasNew: noticeAlerts(this.store, look).length > 0,
      isWaiting: waiting.length > 0,
      isDue: waiting.length > 0 && look.now - lastToldAt(db) >= quietMs,
    };
  }

  private tell(look: Look): void {
    let told: readonly AlertRecord[] = [];
    try {
      this.notebook.add(() => {
        const { db } = this.store;
        // Another window may have been first.
        for (const { why, ...alert } of noticeAlerts(this.store, look)) noteAlert(db, alert, look.now, why);
        return (told = this.due(look.now));
      });
    } catch (error) {
      this.unsure = told;
      throw error;
    }
    if (told.length > 0) this.around.tell(told.map(alertIn));
    else if (this.store.db.read(() => waitingAlerts(this.store.db)).length > 0) this.lookIn(gapMs);
  }

  /** Those that the journal has as this window wrote them, though the store did not take them in at once. */
  private tellUnsure(): void {
    if (this.unsure.length === 0) return;
    this.notebook.catchUp();
    const written = this.store.db.read(() =>
      this.unsure.filter(({ crossing, at }) => toldAt(this.store.db, crossing) === at),
    );
    this.unsure = [];
    if (written.length > 0) this.around.tell(written.map(alertIn));
  }

  /** Inside a write: all that waits, unless somebody was told of something a moment ago. */
  private due(now: Millis): readonly AlertRecord[] {
    const { db } = this.store;
    const waiting = waitingAlerts(db);
    const reason = isSnoozed(now, snoozedUntil(db)) ? snoozedReason : undefined;
    const late = waiting.filter(({ callAt }) => reason !== undefined || now - callAt > freshMs + quietMs);
    for (const { crossing } of late) silence(db, crossing, reason ?? 'no window was open to tell it in time');
    if (now - lastToldAt(db) < quietMs) return [];
    return waiting
      .filter((alert) => !late.includes(alert))
      .map((alert) => ({ kind: 'alert', at: now, ...alert }));
  }

  /**
   * What this window chose holds in the store. If it was there already, the store was emptied since, in whatever window: then
   * it holds from now on, unless another window was first.
   */
  private keepChosen(): Kept | undefined {
    const { chosen, isKept } = this;
    if (!chosen) return undefined;
    const kept = this.store.write(() => (isKept && this.kept()) || this.keep(chosen));
    this.isKept = true;
    return kept;
  }

  /** Inside a write. */
  private keep(choice: AlertChoice): Kept {
    const [before, now] = [this.kept()?.since ?? {}, this.now()];
    const since = Object.fromEntries(limitIds(choice.limits).map((id) => [id, before[id] ?? now]));
    const json = JSON.stringify({ choice, since } satisfies Kept);
    if (json !== readSetting(this.store.db, settingName)) writeSetting(this.store.db, settingName, json);
    return { choice, since };
  }

  private kept(): Kept | undefined {
    const json = readSetting(this.store.db, settingName);
    return json === undefined ? undefined : (JSON.parse(json as string) as Kept);
  }
}
