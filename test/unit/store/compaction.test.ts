import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, globalIds, importInto } from '../../support/store';
import { calls as listCalls, exportCalls } from '../../../src/store/queries/calls';
import { collapsed } from '../../../src/store/queries/collapsed';
import { settleCompacted } from '../../../src/store/compaction/compactedCalls';
import { report } from '../../../src/store/queries/report';
import { keysOfSession, sessions } from '../../../src/store/queries/sessions';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import type { CallFact, ImportBatch } from '../../../src/shared/facts';
import { Store } from '../../../src/store/store';
import { createPriceBook } from '../../../src/pricing/prices';
import { testEngine } from '../../support/engine';

const day = 86_400_000;
const minute = 60_000;

const testSums = (isSettled: boolean): void => {
  let store: Store;
  beforeEach(async () => {
    store = new Store((await testEngine()).openMemory(), createPriceBook());
  });
  afterEach(() => {
    assertRollupsMatchCalls(store);
    store.close();
  });

  const put = (path: string, ...calls: CallFact[]) => importInto(store, path, globalIds, { calls });
  const putOf = (importer: string, path: string, batch: ImportBatch) =>
    store.apply(store.openSource(path, importer, globalIds), batch);
  const compact = (before = noon + day) => {
    for (let step = store.compact(before); step; step = store.compact(before, step));
    if (isSettled) settleCompacted(store.db, 1);
  };
  const total = () => report(store, all, null).total;
  const left = () => store.db.rows('SELECT count(*) FROM call')[0]![0];

  it('leave every grouping as it was, are listed as so many, and do not come back', () => {
    const told = [
      call({ id: 'a', at: noon, inputTokens: 1001, outputTokens: 77 }),
      call({ id: 'b', at: noon + 20 * minute, model: 'claude-sonnet-4-5', inputTokens: 250_000 }),
      call({ id: 'c', at: noon + 21 * minute, recorded: 5_000_001, recordedExact: true, latencyMs: 900 }),
      call({ id: 'late', at: noon + 3 * day }),
      call({ id: 'no time', at: undefined }),
    ];
    put('/one', ...told);
    const groupings = ['model', 'provider', 'day', 'experiment', 'session', 'user', 'source', 'tag'] as const;
    const reports = () => groupings.map((by) => report(store, all, by));
    const before = reports();
    compact();
    assert.deepEqual(reports(), before);
    assert.equal(left(), 2);
    put('/one', ...told.map((fact) => ({ ...fact, inputTokens: 9_000_000 })).slice(0, 3));
    put('/copy', ...told);
    assert.deepEqual(reports(), before);
    assert.equal(left(), 2);
    const [row] = sessions(store, all, undefined, { limit: 9 }).rows;
    assert.deepEqual(row!.summedUp, { calls: 3, until: noon + 21 * minute });
    const key = keysOfSession(store, 'session-1')[0]!;
    assert.equal(listCalls(store, key, 'auto', { limit: 9 }).rows.length, 2);
    assert.equal(sessionDetail(store, key, 'auto')!.latency, null);
  });

  it('are exported as sums that add up to the total', () => {
    put(
      '/one',
      ...[0, 1, 2, 3].map((n) => call({ id: `n${n}`, at: noon + n * minute, inputTokens: 100 + n })),
    );
    compact(noon + 3 * minute);
    const rows = [...exportCalls(store, all, 9)].flat();
    assert.deepEqual(
      rows.map(({ id, at, calls, usage }) => [id, at, calls, usage.inputTokens]),
      [
        ['', noon, 3, 303],
        ['n3', noon + 3 * minute, 1, 103],
      ],
    );
    assert.equal(
      rows.reduce((sum, { cost }) => sum + cost!, 0),
      total().cost,
    );
  });

  it('are in a period with the start of their quarter hour', () => {
    put('/one', call({ id: 'a', at: noon + 5 * minute }), call({ id: 'b', at: noon + 14 * minute }));
    compact();
    const between = (since: number, until: number) =>
      report(store, { ...all, filter: { since, until } }, null).total.calls;
    assert.equal(between(noon, noon + minute), 2);
    assert.equal(between(noon + minute, noon + day), 0);
    for (const [since, until] of [
      [noon - day, noon + 6 * minute],
      [noon + 4 * minute, noon + day],
    ] as const)
      assert.equal(
        between(since, until),
        report(store, { ...all, filter: { since, until } }, 'model').groups.reduce(
          (sum, { calls }) => sum + calls,
          0,
        ),
      );
  });

  it('of a day are one sum that no midnight cuts in a zone somebody looks from', () => {
    const zones = ['UTC', 'Asia/Kathmandu', 'America/New_York'];
    for (const zone of zones) store.prepareZone(zone);
    const hours = Array.from({ length: 30 }, (_, n) =>
      call({ id: `n${n}`, at: noon + n * 60 * minute, inputTokens: 3 ** (n % 5) }),
    );
    put('/one', ...hours);
    const days = () => zones.map((zone) => report(store, { ...all, zone }, 'day').groups);
    const bySession = () =>
      zones.map((zone) => {
        const since = Date.parse('2026-01-15T18:15Z');
        return report(store, { ...all, zone, filter: { since } }, 'session').total;
      });
    const before = [days(), bySession()];
    compact(noon + 9 * day);
    while (store.compactDays(noon + 9 * day));
    assert.deepEqual([days(), bySession()], before);
    const slots = store.db.rows('SELECT count(*) FROM usage_slot')[0]![0] as number;
    assert.ok(slots < 10, `${slots} rows`);
  });

  it('go with their source, and come back when it is read anew', () => {
    put('/one', call({ id: 'a' }), call({ id: 'b', session: 'other' }));
    put('/two', call({ id: 'c' }));
    const before = total();
    compact();
    store.removeSource('/one');
    assert.equal(total().calls, 1);
    put('/one', call({ id: 'a' }), call({ id: 'b', session: 'other' }));
    assert.deepEqual(total(), before);
    compact();
    assert.deepEqual(total(), before);
    for (const path of ['/one', '/two']) store.removeSource(path);
    assert.equal(total().calls, 0);
    assert.equal(store.db.rows('SELECT 1 FROM session').length, 0);
  });

  it('stay one use with what another format tells of the same response later', () => {
    const fact = (id: string, at = noon) =>
      call({ id, at, responseId: 'resp', inputTokens: 10, outputTokens: 20 });
    putOf('litellm', '/l', { calls: [fact('l1'), fact('l2', noon + 2 * minute)] });
    compact();
    putOf('otlp', '/o', {
      calls: [fact('o1', noon + 1000), fact('o2', noon + 2 * minute - 1000), fact('o3', noon + 9 * minute)],
    });
    assert.equal(total().calls, 3, 'o3 is another use');
    compact();
    putOf('otlp', '/o', { calls: [fact('o1', noon + 1000), fact('o4', noon + 2000)] });
    assert.equal(total().calls, 4, 'what o1 repeated is taken: o4 is another use');
    assert.deepEqual(
      collapsed(store, 'auto').map(({ importer, counted, calls }) => [importer, counted, calls]),
      [['otlp', 'litellm', 2]],
    );
    store.removeSource('/l');
    assert.equal(total().calls, 2);
    putOf('otlp', '/o', { calls: [fact('o1', noon + 1000), fact('o2', noon + 2 * minute - 1000)] });
    assert.equal(total().calls, 4, 'what only counted elsewhere because of /l may be told again');
  });

  it('of an account count, whatever is told of it later', () => {
    const fact = (id: string, rank: number, at = noon) => call({ id, at, account: { of: 'trace', rank } });
    put('/one', fact('a', 1), fact('b', 1));
    compact();
    put('/two', fact('sum', 2), fact('detail', 0), fact('c', 1));
    assert.equal(total().calls, 3, 'only one of the same rank is another call');
    store.removeSource('/one');
    assert.equal(total().calls, 1, 'then the lowest rank counts again');
  });

  it('wait for an account that goes on, and for a model that has no name yet', () => {
    const account = { of: 'session', rank: 1 };
    put('/one', call({ id: 'a', account }), call({ id: 'b', at: noon + 5 * day, account }));
    put('/two', call({ id: 'c', model: '0b5cf2b1-90f4-4c0e-8a4c-0a8a4d6a1b11' }));
    compact();
    assert.equal(left(), 3);
    putOf('test', '/two', { models: [{ id: '0b5cf2b1-90f4-4c0e-8a4c-0a8a4d6a1b11', name: 'gpt-4o' }] });
    compact(noon + 9 * day);
    assert.equal(left(), 0);
  });

  it('move with a session that turns out to be part of another', () => {
    const agent = { id: 'helper', name: 'Helper' };
    put('/one', call({ id: 'a', session: 'part', agent }), call({ id: 'b', session: 'whole' }));
    const before = total();
    compact();
    putOf('test', '/one', { merges: [{ from: 'part', into: 'whole' }] });
    assert.deepEqual({ ...total(), sessions: 2 }, before);
    const detail = sessionDetail(store, keysOfSession(store, 'whole')[0]!, 'auto')!;
    assert.equal(detail.calls, 2);
    assert.deepEqual(
      detail.byAgent?.agents.map(({ id, own }) => [id, own.calls]),
      [['helper', 1]],
    );
  });

  it('are deleted by age, with sessions of which nothing is left; what is told again stays known', () => {
    put('/one', call({ id: 'old', session: 'old' }), call({ id: 'new', session: 'new', at: noon + 9 * day }));
    compact(noon + 2 * day);
    while (store.deleteSums(noon + 2 * day));
    assert.deepEqual([total().calls, total().sessions], [1, 1]);
    put('/one', call({ id: 'old', session: 'new' }));
    assert.equal(total().calls, 1);
  });
};

describe('calls that are kept as sums', () => testSums(false));
describe('calls that are kept as sums, when these are many', () => testSums(true));
