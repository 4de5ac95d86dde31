import assert from 'node:assert/strict';
import { call } from '../../support/facts';
import { all, anchored, importInto, openTestStore } from '../../support/store';
import { sessionGroups } from '../../../src/store/queries/sessionGroups';
import { sessions } from '../../../src/store/queries/sessions';
import { sources } from '../../../src/store/queries/sourceRows';
import type { Store } from '../../../src/store/store';

const linked = {
  experiments: [{ id: 'e', name: 'Baseline' }],
  sessions: [{ id: 's', experiment: 'e' }],
  calls: [call({ id: 1, session: 's' })],
};

describe('removing a source', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
  });

  it('forgets nothing of an import that comes afterwards', () => {
    importInto(store, '/a', anchored('x'), linked);
    store.removeSource('/a');
    // Takes the id that the experiment had.
    importInto(store, '/b', anchored('y'), { experiments: [{ id: 'other' }], sessions: [{ id: 't' }] });
    importInto(store, '/a', anchored('x'), { calls: linked.calls }, linked);
    const shown = sessionGroups(store, all).filter(({ calls }) => calls > 0);
    assert.deepEqual(
      shown.map(({ id, name, sessions }) => [id, name, sessions]),
      [['e', 'Baseline', 1]],
    );
  });

  it('has a copy of what once stood at its path read again', () => {
    importInto(store, '/a', anchored('x'), linked);
    importInto(store, '/copy', anchored('x'), linked);
    importInto(store, '/a', anchored('new'), { calls: [call({ id: 1, session: 's' })] });
    assert.deepEqual(store.removeSource('/a'), ['/copy']);
    assert.equal(store.openSource('/copy', 'test', anchored('x')).cursor, null);
  });

  it('leaves what another source tells of with that source, not with the next one that is new', () => {
    importInto(store, '/a', anchored('x'), { calls: [call({ id: 2, session: 'more' })] });
    importInto(store, '/b', anchored('x'), { ...linked });
    importInto(store, '/a', anchored('x'), {
      sessions: [{ id: 't', experiment: 'e' }],
      calls: [call({ id: 3, session: 's' })],
    });
    store.removeSource('/b');
    importInto(store, '/new', anchored('y'), { calls: [call({ id: 1, session: 'else' })] });
    assert.deepEqual(
      sources(store, new Map()).map(({ path, sessions, calls }) => [path, sessions, calls]),
      [
        ['/a', 3, 2],
        ['/new', 1, 1],
      ],
    );
    assert.deepEqual(
      sessionGroups(store, all).map(({ id, source }) => [id, source]),
      [
        ['e', '/a'],
        [null, ''],
      ],
    );
  });

  it('shows the times of a session by the calls that are left', () => {
    const at = (id: number, hour: number) => call({ id, session: 's', at: Date.UTC(2026, 0, 15, hour) });
    importInto(store, '/b', anchored('x'), { calls: [at(1, 10)] });
    importInto(store, '/a', anchored('x'), { calls: [at(2, 20)] });
    store.removeSource('/a');
    const [row] = sessions(store, all, undefined, { limit: 5 }).rows;
    assert.deepEqual([row?.at, row?.lastAt], [Date.UTC(2026, 0, 15, 10), Date.UTC(2026, 0, 15, 10)]);
  });
});
