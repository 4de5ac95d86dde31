import assert from 'node:assert/strict';
import { call } from '../../support/facts';
import { naiveTotals, published } from '../../support/naiveLedger';
import { listed, priced, withPricedStores } from '../../support/pricedStore';
import { random, World } from '../../support/randomWorld';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { seeds } from '../../support/seeds';
import { all } from '../../support/store';
import { readSetting, writeSetting } from '../../../src/store/settings';
import { report } from '../../../src/store/queries/report';
import { Repricing } from '../../../src/worker/prices/repricing';
import { defaultRules } from '../../../src/worker/prices/priceRules';
import type { NaiveCall, NaivePrices, NaiveRow } from '../../support/naiveLedger';
import type { PricedStore } from '../../support/pricedStore';
import type { CostMode } from '../../../src/shared/model';

const modes: readonly CostMode[] = ['auto', 'recorded', 'computed'];

describe('sums of calls at another price', () => {
  let ledger: PricedStore;
  withPricedStores((opened) => (ledger = opened));

  describe('as a whole or not at all', () => {
    const gone = `${'0'.repeat(8)}.1.1.1.1.0`;
    const owner = () => readSetting(ledger.store.db, 'repricing');
    beforeEach(() => {
      const { put, compact } = ledger;
      put('/one', ...Array.from({ length: 240 }, (_, n) => call({ id: n, session: `s${n % 120}` })));
      compact();
      put('/one', call({ id: 'new' }));
    });
    /** Stopped at the pause of that number; Infinity for never. */
    const run = async (stopAt: number): Promise<number> => {
      let pauses = 0;
      const job = {
        cancelled: false,
        pause: async () => {
          if (++pauses === stopAt) throw new Error('stopped');
        },
      };
      await new Repricing(ledger.store).run({ job, told: () => undefined }, {}, 241, defaultRules);
      return pauses;
    };

    it('are as before wherever pricing is stopped', async () => {
      const { choose, cost, contents, store } = ledger;
      const before = contents();
      choose(priced(3));
      for (const stopAt of [1, 2, 3, 4]) {
        await assert.rejects(run(stopAt), /stopped/);
        assert.deepEqual(contents(), before);
        assert.equal(owner(), undefined);
      }
      // Calls; fifty sessions, fifty, and the rest.
      assert.equal(await run(Infinity), 4);
      assert.equal(cost(), 241 * 3_000_000);
      await new Repricing(store).takeBack(() => undefined);
      assert.deepEqual(contents(), before);
    });

    it('are taken back as they were before the last time, also where no call is left', async () => {
      const { compact, choose, cost, rowsOf, store } = ledger;
      choose(priced(3));
      await run(Infinity);
      compact();
      assert.equal(new Repricing(store).last?.calls, 241);
      choose(priced(4));
      await run(Infinity);
      assert.equal(rowsOf('repriced_sum').length, 121);
      assert.equal(cost(), 241 * 4_000_000);
      await new Repricing(store).takeBack(() => undefined);
      assert.equal(cost(), 241 * 3_000_000);
      assert.equal(new Repricing(store).last, undefined);
    });

    it('are put right when the window is gone that priced them, or that took it back', async () => {
      const { store, cost, choose, contents } = ledger;
      const before = contents();
      choose(priced(3));
      for (const steps of [1, 2, 3]) {
        let step = store.reprice({});
        for (let n = 1; n < steps; n++) step = store.reprice({}, step);
        store.write(() => writeSetting(store.db, 'repricing', gone));
        new Repricing(store).recover();
        assert.deepEqual(contents(), before);
      }
      await run(Infinity);
      store.takeBackPrices(store.takeBackPrices());
      assert.equal(cost(), 140 * 3_000_000 + 101 * listed);
      store.write(() => writeSetting(store.db, 'repricing', gone));
      new Repricing(store).recover();
      assert.deepEqual(contents(), before);
      assert.equal(new Repricing(store).last, undefined);
    });
  });

  describe('after any history', () => {
    const other: NaivePrices = { 'gpt-4.1': [3, 9.5], 'gpt-4o-mini': [0.1, 0.001], mystery: [1, 0] };
    const figures = [
      'cost',
      'computed',
      'unpricedCalls',
      'inexactCalls',
      'includedCalls',
      'included',
      'calls',
    ];
    const keyOf = ({ session, call: { id } }: NaiveRow) => `${session} ${id}`;

    const assertTotals = ({ naive }: World, pricesOf: (call: NaiveCall) => NaivePrices) => {
      const { store } = ledger;
      assertRollupsMatchCalls(store, false);
      const rows = naive.rows().filter((row) => !naive.isExcluded(row));
      for (const mode of modes) {
        const { groups, total: whole } = report(store, { ...all, mode }, 'session');
        const expected = naiveTotals(rows, mode, pricesOf);
        for (const name of figures)
          assert.equal(whole[name as keyof typeof whole], expected[name], `${name} of all, ${mode}`);
        for (const group of groups) {
          const own = rows.filter(({ session }) => session === group.filterKey);
          assert.equal(group.cost, naiveTotals(own, mode, pricesOf).cost, `${group.filterKey}, ${mode}`);
        }
      }
    };

    for (const seed of seeds(4, 12))
      it(`every total is that of the same calls priced one by one (seed ${seed})`, () => {
        const { store, contents, choose, changesIn, apply, takeBack } = ledger;
        const dice = random(seed);
        const world = new World(store, dice, true);
        for (let n = 0; n < 25; n++) world.step();
        world.age();
        assertTotals(world, () => published);
        const before = contents();
        choose(
          ...Object.entries(other).map(([model, [input, output]]) => ({ model, prices: { input, output } })),
        );
        const rows = world.naive.rows().filter((row) => !world.naive.isExcluded(row));
        for (const mode of modes) {
          const { before: from, after, keptAsSums } = changesIn(mode);
          const [was, is] = [published, other].map((prices) => naiveTotals(rows, mode, () => prices).cost!);
          assert.deepEqual([after - from, keptAsSums], [is! - was!, 0], mode);
        }
        apply();
        assertTotals(world, () => other);
        takeBack();
        assert.deepEqual(contents(), before);
        apply();
        const summed = new Set(world.naive.rows().flatMap((row) => (row.call.summedUp ? [keyOf(row)] : [])));
        for (let n = 0; n < 3; n++) world.age();
        assertTotals(world, () => other);
        // Those that became sums since have forgotten.
        const late = new Set(
          world.naive
            .rows()
            .flatMap((row) => (row.call.summedUp && !summed.has(keyOf(row)) ? [row.call] : [])),
        );
        takeBack();
        assertTotals(world, (one) => (late.has(one) ? other : published));
      });
  });
});
