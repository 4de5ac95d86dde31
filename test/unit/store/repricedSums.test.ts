import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { listed, priced, withPricedStores } from '../../support/pricedStore';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { globalIds } from '../../support/store';
import { parseUserPrices } from '../../../src/pricing/parseUserPrices';
import type { PricedStore } from '../../support/pricedStore';
import type { ImportBatch } from '../../../src/shared/facts';

const day = 86_400_000;
const minute = 60_000;

describe('sums of calls at another price', () => {
  let ledger: PricedStore;
  withPricedStores((opened) => (ledger = opened));

  it('cost what their calls would where that is exact, and exactly what they did when that is taken back', () => {
    const { put, compact, choose, changesIn, apply, takeBack, total, cost, contents, store } = ledger;
    put(
      '/one',
      call({ id: 'a', outputTokens: 7 }),
      call({ id: 'b', inputTokens: 1, at: noon + minute }),
      call({ id: 'told', recorded: 7, recordedExact: true }),
      call({ id: 'late', at: noon + 5 * day }),
    );
    store.prepareZone('UTC');
    compact();
    const before = contents();
    choose(priced(3));
    // Nano-dollars: 1,001 x 2,500 + 7 x 10,000; then 3,000 and 12,000 a token. Told and late have 1,000 tokens.
    const [was, is] = [1001 * 2500 + 7 * 10_000 + 2 * listed, 1001 * 3000 + 7 * 12_000 + 6_000_000];
    assert.equal(cost(), was);
    const { calls, before: from, after, keptAsSums, lookedAt, changes } = changesIn();
    assert.deepEqual([calls, from, after, keptAsSums, lookedAt], [4, was, is, 0, 4]);
    assert.deepEqual(
      changes.map(({ model, month, calls: of }) => [model, month, of]),
      [['gpt-4o', '2026-01', 4]],
    );
    const automatic = changesIn('auto');
    assert.deepEqual([automatic.before, automatic.after], [was - listed + 7, is - 3_000_000 + 7]);
    apply();
    assert.equal(cost(), is);
    assert.equal(total('auto').cost, is - 3_000_000 + 7);
    assert.equal(changesIn().calls, 0);
    assertRollupsMatchCalls(store);
    takeBack();
    assert.deepEqual(contents(), before);
  });

  it('become priced, unpriced, included and inexact as their calls would', () => {
    const { put, compact, changesIn, apply, takeBack, total, cost, contents, book } = ledger;
    const mystery = { model: 'mystery', provider: 'nobody' };
    put('/one', ...[1, 2].map((id) => call({ id, ...mystery })), call({ id: 3 }));
    compact();
    const before = contents();
    assert.deepEqual([total().unpricedCalls, cost()], [2, listed]);
    book.choose({
      own: parseUserPrices([{ model: 'mystery', prices: { input: 1 } }]).prices,
      included: new Map([['provider openai', true]]),
    });
    const { unpricedBefore, unpricedAfter, calls } = changesIn('auto');
    assert.deepEqual([unpricedBefore, unpricedAfter, calls], [2, 0, 3]);
    apply();
    const { unpricedCalls, cost: counted, includedCalls, included } = total('auto');
    assert.deepEqual([unpricedCalls, counted, includedCalls, included], [0, 2_000_000, 1, listed]);
    takeBack();
    assert.deepEqual(contents(), before);
  });

  it('keep their cost where it does not follow to the nano-dollar, and their calls are counted', () => {
    const { put, compact, choose, changesIn, apply, takeBack, cost, sums } = ledger;
    put(
      '/one',
      // Two, then three, then four calls, of which one searched nothing; one alone is always exact.
      ...[1, 1000].map((inputTokens, id) => call({ id, inputTokens })),
      ...[0, 1, 2].map((n) => call({ id: `turn ${n}`, session: 'turn', at: noon + 5 * minute * n })),
      ...[0, 1, 2, 3].map((n) => call({ id: `web ${n}`, session: 'web', webSearches: n })),
      call({ id: 'one', session: 'one', webSearches: 2, inputTokens: 999 }),
    );
    compact();
    assert.equal(sums(), 5);
    const before = cost();
    const [turn, above] = ['2026-01-15T12:07:00Z', [{ above: 500, prices: { input: 6 } }]];
    const fee = { perWebSearch: 0.01 };
    choose(priced(3, { until: turn, tiers: above }), priced(3, { from: turn, tiers: above }));
    // The same price on both sides of a moment is one price: only the step between 1 and 1,000 tokens is not exact, and
    // which of the three searched, since a search has no price.
    assert.equal(changesIn().keptAsSums, 2 + 3);
    choose(priced(3, { until: turn, ...fee }), priced(4, { from: turn, ...fee }));
    const { calls, keptAsSums, lookedAt } = changesIn();
    assert.deepEqual([calls, keptAsSums, lookedAt], [7, 3, 10]);
    apply();
    // 1,001, 4,000 and 999 tokens at 3 a million, and 6 + 2 searches at a cent; three calls at 2.50 as before.
    assert.equal(cost(), 6000 * 3000 + 80_000_000 + 3 * listed);
    takeBack();
    assert.equal(cost(), before);
  });

  it('that are crossed by a step of the price only as a day keep their cost as a day', () => {
    const { put, compact, joinDays, choose, changesIn, apply, cost, sums } = ledger;
    const hours = [199_000, 201_000].map((inputTokens, n) =>
      call({
        id: n,
        inputTokens,
        at: noon + n * 60 * minute,
        model: 'claude-sonnet-4-5',
        provider: 'anthropic',
      }),
    );
    // 3 and 6 dollars a million: the list knows this step, so they are two sums, of a day too.
    put('/known', ...hours);
    compact();
    joinDays();
    assert.equal(sums(), 2);
    const step = {
      model: 'claude-sonnet-4-5',
      prices: { input: 1 },
      tiers: [{ above: 200_000, prices: { input: 2 } }],
    };
    choose(step);
    assert.equal(changesIn().keptAsSums, 0);
    apply();
    assert.equal(cost(), 199_000 * 1000 + 201_000 * 2000);
    // Nobody knew of this one.
    put(
      '/new',
      ...[10, 20].map((inputTokens, n) => call({ id: `n${n}`, inputTokens, at: noon + n * 60 * minute })),
    );
    compact();
    choose(step, priced(3, { tiers: [{ above: 15, prices: { input: 4 } }] }));
    assert.equal(changesIn().keptAsSums, 0);
    joinDays();
    assert.equal(changesIn().keptAsSums, 2);
  });

  it('keep calls apart whose parts are more than their whole: of these a sum has no price', () => {
    const { put, compact, choose, changesIn, apply, cost, sums } = ledger;
    const odd = { outputTokens: 5, reasoningTokens: 20 };
    put('/one', call({ id: 'a', ...odd }), call({ id: 'b', outputTokens: 50 }));
    put('/one', ...[1, 2].map((id) => call({ id, ...odd, session: 'odd' })));
    compact();
    assert.equal(sums(), 3);
    choose({ model: 'gpt-4o', prices: { input: 1, output: 10, reasoning: 20 } });
    assert.equal(changesIn().keptAsSums, 2);
    const before = cost();
    apply();
    // Of a, five are reasoning and none else output. By list, 10 dollars a million are paid for any output.
    assert.equal(cost(), before - 2 * listed - 55 * 10_000 + 2_000_000 + 5 * 20_000 + 50 * 10_000);
  });

  it('that are one sum at their new price are told apart again, with what was there before them', () => {
    const { put, compact, choose, apply, takeBack, cost, sums, contents } = ledger;
    put('/one', call({ id: 'a' }), call({ id: 'b', at: noon + minute }));
    compact();
    choose(priced(3));
    // For new calls only: what was there keeps its cost.
    put('/two', call({ id: 'c', inputTokens: 10, at: noon + 2 * minute }));
    put('/one', call({ id: 'd', inputTokens: 100, at: noon + 3 * minute }));
    compact();
    assert.equal(sums(), 3);
    assert.equal(cost(), 2 * listed + 110 * 3000);
    const before = contents();
    apply();
    assert.equal(sums(), 2, 'a, b and d are priced alike');
    assert.equal(cost(), 2110 * 3000);
    takeBack();
    assert.deepEqual(contents(), before);
  });

  it('are taken back as far as their calls were in them: what came later stays', () => {
    const { put, compact, choose, changesIn, apply, takeBack, cost, sums, store } = ledger;
    put('/one', call({ id: 'a' }), call({ id: 'b', at: noon + minute }));
    put('/one', call({ id: 'still a call', at: noon + 2 * day }));
    compact();
    choose(priced(3));
    apply();
    put('/one', call({ id: 'new', inputTokens: 10, at: noon + 2 * minute }));
    compact(noon + 3 * day);
    assert.equal(sums(), 2);
    takeBack();
    // What became a sum since has forgotten its former price.
    assert.equal(cost(), 2 * listed + 10 * 3000 + 3_000_000);
    assert.equal(sums(), 3);
    assertRollupsMatchCalls(store);
    // One call is left in a sum that had others in it: its moment is not known to the second.
    choose(priced(3, { until: '2026-01-15T12:01:30Z' }), priced(4, { from: '2026-01-15T12:01:30Z' }));
    assert.equal(changesIn().keptAsSums, 1);
  });

  it('are taken back as days, when they have become days since', () => {
    const { put, compact, joinDays, choose, apply, takeBack, cost, sums, store } = ledger;
    const hours = [0, 1, 2, 3].map((n) => call({ id: n, at: noon + n * 60 * minute }));
    put('/one', ...hours);
    compact();
    choose(priced(3, { until: '2026-01-15T14:00:00Z' }));
    apply();
    assert.equal(cost(), 2 * 3_000_000 + 2 * listed);
    joinDays();
    assert.equal(sums(), 2);
    takeBack();
    assert.equal(cost(), 4 * listed);
    assert.equal(sums(), 1);
    const [days] = store.db.rows('SELECT daily, calls, first_at, last_at FROM compacted');
    assert.deepEqual(days, [1, 4, noon, noon + 180 * minute]);
  });

  it('that have gone since do not come back, and those that moved are taken back where they are', () => {
    const { put, compact, choose, apply, takeBack, cost, rowsOf, store } = ledger;
    const agent = { id: 'helper', name: 'Helper' };
    put('/gone', call({ id: 'gone' }), call({ id: 'gone too', session: 'part' }));
    put('/old', call({ id: 'old', session: 'part', at: noon - 9 * day }));
    put('/one', call({ id: 'a', session: 'part', agent }), call({ id: 'b', session: 'whole', agent }));
    compact();
    choose(priced(3));
    apply();
    assert.equal(cost(), 5 * 3_000_000);
    store.removeSource('/gone');
    while (store.deleteSums(noon - day));
    const batch: ImportBatch = { merges: [{ from: 'part', into: 'whole' }] };
    store.apply(store.openSource('/one', 'test', globalIds), batch);
    assert.equal(cost(), 2 * 3_000_000);
    // Ids of what is gone are given again. The two are one sum now.
    assert.equal(rowsOf('repriced_sum').length, 1);
    takeBack();
    assert.equal(cost(), 2 * listed);
    assert.deepEqual(rowsOf('repriced_sum'), []);
    assert.deepEqual(
      store.db.rows('SELECT DISTINCT session FROM compacted'),
      store.db.rows("SELECT id FROM session WHERE own_id = 'whole'"),
    );
  });
});
