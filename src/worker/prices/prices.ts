import { randomUUID } from 'node:crypto';
import { changedScope } from './priceScope';
import { compileRules, readRules, withFile, writeRules } from './priceRules';
import { Repricing } from './repricing';
import { createPriceBook, listedVersion } from '../../pricing/prices';
import { UserError } from '../../shared/errors';
import { modeDifference, PriceChanges } from '../../store/queries/priceDifference';
import { firstPriceStep } from '../../store/repriced';
import { deleteSetting, readSetting, writeSetting } from '../../store/settings';
import type { StoredRules } from './priceRules';
import type { Told } from './repricing';
import type { Jobs } from '../jobs';
import type { ChosenRules, PriceBook } from '../../pricing/prices';
import type {
  PriceAnswer,
  PriceDifference,
  PriceProposal,
  PriceRules,
  PricesApi,
  PriceView,
  ProposalReason,
} from '../../shared/repricing';
import type { PriceStep, RepriceScope } from '../../store/repriced';
import type { Store } from '../../store/store';

/** The listed prices that known calls were compared with: nothing of older ones is proposed again. */
const seenList = 'listed prices seen';
/** Rules that were taken back while the settings still have them: they are not proposed until they change. */
const declined = 'price rules declined';

interface Waiting extends PriceProposal {
  readonly rules: StoredRules;
  readonly scope: RepriceScope;
}

/** What prices is built from. */
export interface PricesParts {
  readonly store: Store;
  /** That by which new calls are priced. */
  readonly book: PriceBook;
  readonly jobs: Jobs;
  readonly told: (job: string, share: number) => void;
  /** The store may have changed. */
  readonly changed: () => void;
}

/**
 * Which prices hold. What a store was priced with stands in it, for every window and the command line. Other prices that
 * would change what known calls cost wait for the user's word; those that change nothing hold at once.
 */
export class Prices {
  private readonly repricing: Repricing;
  private turns: Promise<unknown> = Promise.resolve();
  private waiting: Waiting | undefined;
  private inForce = '';

  constructor(private readonly parts: PricesParts) {
    this.repricing = new Repricing(parts.store);
    this.repricing.recover();
    this.refresh();
  }

  /** Another window may have chosen: from now on what the store says holds here, too. */
  refresh(): void {
    const rules = this.read(() => readRules(this.parts.store.db));
    const text = JSON.stringify(rules);
    if (text === this.inForce) return;
    this.parts.book.choose(compileRules(rules).chosen);
    this.inForce = text;
    this.waiting = undefined;
  }

  readonly api: PricesApi = {
    proposePrices: (job, rules, view) => this.inTurn(() => this.propose(job, rules, view)),
    reviewPrices: (job, view) => this.inTurn(() => this.review(job, view)),
    proposedPrices: async () => this.waiting && proposalOf(this.waiting),
    applyPrices: (job, id, known) => this.inTurn(() => this.apply(job, id, known)),
    lastRepricing: async () => {
      const { last } = this.repricing;
      return last && { at: last.at, calls: last.calls };
    },
    undoPrices: (job) => this.inTurn(() => this.undo(job)),
    modeDifference: async (_job, from, mode) => {
      this.parts.store.prepareZone(from.zone);
      return modeDifference(this.parts.store, from, mode);
    },
  };

  private async propose(job: string, wanted: PriceRules, view: PriceView): Promise<PriceAnswer> {
    this.waiting = undefined;
    const rules = await withFile(wanted);
    if (typeof rules === 'string') return { problems: [rules] };
    const { chosen, problems } = compileRules(rules);
    if (problems.length > 0) return { problems };
    const { store } = this.parts;
    const [before, seen, refused] = this.read(() => [
      readRules(store.db),
      readSetting(store.db, seenList),
      readSetting(store.db, declined),
    ]);
    if (JSON.stringify(rules) === refused) return { problems: [] };
    if (refused !== undefined) store.write(() => deleteSetting(store.db, declined));
    const isNewList = seen !== listedVersion;
    const scope = isNewList
      ? {}
      : this.read(() => changedScope(store.db, compileRules(before).chosen, chosen));
    const difference = scope && (await this.differenceOf(job, scope, chosen, view));
    if (!difference || difference.calls === 0) {
      this.adopt(rules);
      return { problems: [] };
    }
    const why = isNewList && JSON.stringify(before) === JSON.stringify(rules) ? 'update' : 'rules';
    return this.wait({ why, difference, rules, scope });
  }

