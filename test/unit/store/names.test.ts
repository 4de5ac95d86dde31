import assert from 'node:assert/strict';
import { call } from '../../support/facts';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { report } from '../../../src/store/queries/report';
import type { CallFact, ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

describe('calls and sessions under several names', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
  });

  /** Every order of the steps. */
  const orders = <T>(steps: readonly T[]): T[][] =>
    steps.length === 0
      ? [[]]
      : steps.flatMap((step, i) => orders(steps.filter((_, j) => j !== i)).map((rest) => [step, ...rest]));

  const facts: readonly { path: string; batch: ImportBatch }[] = [
    {
      path: '/spans',
      batch: {
        calls: [call({ id: 'span', also: ['trace:t'], session: 't', outputTokens: 10, recorded: 7 })],
      },
    },
    {
      path: '/unified',
      batch: { calls: [call({ id: 'trace:t', session: 't', inputTokens: 0, latencyMs: 5, failed: true })] },
    },
    {
      path: '/traces',
      batch: { sessions: [{ id: 's', user: 'ana', labels: ['b'] }], merges: [{ from: 't', into: 's' }] },
    },
    {
      path: '/more',
      batch: { calls: [call({ id: 'other', session: 's' })], sessions: [{ id: 't', labels: ['a'] }] },
    },
  ];

  it('come to the same ledger in every order', async () => {
    const seen = new Set<string>();
    for (const order of orders(facts)) {
      const fresh = await openTestStore();
      fresh.prepareZone('UTC');
      for (const { path, batch } of [...order, order[0]!]) importInto(fresh, path, globalIds, batch);
      assertRollupsMatchCalls(fresh);
      const { total: sums } = report(fresh, all, 'user');
      const rows = fresh.db.rows(
        'SELECT key, session, input, output, recorded, latency_ms FROM call ORDER BY key',
      );
      const known = fresh.db.rows(
        'SELECT own_id, labels, (SELECT name FROM person WHERE id = person) FROM session',
      );
      seen.add(
        JSON.stringify([
          sums.calls,
          sums.sessions,
          sums.outputTokens,
          rows.map(([key, , ...rest]) => [key, ...rest]),
          known,
        ]),
      );
    }
    assert.equal(seen.size, 1);
    assert.match(
      [...seen][0]!,
      /^\[2,1,10,\[\["other",1000,0,null,null\],\["span",1000,10,7,5\]\],\[\["s","\[\\"a\\",\\"b\\"\]","ana"\]\]\]$/,
    );
  });

  it('are one along a chain of names, in every order', async () => {
    // Three that know each other only by the one between them.
    const chain: readonly { path: string; batch: ImportBatch }[] = [
      { path: '/1', batch: { calls: [call({ id: 'a', also: ['b'], session: 's' })] } },
      { path: '/2', batch: { calls: [call({ id: 'b', also: ['c'], session: 's' })] } },
      { path: '/3', batch: { calls: [call({ id: 'c', also: ['d'], session: 's' })] } },
      { path: '/4', batch: { calls: [call({ id: 'd', session: 's' })] } },
    ];
    for (const order of orders(chain)) {
      const fresh = await openTestStore();
      for (const { path, batch } of [...order, ...order]) importInto(fresh, path, globalIds, batch);
      assertRollupsMatchCalls(fresh);
      assert.equal(report(fresh, all, null).total.calls, 1, order.map(({ path }) => path).join(' '));
    }
  });

  it('may hold any character', () => {
    const id = 'a\0b';
    const batch = { calls: [call({ id, session: id }), call({ id: 'a', session: 'a' })] };
    for (const each of [batch, batch]) importInto(store, '/nul', globalIds, each);
    assert.deepEqual(store.db.rows('SELECT own_id FROM session ORDER BY 1'), [['a'], ['a\0b']]);
    assert.equal(report(store, all, null).total.calls, 2);
    assert.equal(report(store, all, 'session').groups.length, 2);
  });

  it('do not join two conversations that both claim one trace', async () => {
    const claims: readonly { path: string; batch: ImportBatch }[] = ['a', 'b'].map((id) => ({
      path: `/${id}`,
      batch: {
        sessions: [{ id, user: id }],
        calls: [call({ id: `own ${id}`, session: id }), call({ id: 'told in both', session: id })],
        merges: [{ from: 't', into: id }],
      },
    }));
    const trace = { path: '/t', batch: { calls: [call({ id: 'of the trace', session: 't' })] } };
    for (const order of orders([...claims, trace])) {
      const fresh = await openTestStore();
      fresh.prepareZone('UTC');
      for (const { path, batch } of [...order, ...order]) importInto(fresh, path, globalIds, batch);
      assertRollupsMatchCalls(fresh);
      const first = order.find(({ path }) => path !== '/t')!.path.slice(1);
      assert.deepEqual(
        fresh.db.rows('SELECT c.key, s.own_id FROM call c JOIN session s ON s.id = c.session ORDER BY 1'),
        [
          ['of the trace', first],
          ['own a', 'a'],
          ['own b', 'b'],
          ['told in both', 'a'],
        ],
      );
      fresh.close();
    }
  });

  it('find a call by what another one was called that turned out to be the same', () => {
    const told = (id: string, also?: string[]): void =>
      importInto(store, `/${id}${also?.length ?? ''}`, globalIds, {
        calls: [call({ id, session: 's', ...(also ? { also } : {}) })],
      });
    told('row', ['trace']);
    told('span');
    told('span', ['row', 'trace']);
    told('trace');
    told('row');
    assert.deepEqual(store.db.rows('SELECT key FROM call'), [['span']]);
    assertRollupsMatchCalls(store);
  });

  it('keep a recorded provider when another file leaves it to be inferred', () => {
    const told = (path: string, provider: string | undefined): void =>
      importInto(store, path, globalIds, {
        calls: [call({ id: 'x', session: 's', provider, model: 'gpt-4o' })],
      });
    told('/a', 'azure');
    told('/b', undefined);
    assert.deepEqual(
      report(store, all, 'provider').groups.map(({ key }) => key),
      ['azure'],
    );
  });

  it('lets the newer version win, and the fuller one where there is none', () => {
    const told = (path: string, fields: Partial<CallFact>): void =>
      importInto(store, path, globalIds, { calls: [call({ id: 'x', session: 's', ...fields })] });
    const input = (): unknown => store.db.rows('SELECT input FROM call')[0]![0];
    told('/a', { inputTokens: 5, version: 2 });
    told('/b', { inputTokens: 9, version: 1 });
    assert.equal(input(), 5);
    told('/b', { inputTokens: 3, version: 3 });
    assert.equal(input(), 3);
    assertRollupsMatchCalls(store);
  });
});
