import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, anchored, globalIds, importInto, openTestStore } from '../../support/store';
import { exportCalls } from '../../../src/store/queries/calls';
import { panel } from '../../../src/store/queries/panel';
import { report } from '../../../src/store/queries/report';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import { keysOfSession, sessions } from '../../../src/store/queries/sessions';
import { sources } from '../../../src/store/queries/sourceRows';
import { models } from '../../../src/store/queries/sources';
import type { GroupBy, Question } from '../../../src/shared/model';
import type { Store } from '../../../src/store/store';

describe('what is excluded from analytics', () => {
  let store: Store;
  // Amounts that tell by their digits which calls are in a sum.
  const paid = (recorded: number) => ({ recorded, recordedExact: true });
  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
    importInto(store, '/a', globalIds, {
      calls: [
        call({ id: 1, session: 's', ...paid(1) }),
        call({ id: 2, session: 's', model: 'gpt-4o-mini', at: noon + 86_400_000, ...paid(20) }),
        call({ id: 3, session: 't', ...paid(300) }),
      ],
    });
    importInto(store, '/b', globalIds, { calls: [call({ id: 4, session: 't', ...paid(4000) })] });
  });

  const exclude = (what: 'session' | 'model' | 'source', name: string, excluded = true): void =>
    store.write(() =>
      store.recordExclusion({
        at: 1,
        what,
        name,
        excluded,
        ...(what === 'session' ? { importer: 'test', scope: [] } : {}),
      }),
    );
  const periods: readonly Question[] = [
    all,
    { ...all, filter: { since: noon - 1, until: noon + 2 * 86_400_000 } },
    { ...all, filter: { since: Date.UTC(2026, 0, 15), until: Date.UTC(2026, 0, 17) } },
    { ...all, zone: 'Asia/Tokyo' },
  ];
  const groupings: readonly GroupBy[] = [
    'model',
    'provider',
    'day',
    'experiment',
    'session',
    'user',
    'source',
    'tag',
  ];

  function assertCounted(cost: number, excludedCalls: number): void {
    for (const question of periods) {
      const { total } = report(store, question, null);
      assert.deepEqual([total.cost, total.excludedCalls], [cost, excludedCalls], JSON.stringify(question));
      for (const by of groupings) {
        const { groups } = report(store, question, by);
        const sum = (field: 'cost' | 'excludedCalls') => groups.reduce((all, group) => all + group[field], 0);
        assert.deepEqual([sum('cost'), sum('excludedCalls')], [cost, excludedCalls], by);
      }
      const drawn = panel(store, question, 'day').series.flatMap((series) => series.cost);
      assert.equal(
        drawn.reduce((a, b) => a + b, 0),
        cost,
      );
      const exported = [...exportCalls(store, question, 2)].flat();
      assert.equal(
        exported.reduce((sum, row) => sum + row.cost!, 0),
        cost,
      );
    }
  }

  it('is counted nowhere but as excluded, and comes back as it was', () => {
    assertCounted(4321, 0);
    exclude('session', 's');
    assertCounted(4300, 2);
    exclude('model', 'gpt-4o-mini');
    assertCounted(4300, 2);
    exclude('session', 's', false);
    assertCounted(4301, 1);
    exclude('source', '/b');
    assertCounted(301, 2);
    exclude('source', '/b', false);
    exclude('model', 'gpt-4o-mini', false);
    assertCounted(4321, 0);
    assertRollupsMatchCalls(store);
  });

  it('stays excluded when more of it comes in, and in a zone that is new', () => {
    exclude('session', 's');
    importInto(store, '/a', globalIds, {
      sessions: [{ id: 's', user: 'ana' }],
      calls: [call({ id: 5, session: 's', ...paid(50_000) })],
    });
    store.prepareZone('Asia/Tokyo');
    assertCounted(4300, 3);
    exclude('session', 's', false);
    assertCounted(54_321, 0);
    assertRollupsMatchCalls(store);
  });

  it('is remembered of a session that comes in later, by its database', () => {
    store.write(() =>
      store.recordExclusion({
        at: 1,
        what: 'session',
        name: 'x',
        importer: 'test',
        scope: ['one'],
        excluded: true,
      }),
    );
    importInto(store, '/one', anchored('one'), { calls: [call({ id: 1, session: 'x', ...paid(70_000) })] });
    importInto(store, '/two', anchored('two'), { calls: [call({ id: 1, session: 'x', ...paid(800_000) })] });
    assertCounted(804_321, 1);
  });

  it('shows its own figures in its row, and what is out in every list', () => {
    exclude('session', 's');
    exclude('source', '/b');
    exclude('model', 'gpt-4o-mini');
    const rows = sessions(store, all, undefined, { limit: 9 }).rows.map(({ id, cost, excluded }) => [
      id,
      cost,
      excluded,
    ]);
    assert.deepEqual(rows.sort(), [
      ['s', 1, true],
      ['t', 300, false],
    ]);
    assert.deepEqual(
      sources(store, new Map()).map(({ calls }) => calls),
      [3, 1],
    );
    assert.equal(sessionDetail(store, keysOfSession(store, 's')[0]!, 'auto')!.byModel.length, 2);
    assert.deepEqual(
      sources(store, new Map()).map(({ path, excluded }) => [path, excluded]),
      [
        ['/a', false],
        ['/b', true],
      ],
    );
    assert.deepEqual(models(store), [
      { name: 'gpt-4o', calls: 3, excluded: false },
      { name: 'gpt-4o-mini', calls: 1, excluded: true },
    ]);
  });
});
