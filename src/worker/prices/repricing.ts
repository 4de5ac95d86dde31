import { readRules, writeRules } from './priceRules';
import { isOwnerAlive, thisOwner } from '../../sqlite/owner';
import { UserError } from '../../shared/errors';
import { firstPriceStep, forgetPrices, hasRepriced } from '../../store/repriced';
import { deleteSetting, readSetting, writeSetting } from '../../store/settings';
import type { StoredRules } from './priceRules';
import type { Job } from '../jobs';
import type { PriceStep, RepriceScope } from '../../store/repriced';
import type { Store } from '../../store/store';

/** Which thread prices calls anew, or takes that back, right now. */
const underWay = 'repricing';
/** What the last repricing did, as long as it can be taken back. */
const lastOne = 'last repricing';

interface LastRepricing {
  readonly at: number;
  readonly calls: number;
  /** What was in force before it. */
  readonly rules: StoredRules;
}

/** A job and what is told of how far it has come: where it goes on; undefined when all is done. */
export interface Told {
  readonly job: Job;
  readonly told: (next: PriceStep | undefined) => void;
}

/**
 * Prices known calls anew, those that are kept as sums too, or takes that back, a step at a time, one window at a time.
 * Whole or not at all: what was cut short by a cancellation or a crash is put right, so that calls and the rules in the
 * store always fit together.
 */
export class Repricing {
  private readonly owner = thisOwner();

  constructor(private readonly store: Store) {}

  /** Puts right what a window that is gone left half done. */
  recover(): void {
    const owner = this.store.db.read(() => readSetting(this.store.db, underWay));
    if (owner !== undefined && !isOwnerAlive(String(owner))) this.takeBackAll();
  }

  /** `calls` are those whose price changes. The rules are in force once it has ended well. */
  async run({ job, told }: Told, which: RepriceScope, calls: number, rules: StoredRules): Promise<void> {
    this.begin();
    try {
      for (let next: PriceStep | undefined = firstPriceStep; next;) {
        next = this.store.reprice(which, next);
        told(next);
        await job.pause();
      }
    } catch (error) {
      this.takeBackAll();
      throw error;
    }
    this.store.write(() => {
      const last: LastRepricing = { at: Date.now(), calls, rules: readRules(this.store.db) };
      writeSetting(this.store.db, lastOne, JSON.stringify(last));
      writeRules(this.store.db, rules);
      deleteSetting(this.store.db, underWay);
    });
  }

  /** Undefined when nothing can be taken back. */
  get last(): LastRepricing | undefined {
    return this.store.db.read(() => (hasRepriced(this.store.db) ? this.readLast() : undefined));
  }

  /** Takes the last one back. Once begun it is not stopped: half-way there is nothing to keep. */
  async takeBack(told: Told['told']): Promise<void> {
    this.claim();
    for (let next: PriceStep | undefined = firstPriceStep; next;) {
      next = this.store.takeBackPrices(next);
      told(next);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.end();
  }

  private readLast(): LastRepricing | undefined {
    const stored = readSetting(this.store.db, lastOne);
    return typeof stored === 'string' ? (JSON.parse(stored) as LastRepricing) : undefined;
  }

  private begin(): void {
    this.store.write(() => {
      this.claim();
      forgetPrices(this.store.db);
      deleteSetting(this.store.db, lastOne);
    });
  }

  private claim(): void {
    this.store.write(() => {
      const owner = readSetting(this.store.db, underWay);
      if (owner !== undefined && isOwnerAlive(String(owner)))
        throw new UserError('Prices are being changed already; try again when that is done.');
      writeSetting(this.store.db, underWay, this.owner);
    });
  }

  private takeBackAll(): void {
    for (let next: PriceStep | undefined = firstPriceStep; next;) next = this.store.takeBackPrices(next);
    this.end();
  }

  /** Calls have their former prices: so the former rules hold. A repricing that was cut short has changed none. */
  private end(): void {
    this.store.write(() => {
      const last = this.readLast();
      if (last) writeRules(this.store.db, last.rules);
      deleteSetting(this.store.db, lastOne);
      deleteSetting(this.store.db, underWay);
    });
  }
}
