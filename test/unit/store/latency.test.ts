import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { random } from '../../support/randomWorld';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { retriesText } from '../../../src/shared/latencyText';
import { usd } from '../../../src/shared/money';
import { latency } from '../../../src/store/queries/latency';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import { exactPercentiles, maxExact, sketchesOf } from '../../../src/store/queries/times';
import { addEncoded, bucketOf, encode, quantile, sketchError } from '../../../src/store/sketch';
import type { CallFact } from '../../../src/shared/facts';
import type { Filter } from '../../../src/shared/model';
import type { Store } from '../../../src/store/store';

const day = 86_400_000;
const minute = 60_000;

/** By hand from docs/panel.md: the smallest value that at least that share of all do not exceed. */
const nearestRank = (values: readonly number[], share: number): number =>
  [...values]
    .sort((a, b) => a - b)
    .find((value) => values.filter((other) => other <= value).length >= share * values.length)!;

describe('percentiles', () => {
  it('are those of the nearest rank', () => {
    // numpy.percentile([15, 20, 35, 40, 50], [50, 95, 99], method='inverted_cdf')
    assert.deepEqual(exactPercentiles([35, 20, null, 15, 50, 40]), {
      calls: 5,
      p50: 35,
      p95: 50,
      p99: 50,
      isExact: true,
    });
    assert.equal(exactPercentiles([null]), null);
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    const { p50, p95, p99 } = exactPercentiles(hundred)!;
    assert.deepEqual([p50, p95, p99], [50, 95, 99]);
  });

  it('of a sketch are within its error of them, from no time to an hour', () => {
    const dice = random(7);
    const values = Array.from({ length: 3000 }, () =>
      Math.floor(3_600_000 ** dice.of([0, 0.3, 0.6, 0.8]) * (1 + dice.below(99) / 100)),
    );
    values.push(0, 1, 2, 3_600_000);
    const sketch = new Map<number, number>();
    for (const value of values) addEncoded(sketch, encode(new Map([[bucketOf(value), 1]])));
    const read = new Map<number, number>();
    addEncoded(read, encode(sketch));
    for (const share of [0.01, 0.5, 0.9, 0.95, 0.99, 1]) {
      const exact = nearestRank(values, share);
      const told = quantile(read, share);
      assert.ok(Math.abs(told - exact) <= sketchError * exact + 1e-9, `${share}: ${told}, not ${exact}`);
    }
    addEncoded(read, encode(sketch), -1);
    assert.equal(read.size, 0);
    assert.equal(encode(read), null);
  });
});

