import { setImmediate as turn } from 'node:timers/promises';
import { contributes } from '../../package.json';
import { setsByImporter } from '../pricing/priceSets';
import { readSetting, writeSetting } from '../store/settings';
import type { ChosenSets } from '../pricing/priceSets';
import type { PriceBook } from '../pricing/prices';
import type { Store } from '../store/store';

const settingName = 'price sets';

/** As package.json has it, for where there are no settings. */
const defaults: ChosenSets = Object.fromEntries(
  Object.entries(contributes.configuration.properties).flatMap(([name, { default: value }]) => {
    const importer = /^traceLedger\.priceSet\.(.+)$/.exec(name)?.[1];
    return importer === undefined || typeof value !== 'string' ? [] : [[importer, value]];
  }),
);

/** Which price set holds for the calls of which importer. What a store was priced with stands in it. */
export class PriceSets {
  private turns = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly book: PriceBook,
  ) {
    book.choose(this.chosen);
  }

  /** Calls that were priced otherwise are priced anew, so that two windows that choose at once end alike. */
  choose(sets: ChosenSets): Promise<void> {
    const chosen = this.turns.then(() => this.apply({ ...defaults, ...sets }));
    this.turns = chosen.catch(() => undefined);
    return chosen;
  }

  private get chosen(): ChosenSets {
    const stored = this.store.db.read(() => readSetting(this.store.db, settingName));
    return typeof stored === 'string' ? (JSON.parse(stored) as ChosenSets) : defaults;
  }

  private async apply(sets: ChosenSets): Promise<void> {
    const before = this.chosen;
    this.book.choose(sets);
    const changed = Object.keys(setsByImporter).filter((importer) => sets[importer] !== before[importer]);
    for (const importer of changed) {
      let next: number | undefined = 0;
      while (next !== undefined) {
        next = this.store.reprice(importer, next);
        await turn();
      }
    }
    if (changed.length > 0)
      this.store.write(() => writeSetting(this.store.db, settingName, JSON.stringify(sets)));
  }
}
