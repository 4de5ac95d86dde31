import assert from 'node:assert/strict';
import { testEngine } from './engine';
import { assertRollupsMatchCalls } from './rollups';
import { all, globalIds, importInto } from './store';
import { noon } from './facts';
import { parseUserPrices } from '../../src/pricing/parseUserPrices';
import { createPriceBook } from '../../src/pricing/prices';
import { report } from '../../src/store/queries/report';
import { PriceChanges } from '../../src/store/queries/priceDifference';
import { firstPriceStep } from '../../src/store/repriced';
import { Store } from '../../src/store/store';
import type { CallFact } from '../../src/shared/facts';
import type { CostMode } from '../../src/shared/model';
import type { PriceDifference } from '../../src/shared/repricing';

const day = 86_400_000;

/** By list a call of `call()` costs 2,500,000 nano-dollars, 1,000 tokens at 2.50 dollars a million. */
export const listed = 2_500_000;
/** A price of the user's own for its model; output costs four times the input. */
export const priced = (input: number, more: object = {}) => ({
  model: 'gpt-4o',
  prices: { input, output: 4 * input },
  ...more,
});

/** Tables in which something depends on a price. */
const tables = [
  ...['call', 'compacted', 'usage_slot', 'usage_session', 'usage_day', 'usage_detail'],
  ...['repriced', 'repriced_sum'],
];

/** A store whose prices change: what is done to all of it at once. */
export async function openPricedStore() {
  const book = createPriceBook();
  const store = new Store((await testEngine()).openMemory(), book);
  const total = (mode: CostMode = 'computed') => report(store, { ...all, mode }, null).total;
  const rowsOf = (table: string) =>
    store.db
      .rows(`SELECT * FROM ${table}`)
      .map((row) => JSON.stringify(row))
      .sort();
  return {
    ...{ store, book, total, rowsOf },
    cost: () => total().cost,
    /** How many rows sums have. */
    sums: () => rowsOf('compacted').length,
    contents: () => tables.map(rowsOf),
    put: (path: string, ...calls: CallFact[]) => importInto(store, path, globalIds, { calls }),
    compact: (before = noon + day) => {
      for (let step = store.compact(before); step; step = store.compact(before, step));
    },
    joinDays: (before = noon + 9 * day) => {
      while (store.compactDays(before));
    },
    /** Prices of the user's own are these from now on, for calls to come. */
    choose: (...entries: object[]) => {
      const { prices, problems } = parseUserPrices(entries);
      assert.deepEqual(problems, []);
      book.choose({ own: prices });
    },
    changesIn: (mode: CostMode = 'computed'): PriceDifference => {
      const changes = new PriceChanges(store, book, { mode, zone: 'UTC' });
      for (let step = changes.look({}, firstPriceStep); step; step = changes.look({}, step));
      return changes.result();
    },
    apply: () => {
      for (let step = store.reprice({}); step; step = store.reprice({}, step));
    },
    takeBack: () => {
      for (let step = store.takeBackPrices(); step; step = store.takeBackPrices(step));
    },
  };
}

/** Opens one before each test of a suite, and looks afterwards whether its rollups are those of its calls. */
export function withPricedStores(opened: (ledger: PricedStore) => void): void {
  let ledger: PricedStore;
  beforeEach(async () => {
    ledger = await openPricedStore();
    opened(ledger);
  });
  afterEach(() => {
    assertRollupsMatchCalls(ledger.store, false);
    ledger.store.close();
  });
}

export type PricedStore = Awaited<ReturnType<typeof openPricedStore>>;