  private async review(job: string, view: PriceView): Promise<PriceAnswer> {
    const rules = this.read(() => readRules(this.parts.store.db));
    const difference = await this.differenceOf(job, {}, compileRules(rules).chosen, view);
    if (difference.calls > 0) return this.wait({ why: 'review', difference, rules, scope: {} });
    this.waiting = undefined;
    return { problems: [] };
  }

  private wait(proposal: {
    readonly why: ProposalReason;
    readonly difference: PriceDifference;
    readonly rules: StoredRules;
    readonly scope: RepriceScope;
  }): PriceAnswer {
    this.waiting = { id: randomUUID(), ...proposal };
    return { problems: [], proposal: proposalOf(this.waiting) };
  }

  private async apply(name: string, id: string, known: boolean): Promise<void> {
    const { waiting } = this;
    if (waiting?.id !== id)
      throw new UserError('These prices have changed since they were shown; review them again.');
    if (!known) this.adopt(waiting.rules);
    else await this.reprice(name, waiting);
    this.waiting = undefined;
    this.parts.changed();
  }

  private async reprice(name: string, { rules, scope, difference }: Waiting): Promise<void> {
    const { book } = this.parts;
    book.choose(compileRules(rules).chosen);
    try {
      await this.asJob(name, (told) => this.repricing.run(told, scope, difference.calls, rules));
      this.adopt(rules);
    } catch (error) {
      book.choose(compileRules(this.read(() => readRules(this.parts.store.db))).chosen);
      throw error;
    }
  }

  private async undo(name: string): Promise<PriceRules | undefined> {
    if (!this.repricing.last) return undefined;
    const { store } = this.parts;
    const now = this.read(() => readRules(store.db));
    await this.asJob(name, ({ told }) => this.repricing.takeBack(told));
    // Whoever still has them in the settings is not asked about them again.
    store.write(() => writeSetting(store.db, declined, JSON.stringify(now)));
    this.refresh();
    this.parts.changed();
    return this.read(() => readRules(store.db));
  }

  /** These hold from now on, for calls to come. */
  private adopt(rules: StoredRules): void {
    const { store } = this.parts;
    const isKnown = this.read(
      () =>
        readSetting(store.db, seenList) === listedVersion &&
        JSON.stringify(readRules(store.db)) === JSON.stringify(rules),
    );
    if (!isKnown)
      store.write(() => {
        writeRules(store.db, rules);
        writeSetting(store.db, seenList, listedVersion);
      });
    this.refresh();
  }

  private differenceOf(
    name: string,
    scope: RepriceScope,
    chosen: ChosenRules,
    view: PriceView,
  ): Promise<PriceDifference> {
    const book = createPriceBook();
    book.choose(chosen);
    const changes = new PriceChanges(this.parts.store, book, view);
    return this.asJob(name, async ({ job, told }) => {
      for (let next: PriceStep | undefined = firstPriceStep; next;) {
        next = changes.look(scope, next);
        told(next);
        await job.pause();
      }
      return changes.result();
    });
  }

  private asJob<T>(name: string, work: (told: Told) => Promise<T>): Promise<T> {
    const [[calls, sessions]] = this.read(() =>
      this.parts.store.db.rows('SELECT (SELECT max(id) FROM call), (SELECT max(session) FROM compacted)'),
    ) as [[number | null, number | null]];
    const told: Told['told'] = (next) => this.parts.told(name, shareDone(next, calls ?? 0, sessions ?? 0));
    return this.parts.jobs.run(name, (job) => work({ job, told }));
  }

  private read<T>(work: () => T): T {
    return this.parts.store.db.read(work);
  }

  /** Several windows' worth of settings may come at once: one after the other. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turns.then(work);
    this.turns = done.catch(() => undefined);
    return done;
  }
}

/** Of the ids of calls and of sessions with sums. */
const shareDone = (next: PriceStep | undefined, calls: number, sessions: number): number =>
  next ? (next.of === 'calls' ? next.after : calls + next.after) / Math.max(1, calls + sessions) : 1;

const proposalOf = ({ id, why, difference }: Waiting): PriceProposal => ({ id, why, difference });
