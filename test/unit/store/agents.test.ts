import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { shuffled } from '../../support/shuffled';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { sessionAgents } from '../../../src/store/queries/agents';
import { calls } from '../../../src/store/queries/calls';
import { noteOf } from '../../../src/store/queries/sessionDetail';
import { recordNote } from '../../../src/store/notes';
import { chooseProjects } from '../../../src/store/sessionProjects';
import { sessionGroups } from '../../../src/store/queries/sessionGroups';
import { report } from '../../../src/store/queries/report';
import type { Filter } from '../../../src/shared/model';
import type { ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const agents = (store: Store): unknown[] =>
  store.db.rows(`SELECT s.own_id, a.own_id, a.name, a.parent, sum(c.input), count(c.id) FROM call c
    JOIN session s ON s.id = c.session LEFT JOIN agent a ON a.id = c.agent GROUP BY 1, 2, 3, 4 ORDER BY 1, 2`);

async function inEveryOrder(batches: readonly ImportBatch[], expected: unknown): Promise<void> {
  for (const seed of seeds(3, 8)) {
    const store = await openTestStore();
    store.prepareZone('UTC');
    const order = shuffled([...batches, ...batches], seed);
    for (const batch of order) importInto(store, `/${batches.indexOf(batch)}`, globalIds, batch);
    assertRollupsMatchCalls(store);
    assert.deepEqual(agents(store), expected, `seed ${seed}`);
    assert.equal(report(store, all, null).total.sessions, 1);
  }
}

describe('sub-agents', () => {
  it('that a call names belong to its session', () =>
    inEveryOrder(
      [
        { calls: [call({ id: 'own', session: 's', inputTokens: 1 })] },
        { calls: [call({ id: 'a', session: 's', agent: { id: 'x', name: 'Explore' }, inputTokens: 2 })] },
        { calls: [call({ id: 'b', session: 's', agent: { id: 'x' }, inputTokens: 4 })] },
        { calls: [call({ id: 'c', session: 's', agent: { id: 'y', parent: 'x' }, inputTokens: 8 })] },
      ],
      [
        ['s', null, null, null, 1, 1],
        ['s', 'x', 'Explore', null, 6, 2],
        ['s', 'y', null, 'x', 8, 1],
      ],
    ));

  it('with sessions of their own become agents of the session at the top, in every order', () =>
    inEveryOrder(
      [
        { calls: [call({ id: 'own', session: 'root', inputTokens: 1 })] },
        { calls: [call({ id: 'child', session: 'child', inputTokens: 2 })] },
        { calls: [call({ id: 'grand', session: 'grand', inputTokens: 4 })] },
        { calls: [call({ id: 'side', session: 'grand', agent: { id: 'side' }, inputTokens: 8 })] },
        { merges: [{ from: 'child', into: 'root', agent: { name: 'Plan' } }] },
        { merges: [{ from: 'grand', into: 'child', agent: {} }] },
      ],
      [
        ['root', null, null, null, 1, 1],
        ['root', 'child', 'Plan', null, 2, 1],
        ['root', 'grand', null, 'child', 4, 1],
        ['root', 'side', null, 'grand', 8, 1],
      ],
    ));

  it('have what they used themselves, and that with what those used that they started', async () => {
    const store = await openTestStore();
    const agent = (id: string, parent?: string) => ({ id, ...(parent === undefined ? {} : { parent }) });
    importInto(store, '/a', globalIds, {
      calls: [
        call({ session: 's', inputTokens: 1, at: noon }),
        call({ session: 's', inputTokens: 2, at: noon + 2, agent: agent('x') }),
        call({ session: 's', inputTokens: 4, at: noon + 1, agent: agent('y', 'x') }),
        call({ session: 's', inputTokens: 8, at: noon + 3, agent: agent('z', 'y') }),
        // Two that claim to have started each other.
        call({ session: 's', inputTokens: 16, at: noon + 4, agent: agent('p', 'q') }),
        call({ session: 's', inputTokens: 32, at: noon + 5, agent: agent('q', 'p') }),
      ],
    });
    const { own, agents: rows } = sessionAgents(store, 'test:s', 'auto')!;
    assert.equal(own.inputTokens, 1);
    assert.deepEqual(
      rows.map(({ id, parent, own: mine, total, at }) => [
        id,
        parent,
        mine.inputTokens,
        total.inputTokens,
        at,
      ]),
      [
        ['y', 'x', 4, 12, noon + 1],
        ['x', null, 2, 14, noon + 2],
        ['z', 'y', 8, 8, noon + 3],
        ['p', null, 16, 48, noon + 4],
        ['q', 'p', 32, 32, noon + 5],
      ],
    );
    assert.equal(calls(store, 'test:s', 'auto', { limit: 9, agent: null }).rows.length, 1);
    assert.deepEqual(
      calls(store, 'test:s', 'auto', { limit: 9, agent: 'y' }).rows.map(({ usage }) => usage.inputTokens),
      [4],
    );
    assert.equal(sessionAgents(store, 'test:none', 'auto'), undefined);
  });

  it('keep what a user wrote on them when they had a session of their own, in every order', async () => {
    const word = { importer: 'test', scope: [], at: 1 };
    const steps: readonly ((store: Store) => void)[] = [
      (store) => importInto(store, '/r', globalIds, { calls: [call({ id: 'r', session: 'root' })] }),
      (store) => importInto(store, '/c', globalIds, { calls: [call({ id: 'c', session: 'child' })] }),
      (store) => importInto(store, '/m', globalIds, { merges: [{ from: 'child', into: 'root', agent: {} }] }),
      (store) => store.write(() => recordNote(store.db, { ...word, session: 'child', text: 'a dead end' })),
      (store) =>
        store.write(() => store.recordExclusion({ ...word, what: 'session', name: 'child', excluded: true })),
    ];
    for (const seed of seeds(8, 24)) {
      const store = await openTestStore();
      store.prepareZone('UTC');
      for (const step of shuffled([...steps], seed)) step(store);
      assert.equal(noteOf(store, 'test:child')?.text, 'a dead end', `seed ${seed}`);
      assert.equal(noteOf(store, 'test:root')?.text, 'a dead end', `seed ${seed}`);
      const { total } = report(store, all, null);
      assert.deepEqual([total.calls, total.excludedCalls], [0, 2], `seed ${seed}`);
      store.write(() => store.recordExclusion({ ...word, what: 'session', name: 'root', excluded: false }));
      assert.equal(report(store, all, null).total.calls, 2);
      assertRollupsMatchCalls(store);
    }
  });

  it('whose trace belongs to another session make that session the agent, whichever is told first', () =>
    inEveryOrder(
      [
        { calls: [call({ id: 'r', session: 'root', inputTokens: 1 })] },
        { calls: [call({ id: 't', session: 'trace', inputTokens: 2 })] },
        { calls: [call({ id: 's', session: 'side', inputTokens: 4 })] },
        { merges: [{ from: 'trace', into: 'root', agent: { name: 'Plan' } }] },
        { merges: [{ from: 'trace', into: 'side' }] },
      ],
      [
        ['root', null, null, null, 1, 1],
        ['root', 'trace', 'Plan', null, 6, 2],
      ],
    ));

  it('and their session add up to its total, whoever is said to have started whom', async () => {
    for (const seed of seeds(6, 20)) {
      const { below, chance } = random(seed);
      const store = await openTestStore();
      const names = Array.from({ length: 8 }, (_, i) => `a${i}`);
      importInto(store, '/a', globalIds, {
        calls: names.map((id, i) =>
          call({
            session: 's',
            inputTokens: 2 ** i,
            at: noon + below(9),
            agent: { id, ...(chance(0.8) ? { parent: `a${below(9)}` } : {}) },
          }),
        ),
      });
      const { own, agents: rows } = sessionAgents(store, 'test:s', 'auto')!;
      const isTop = ({ parent }: { parent: string | null }) => parent === null || !names.includes(parent);
      const tops = rows.filter(isTop).reduce((sum, { total }) => sum + total.inputTokens, 0);
      assert.equal(own.inputTokens + tops, 255, `seed ${seed}`);
    }
  });

  it('are forgotten with the session that had them', async () => {
    const store = await openTestStore();
    importInto(store, '/a', globalIds, { calls: [call({ session: 's', agent: { id: 'x' } })] });
    store.removeSource('/a');
    assert.deepEqual(store.db.rows('SELECT count(*) FROM agent'), [[0]]);
  });
});

describe('a call that several sessions tell of', () => {
  it('belongs to the one that told of it earliest, whichever is read first', async () => {
    const original = { calls: [call({ id: 'm', session: 'z', at: noon, inputTokens: 3 })] };
    const copied = {
      calls: [
        call({ id: 'm', session: 'a', at: noon + 5, inputTokens: 3 }),
        call({ id: 'n', session: 'a', at: noon + 9000, inputTokens: 4 }),
      ],
    };
    for (const order of [
      [original, copied],
      [copied, original],
    ]) {
      const store = await openTestStore();
      order.forEach((batch) => importInto(store, batch === original ? '/z' : '/a', globalIds, batch));
      assertRollupsMatchCalls(store);
      assert.deepEqual(agents(store), [
        ['a', null, null, null, 4, 1],
        ['z', null, null, null, 3, 1],
      ]);
      assert.deepEqual(store.db.rows('SELECT own_id, first_at, last_at FROM session ORDER BY 1'), [
        ['a', noon + 9000, noon + 9000],
        ['z', noon, noon],
      ]);
    }
  });
});

describe('a failure that never was a call', () => {
  it('is an error and nothing else', async () => {
    const store = await openTestStore();
    store.prepareZone('UTC');
    importInto(store, '/a', globalIds, {
      calls: [
        call({ id: 'real', session: 's' }),
        { id: 'limit', session: 's', at: noon, failed: true, noCall: true, error: 'rate_limit' },
      ],
    });
    assertRollupsMatchCalls(store);
    const { total } = report(store, all, null);
    assert.deepEqual([total.calls, total.errors, total.unpricedCalls, total.cost], [1, 1, 0, 2_500_000]);
    store.removeSource('/a');
    assert.deepEqual(store.db.rows('SELECT count(*) FROM usage_day'), [[0]]);
  });

  it('makes no session one with a call, by day or by model', async () => {
    const store = await openTestStore();
    const failure = { at: noon, failed: true, noCall: true };
    importInto(store, '/a', globalIds, {
      calls: [
        call({ session: 's' }),
        { id: 1, session: 's', ...failure },
        { id: 2, session: 't', ...failure },
      ],
    });
    for (const by of ['day', 'user', 'project', 'branch'] as const)
      assert.deepEqual(
        report(store, all, by).groups.map(({ calls, errors, sessions }) => [calls, errors, sessions]),
        [[1, 2, 1]],
        by,
      );
    const sessionsOf = (filter: Filter) => report(store, { ...all, filter }, null).total.sessions;
    assert.deepEqual(
      [sessionsOf({}), sessionsOf({ models: [null] }), sessionsOf({ models: ['gpt-4o'] })],
      [2, 0, 1],
    );
  });
});

describe('projects of sessions', () => {
  it('are the shortest folder told, spelled once, and the branch is the latest', async () => {
    const facts: ImportBatch[] = [
      { sessions: [{ id: 's', project: '/home/ana/shop/api', branch: { name: 'old', at: noon } }] },
      { sessions: [{ id: 's', project: '/home/ana/shop/', branch: { name: 'new', at: noon + 1 } }] },
      { sessions: [{ id: 't', project: '\\\\wsl$\\Ubuntu\\home\\ana\\shop' }] },
      { sessions: [{ id: 'u' }] },
    ];
    for (const seed of seeds(3, 6)) {
      const store = await openTestStore();
      for (const batch of shuffled(facts, seed))
        importInto(store, `/${facts.indexOf(batch)}`, globalIds, batch);
      const rows = store.db.rows(
        'SELECT own_id, branch, (SELECT name FROM project WHERE id = project) FROM session ORDER BY 1',
      );
      assert.deepEqual(rows, [
        ['s', 'new', '/home/ana/shop'],
        ['t', null, '/home/ana/shop'],
        ['u', null, null],
      ]);
    }
  });

  it('follow rules that are told later, and are called as short as those in use allow', async () => {
    const store = await openTestStore();
    const session = (id: string, project: string): ImportBatch => ({
      sessions: [{ id, project }],
      calls: [call({ session: id })],
    });
    importInto(store, '/a', globalIds, session('s', '/w/a/shop'), session('t', '/w/a/shop-2'));
    importInto(store, '/b', globalIds, session('u', '/w/b/shop'));
    const names = (): unknown[] =>
      sessionGroups(store, all)
        .map(({ key, name, sessions }) => `${String(key)} ${name} ${sessions}`)
        .sort();
    assert.deepEqual(names(), ['/w/a/shop /w/a/shop 1', '/w/a/shop-2 shop-2 1', '/w/b/shop /w/b/shop 1']);
    store.write(() => chooseProjects(store.db, { '/w/a/shop-2': '/w/a/shop' }));
    assert.deepEqual(names(), ['/w/a/shop /w/a/shop 2', '/w/b/shop /w/b/shop 1']);
    store.write(() => chooseProjects(store.db, {}));
    store.removeSource('/b');
    assert.deepEqual(names(), ['/w/a/shop shop 1', '/w/a/shop-2 shop-2 1']);
  });
});
