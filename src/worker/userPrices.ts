import { setImmediate as turn } from 'node:timers/promises';
import { parseUserPrices } from '../pricing/parseUserPrices';
import { ownPrices, versionOf } from '../pricing/userPrices';
import { readSetting, writeSetting } from '../store/settings';
import type { PriceBook } from '../pricing/prices';
import type { FittingPrice, UserPrice } from '../pricing/userPrices';
import type { Store } from '../store/store';

const settingName = 'user prices';

/** The user's own prices. What a store was priced with stands in it, and holds for the command line, too. */
export class UserPrices {
  private turns: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly book: PriceBook,
  ) {
    book.setOwn(this.chosen);
  }

  /**
   * From now on these hold, and calls of models whose price they change are priced anew. If anything is wrong with them,
   * what held before does. @returns what is wrong, a sentence each.
   */
  choose(value: unknown): Promise<readonly string[]> {
    const done = this.turns.then(() => this.apply(value));
    this.turns = done.catch(() => undefined);
    return done;
  }

  private get chosen(): readonly UserPrice[] {
    const stored = this.store.db.read(() => readSetting(this.store.db, settingName));
    return typeof stored === 'string' ? parseUserPrices(JSON.parse(stored)).prices : [];
  }

  private async apply(value: unknown): Promise<readonly string[]> {
    const { prices, problems } = parseUserPrices(value);
    if (problems.length > 0) return problems;
    const before = this.chosen;
    this.book.setOwn(prices);
    if (versionOf(before) === versionOf(prices)) return [];
    const models = this.changedModels(before, prices);
    if (models.length > 0) for (const importer of this.importers()) await this.reprice(importer, models);
    // Last, so that what was cut short is done again.
    this.store.write(() => writeSetting(this.store.db, settingName, JSON.stringify(value)));
    return [];
  }

  /** A step at a time: others have their turn in between. */
  private async reprice(importer: string, models: readonly number[]): Promise<void> {
    let next: number | undefined = 0;
    while (next !== undefined) {
      next = this.store.reprice(importer, next, models);
      await turn();
    }
  }

  private changedModels(before: readonly UserPrice[], after: readonly UserPrice[]): readonly number[] {
    const [old, fresh] = [ownPrices(before), ownPrices(after)];
    return this.store.db
      .read(() => this.store.db.rows('SELECT id, provider, name FROM model'))
      .filter(([, provider, name]) => {
        const place = [(provider as string) || undefined, name as string] as const;
        return !areSame(old(...place), fresh(...place));
      })
      .map(([id]) => id as number);
  }

  private importers(): readonly string[] {
    const rows = this.store.db.read(() => this.store.db.rows('SELECT DISTINCT importer FROM scope'));
    return rows.map(([importer]) => importer as string);
  }
}

const areSame = (a: readonly FittingPrice[], b: readonly FittingPrice[]): boolean =>
  a.length === b.length && a.every(({ text, until }, i) => text === b[i]!.text && until === b[i]!.until);