describe('latency and errors', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
  });
  afterEach(() => store.close());
  const compact = (before: number): void => {
    for (let step = store.compact(before); step; step = store.compact(before, step));
  };
  const timed = (ms: number | undefined, fields: Partial<CallFact> = {}): CallFact =>
    call({ ...(ms === undefined ? {} : { latencyMs: ms }), ...fields });

  it('are told by model, provider and day, with failures of each class and what they cost', () => {
    importInto(store, '/a', globalIds, {
      calls: [
        timed(100, { ttftMs: 10 }),
        timed(300),
        timed(200, { at: noon + day }),
        timed(900, { model: 'gpt-4.1', failed: true, error: 'RateLimitError', inputTokens: 0 }),
        // 2,000 tokens at 2.50 USD a million were paid for an attempt that failed.
        timed(undefined, { failed: true, error: '503', inputTokens: 2000 }),
        call({ failed: true, noCall: true, error: 'rate_limit', inputTokens: 0, model: undefined }),
      ],
    });
    const { total, groups } = latency(store, all, 'model');
    assert.deepEqual(
      groups.map(({ key, calls, latency: times }) => [
        key,
        calls,
        times && [times.p50, times.p95, times.calls],
      ]),
      [
        ['gpt-4o', 4, [200, 300, 3]],
        ['gpt-4.1', 1, [900, 900, 1]],
        [null, 0, null],
      ],
    );
    assert.deepEqual(total.firstToken, { calls: 1, p50: 10, p95: 10, p99: 10, isExact: true });
    assert.deepEqual(total.failures, {
      errors: 3,
      attempts: 6,
      kinds: [
        { kind: 'rate limit', count: 2 },
        { kind: 'overloaded', count: 1 },
      ],
      cost: 5_000_000,
      unpricedCalls: 0,
    });
    assert.deepEqual(
      latency(store, all, 'day').groups.map(({ key, calls, latency: times }) => [key, calls, times?.p50]),
      [
        ['2026-01-15', 4, 300],
        ['2026-01-16', 1, 200],
      ],
    );
    assert.equal(latency(store, all, 'provider').groups[0]!.latency!.p99, 900);
  });

  it('call a failure retried when the same model is called again within a minute of its end', () => {
    const failed = { failed: true, error: '429', latencyMs: 10_000 };
    importInto(store, '/a', globalIds, {
      calls: [
        call({ session: 'soon', ...failed }),
        call({ session: 'soon', at: noon + 70_000 }),
        call({ session: 'late', ...failed }),
        call({ session: 'late', at: noon + 70_001 }),
        call({ session: 'other model', ...failed }),
        call({ session: 'other model', at: noon + 1000, model: 'gpt-4.1' }),
        call({ session: 'other agent', ...failed }),
        call({ session: 'other agent', at: noon + 1000, agent: { id: 'a' } }),
      ],
    });
    const { retries } = latency(store, all, 'model');
    assert.deepEqual(retries, {
      ...{ calls: 1, cost: 2_500_000, unpricedCalls: 0 },
      ...{ areLatest: false, summedUp: 0 },
    });
    assert.equal(
      retriesText(retries, usd),
      '1 failed call was tried again within a minute; the failed attempt cost $0.0025.',
    );
  });

  it('say of how many failed calls it is not known any more whether they were retried', () => {
    const failed = { failed: true, error: '429', inputTokens: 1000 };
    importInto(store, '/a', globalIds, {
      calls: [
        call({ ...failed, at: noon }),
        call({ ...failed, at: noon + 20 * minute, session: 'other', model: 'gpt-4.1' }),
        call({ ...failed, at: noon + 21 * minute, noCall: true, inputTokens: 0, model: undefined }),
        call({ ...failed, at: noon + 22 * minute, session: 'left out' }),
        call({ at: noon + 25 * minute }),
        call({ ...failed, at: noon + day }),
        call({ at: noon + day + 1 }),
      ],
    });
    store.write(() =>
      store.recordExclusion({
        ...{ at: 1, what: 'session', name: 'left out', importer: 'test', scope: [], excluded: true },
      }),
    );
    compact(noon + day);
    const retries = (filter: Filter = {}) => latency(store, { ...all, filter }, 'model').retries;
    assert.deepEqual(retries(), {
      ...{ calls: 1, cost: 2_500_000, unpricedCalls: 0 },
      ...{ areLatest: false, summedUp: 2 },
    });
    const known = '1 failed call was tried again within a minute; the failed attempt cost $0.0025.';
    assert.equal(
      retriesText(retries(), usd),
      `${known} Whether 2 older failed calls were tried again is not known: only sums are kept.`,
    );
    const one = 'Whether 1 older failed call was tried again is not known: only sums are kept.';
    assert.equal(retriesText(retries({ until: noon + 15 * minute }), usd), one);
    // A sum is where its quarter hour begins.
    assert.equal(retriesText(retries({ since: noon + 15 * minute, until: noon + day }), usd), one);
    assert.equal(retriesText(retries({ models: ['gpt-4.1'] }), usd), one);
    assert.equal(retriesText(retries({ since: noon + 16 * minute }), usd), known);
    assert.deepEqual(sessionDetail(store, 'test:session-1', 'auto')!.retries, {
      ...{ calls: 1, cost: 2_500_000, unpricedCalls: 0 },
      ...{ areLatest: false, summedUp: 1 },
    });
  });

  it('follow calls that change and go, sessions that move and what is excluded', () => {
    const one = timed(100, { id: 1, session: 's' });
    importInto(store, '/a', globalIds, { calls: [one, timed(500, { id: 2, session: 's' })] });
    importInto(store, '/b', globalIds, { calls: [timed(900, { id: 3, session: 't' })] });
    importInto(store, '/a', globalIds, {
      calls: [{ ...one, latencyMs: 300 }],
      sessions: [{ id: 't', user: 'ada' }],
      merges: [{ from: 's', into: 'whole' }],
    });
    const sketched = (filter = {}): number[] =>
      sketchesOf(store, { ...all, filter }, true)
        .flatMap(({ latency: times }) => [...times.keys()])
        .sort((a, b) => a - b);
    const buckets = (...values: number[]): number[] => values.map(bucketOf);
    const ada = { users: ['ada'] };
    assert.deepEqual([sketched(), sketched(ada)], [buckets(300, 500, 900), buckets(900)]);
    const exclude = (excluded: boolean): void =>
      store.write(() =>
        store.recordExclusion({ at: 1, what: 'session', name: 't', importer: 'test', scope: [], excluded }),
      );
    exclude(true);
    assert.deepEqual([sketched(), sketched(ada)], [buckets(300, 500), []]);
    exclude(false);
    store.removeSource('/a');
    assert.deepEqual([sketched(), sketched({ since: noon + 1 })], [buckets(900), []]);
    store.prepareZone('Europe/Berlin');
    assert.equal(latency(store, { ...all, zone: 'Europe/Berlin' }, 'day').total.latency!.p50, 900);
  });

  it('are sketched above so many values, and stay when old calls are not kept singly any more', () => {
    const values = Array.from({ length: maxExact + 1 }, (_, i) => i + 1);
    importInto(store, '/a', globalIds, {
      calls: values.map((ms) => timed(ms, { session: `s${ms % 50}`, at: ms > 5000 ? noon : noon + day })),
    });
    const within = (told: number, exact: number): void =>
      assert.ok(Math.abs(told - exact) <= sketchError * exact, `${told}, not ${exact}`);
    const told = latency(store, all, 'model').total.latency!;
    assert.equal(told.isExact, false);
    within(told.p50, 5001);
    within(told.p99, 9901);
    assert.equal(
      latency(store, { ...all, filter: { sessions: ['test:s1'] } }, 'model').total.latency!.isExact,
      true,
    );
    compact(noon + day);
    assert.equal(store.db.rows('SELECT count(*) FROM call')[0]![0], 5000);
    assert.deepEqual(latency(store, all, 'model').total.latency, told);
  });

  it('are told of times to the first token from sketches, too, where not all of these are kept singly', () => {
    importInto(store, '/a', globalIds, {
      calls: [9000, 9000, 9000, 9000, 100, 100, 100, 100, 100, 100].map((ttftMs, hour) =>
        call({ ttftMs, at: noon + hour * 60 * minute }),
      ),
    });
    const told = () => latency(store, all, 'model').total.firstToken!;
    assert.deepEqual(told(), { calls: 10, p50: 100, p95: 9000, p99: 9000, isExact: true });
    compact(noon + 4 * 60 * minute);
    const { calls, p50, p95, isExact } = told();
    assert.deepEqual([calls, isExact], [10, false]);
    assert.ok(Math.abs(p50 - 100) <= 1 && Math.abs(p95 - 9000) <= 90, `${p50}, ${p95}`);
  });

  it('are in a period that begins or ends within a quarter hour as the sums of their calls are', () => {
    importInto(store, '/a', globalIds, {
      calls: [
        timed(100, { at: noon + minute }),
        timed(200, { at: noon + 2 * minute, session: 'other' }),
        timed(400, { at: noon + 6 * minute, session: 'other' }),
        timed(800, { at: noon + 20 * minute, session: 'other' }),
      ],
    });
    compact(noon + 5 * minute);
    // Told late, and from before what was compacted.
    importInto(store, '/b', globalIds, { calls: [timed(1600, { at: noon + 3 * minute })] });
    const told = (from: number, to: number) => {
      const filter = { since: noon + from * minute, until: noon + to * minute };
      const { calls, latency: times } = latency(store, { ...all, filter }, 'model').total;
      return [calls, times?.calls ?? 0, ...(times ? [times.p50, times.p99].map(Math.round) : [])];
    };
    const near = (ms: number): number => Math.round(quantile(new Map([[bucketOf(ms), 1]]), 0.5));
    assert.deepEqual(told(0, 2), [2, 2, near(100), near(200)]);
    assert.deepEqual(told(0, 4), [3, 3, near(200), near(1600)]);
    assert.deepEqual(told(0, 8), [4, 4, near(200), near(1600)]);
    assert.deepEqual(told(-9, 25), [5, 5, near(400), near(1600)]);
    assert.deepEqual(told(2, 25), [3, 3, 800, 1600]);
    assert.deepEqual(told(4, 25), [2, 2, 400, 800]);
  });
});
