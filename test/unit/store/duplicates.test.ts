import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { seeds } from '../../support/seeds';
import { randomFrom, shuffled } from '../../support/shuffled';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, globalIds, openTestStore } from '../../support/store';
import { calls } from '../../../src/store/queries/calls';
import { collapsed } from '../../../src/store/queries/collapsed';
import { report } from '../../../src/store/queries/report';
import type { CallFact, ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

function tell(store: Store, importer: string, path: string, batch: ImportBatch): void {
  store.apply(store.openSource(path, importer, globalIds), batch);
}

const counted = (store: Store): unknown[] =>
  store.db.rows('SELECT key FROM call WHERE duplicate_of IS NULL ORDER BY key').flat();

interface Telling {
  readonly importer: string;
  readonly path: string;
  readonly calls: readonly CallFact[];
}

/** The ledger after these tellings, in that order. */
async function ledger(tellings: readonly Telling[]): Promise<Store> {
  const store = await openTestStore();
  store.prepareZone('UTC');
  for (const { importer, path, calls } of tellings) tell(store, importer, path, { calls });
  assertRollupsMatchCalls(store);
  return store;
}

/** Whatever the order, also when all of it is told twice. */
async function inEveryOrder(
  tellings: readonly Telling[],
  expected: { keys: readonly string[]; input: number },
): Promise<void> {
  for (const seed of seeds(3, 6)) {
    const store = await ledger(shuffled([...tellings, ...tellings], seed));
    assert.deepEqual(counted(store), expected.keys, `seed ${seed}`);
    assert.equal(report(store, all, null).total.inputTokens, expected.input);
  }
}

const one = (id: string, fields: Partial<CallFact>): Telling => ({
  importer: 'test',
  path: `/${id}`,
  calls: [call({ id, ...fields })],
});

describe('calls that are told more than once', () => {
  it('count in the account of the lowest rank, whatever their size', () =>
    inEveryOrder(
      [
        one('real', { account: { of: 'm', rank: 0 }, inputTokens: 10 }),
        one('replay', { account: { of: 'm', rank: 1 }, inputTokens: 500 }),
        one('sum', { account: { of: 'm', rank: 2 }, inputTokens: 900 }),
        one('other', { account: { of: 'n', rank: 1 }, inputTokens: 3 }),
      ],
      { keys: ['other', 'real'], input: 13 },
    ));

  it('all count that share the lowest rank', () =>
    inEveryOrder(
      [
        one('a', { account: { of: 's', rank: 0 }, inputTokens: 1 }),
        one('b', { account: { of: 's', rank: 0 }, inputTokens: 2 }),
        one('c', { account: { of: 's', rank: 1 }, inputTokens: 4 }),
      ],
      { keys: ['a', 'b'], input: 3 },
    ));

  it('that do not say which of the others they are, count if they are larger', async () => {
    const named = one('m:r1', { account: { of: 'm', rank: 0 }, inputTokens: 10 });
    const sidechain = one('m:r2', { account: { of: 'm', rank: 1 }, inputTokens: 99 });
    const joining = (inputTokens: number): Telling =>
      one('m', { account: { of: 'm', rank: 0, joins: true }, inputTokens });
    await inEveryOrder([named, sidechain, joining(11)], { keys: ['m'], input: 11 });
    await inEveryOrder([named, sidechain, joining(9)], { keys: ['m:r1'], input: 10 });
    await inEveryOrder(
      [named, one('m:r3', { account: { of: 'm', rank: 0 }, inputTokens: 20 }), joining(15)],
      {
        keys: ['m:r1', 'm:r3'],
        input: 30,
      },
    );
    await inEveryOrder([joining(15)], { keys: ['m'], input: 15 });
  });

  it('are one across formats by response, model, tokens and a minute', async () => {
    const told = (importer: string, id: string, fields: Partial<CallFact>): Telling => ({
      importer,
      path: `/${importer}-${id}`,
      calls: [call({ id, responseId: 'resp-1', outputTokens: 5, ...fields })],
    });
    await inEveryOrder(
      [
        told('gateway', 'g1', { recorded: 3, recordedExact: true, model: 'openai/gpt-4o-2024-08-06' }),
        told('agent', 'a1', { at: noon + 59_999 }),
        // A round of the same turn: its tokens differ.
        told('agent', 'a2', { inputTokens: 7 }),
        // The same again, but a minute away.
        told('agent', 'a3', { at: noon - 60_000 }),
        told('agent', 'a4', { model: 'gpt-4o-mini' }),
      ],
      { keys: ['a2', 'a3', 'a4', 'g1'], input: 3007 },
    );
  });

  it('of one format are never one by their response', () =>
    inEveryOrder(
      [
        { importer: 'agent', path: '/1', calls: [call({ id: 'a', responseId: 'r' })] },
        { importer: 'agent', path: '/2', calls: [call({ id: 'b', responseId: 'r' })] },
      ],
      { keys: ['a', 'b'], input: 2000 },
    ));

  it('are paired one by one where a local server repeats its response id for ever', () => {
    const burst = (importer: string, count: number): Telling => ({
      importer,
      path: `/${importer}`,
      calls: Array.from({ length: count }, (_, i) =>
        call({ id: `${importer}${i}`, responseId: 'chatcmpl-1', at: noon + i * 1000 }),
      ),
    });
    return inEveryOrder([burst('agent', 3), burst('gateway', 2), burst('proxy', 5)], {
      keys: ['agent0', 'agent1', 'agent2', 'proxy3', 'proxy4'],
      input: 5000,
    });
  });

  it('count again when what they repeated is removed', async () => {
    const store = await ledger([
      one('real', { account: { of: 'm', rank: 0 }, inputTokens: 10, responseId: 'r' }),
      one('replay', { account: { of: 'm', rank: 1 }, inputTokens: 500 }),
      { importer: 'other', path: '/other', calls: [call({ id: 'o', inputTokens: 10, responseId: 'r' })] },
    ]);
    assert.equal(report(store, all, null).total.inputTokens, 10);
    const winner = counted(store)[0] as string;
    assert.equal(winner, 'o', 'the first format in the alphabet');
    store.removeSource('/other');
    assertRollupsMatchCalls(store);
    assert.deepEqual(counted(store), ['real']);
    store.removeSource('/real');
    assertRollupsMatchCalls(store);
    assert.deepEqual(counted(store), ['replay']);
    assert.equal(report(store, all, null).total.inputTokens, 500);
  });

  it('are paired anew when the call that had a pair is told of with an earlier time', async () => {
    const agent = (at: number): Telling => ({
      importer: 'agent',
      path: `/a${at}`,
      calls: [call({ id: 'a', responseId: 'r', at })],
    });
    const gateway = (at: number): Telling => ({
      importer: 'gateway',
      path: '/g',
      calls: [call({ id: 'g', responseId: 'r', at })],
    });
    await inEveryOrder([agent(noon), agent(noon - 90_000), gateway(noon + 1)], {
      keys: ['a', 'g'],
      input: 2000,
    });
  });

  it('are paired anew when one that took a pair away from another is removed', async () => {
    const [first, second, third] = ['x', 'y', 'z'].map((id, i): Telling => ({
      importer: id === 'x' ? 'agent' : 'gateway',
      path: `/${id}`,
      calls: [call({ id, responseId: 'r', at: noon + i })],
    }));
    const store = await ledger([first!, second!, third!]);
    assert.deepEqual(counted(store), ['x', 'z']);
    store.removeSource('/y');
    assertRollupsMatchCalls(store);
    assert.deepEqual(counted(store), ['x']);
  });

  it('are paired by the exact format of their own minute alone, together or apart', async () => {
    const at = (importer: string, id: string, time: number, exact = false): Telling => ({
      importer,
      path: `/${id}`,
      calls: [
        call({ id, responseId: 'r', at: time, ...(exact ? { recorded: 7, recordedExact: true } : {}) }),
      ],
    });
    await inEveryOrder(
      [
        at('agent', 'a1', noon),
        at('gateway', 'g1', noon, true),
        at('agent', 'a2', noon + 3_600_000),
        at('gateway', 'g2', noon + 3_600_000),
      ],
      { keys: ['a2', 'g1'], input: 2000 },
    );
    const together = ['agent', 'gateway'].map((importer): Telling => ({
      importer,
      path: `/${importer}`,
      calls: [noon, noon + 3_600_000].map((time) =>
        call({
          id: `${importer[0]!}${time === noon ? 1 : 2}`,
          responseId: 'r',
          at: time,
          ...(importer === 'gateway' && time === noon ? { recorded: 7, recordedExact: true } : {}),
        }),
      ),
    }));
    await inEveryOrder(together, { keys: ['a2', 'g1'], input: 2000 });
  });

  it('cost no more as their history grows, where a server gives one response id for ever', async () => {
    const store = await openTestStore();
    const second = 1000;
    let [early, late] = [0, 0];
    for (let hour = 0; hour < 40; hour++) {
      const began = performance.now();
      for (const importer of ['agent', 'gateway'])
        tell(store, importer, `/${importer}`, {
          calls: Array.from({ length: 180 }, (_, i) =>
            call({
              id: `${importer} ${hour} ${i}`,
              responseId: 'chatcmpl-0',
              at: noon + (hour * 3600 + i * 20) * second,
              inputTokens: 1 + ((hour * 180 + i) % 997),
            }),
          ),
        });
      if (hour > 1 && hour < 7) early += performance.now() - began;
      if (hour >= 35) late += performance.now() - began;
    }
    assert.equal(report(store, all, null).total.calls, 7200);
    assert.ok(late < 3 * early + 50, `${late} ms for the last five hours, ${early} ms for five early ones`);
  });

  it('are told of with what they would have added', async () => {
    const store = await ledger([
      one('real', { account: { of: 'm', rank: 0 }, inputTokens: 10 }),
      one('replay', { account: { of: 'm', rank: 1 }, inputTokens: 1000, outputTokens: 1 }),
      one('sum', { account: { of: 'm', rank: 2 }, inputTokens: 1000, model: 'mystery' }),
      {
        importer: 'gateway',
        path: '/g',
        calls: [call({ id: 'g', responseId: 'r', recorded: 7, recordedExact: true })],
      },
      { importer: 'agent', path: '/a', calls: [call({ id: 'a', responseId: 'r' })] },
    ]);
    assert.deepEqual(collapsed(store, 'auto'), [
      // 1,000 input tokens at 2.50 USD a million, one output token at 10.
      {
        rule: 'account',
        importer: 'test',
        counted: 'test',
        calls: 2,
        tokens: 2001,
        cost: 2_510_000,
        unpricedCalls: 1,
      },
      {
        rule: 'response',
        importer: 'agent',
        counted: 'gateway',
        calls: 1,
        tokens: 1000,
        cost: 2_500_000,
        unpricedCalls: 0,
      },
    ]);
    assert.equal(calls(store, 'test:session-1', 'auto', { limit: 9 }).rows.length, 1);
  });

  it('come to the same ledger whatever the order, the split and the repetition', async () => {
    for (const seed of seeds(3, 6)) {
      const next = randomFrom(seed);
      const below = (n: number): number => Math.floor(next() * n);
      const facts = Array.from({ length: 40 }, (_, i) => ({
        importer: ['agent', 'gateway'][below(2)]!,
        path: `/${below(4)}`,
        calls: [
          call({
            id: `c${i}`,
            inputTokens: 1 + below(3),
            at: noon + below(200) * 1000,
            session: `s${below(3)}`,
            ...(below(2) ? { responseId: `r${below(3)}` } : {}),
            ...(below(2) ? { account: { of: `m${below(6)}`, rank: below(2), joins: below(4) === 0 } } : {}),
          }),
        ],
      }));
      const seen = new Set<string>();
      for (const order of [1, 2, 3].map((n) => shuffled(facts, seed * 10 + n))) {
        const store = await ledger([...order, ...order.slice(0, below(40))]);
        const { total } = report(store, all, null);
        seen.add(JSON.stringify([counted(store), total.inputTokens, total.calls]));
      }
      assert.equal(seen.size, 1, `seed ${seed}`);
    }
  });
});
