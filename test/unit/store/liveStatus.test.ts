import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { globalIds, importInto, openTestStore } from '../../support/store';
import { liveStatus } from '../../../src/store/queries/liveStatus';
import type { LiveQuestion, LiveStatus } from '../../../src/shared/statusApi';
import type { Store } from '../../../src/store/store';

const hour = 3_600_000;
const [dayStart, dayEnd] = [noon - 12 * hour, noon + 12 * hour];

describe('the figures of the status bar', () => {
  let store: Store;
  const ask = (fields: Partial<LiveQuestion> = {}): LiveStatus =>
    liveStatus(store, {
      question: { filter: { since: dayStart, until: dayEnd }, mode: 'auto', zone: 'UTC' },
      folders: [],
      onlyFolders: false,
      activeSince: noon - 4 * hour,
      ...fields,
    });

  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
    importInto(store, '/a.jsonl', globalIds, {
      sessions: [
        { id: 'shop', project: '/srv/shop' },
        { id: 'site', project: '/srv/site' },
        { id: 'old', project: '/srv/shop' },
        { id: 'wrong clock', project: '/srv/shop' },
      ],
      calls: [
        // 0.0025 + 0.0075 of gpt-4o, 0.00015 of gpt-4o-mini.
        call({ session: 'shop', at: noon - 2 * hour }),
        call({ session: 'shop', at: noon - hour, inputTokens: 3000, cacheReadTokens: 7 }),
        call({ session: 'site', at: noon, model: 'gpt-4o-mini' }),
        call({ session: 'site', at: noon - 1, model: 'nobody-knows', provider: 'local' }),
        // Yesterday in part; the first instant of the day counts, the last one of the day before does not.
        call({ session: 'old', at: dayStart - 1 }),
        call({ session: 'old', at: dayStart, inputTokens: 2000 }),
        call({ session: 'wrong clock', at: dayEnd + 99 * hour }),
      ],
    });
  });

  it('are those of the day by model, and of the session with the newest call', () => {
    const { total, models, session } = ask();
    // 6,000 x 2.50 + 7 x 1.25 + 1,000 x 0.15, a million
    assert.equal(total.cost, 15_000_000 + 8750 + 150_000);
    assert.deepEqual([total.calls, total.unpricedCalls, total.tokens], [5, 1, 8007]);
    assert.deepEqual(
      models.map(({ model, cost, calls }) => [model, cost, calls]),
      [
        ['gpt-4o', 15_008_750, 3],
        ['gpt-4o-mini', 150_000, 1],
        ['nobody-knows', 0, 1],
      ],
    );
    assert.deepEqual([session?.id, session?.cost, session?.lastAt], ['site', 150_000, noon]);
    assert.deepEqual([session?.calls, session?.unpricedCalls], [2, 1]);
  });

  it('are those of the workspace if asked for', () => {
    const { total, models } = ask({ folders: ['/srv/shop'], onlyFolders: true });
    assert.deepEqual([total.cost, total.calls, models.length], [15_008_750, 3, 1]);
    assert.equal(ask({ folders: ['/srv/empty'], onlyFolders: true }).total.calls, 0);
  });

  it('name the session of this workspace first, and none that is over', () => {
    const named = (fields: Partial<LiveQuestion>) => ask(fields).session?.id;
    assert.equal(named({ folders: ['/srv/shop'] }), 'shop');
    assert.equal(named({ folders: ['/srv/empty'] }), 'site');
    // The newest one of the workspace is over; another is not.
    assert.equal(named({ folders: ['/srv/shop'], activeSince: noon - hour + 1 }), 'site');
    assert.equal(named({ activeSince: noon + 1 }), undefined);
  });

  it('leave out what is excluded from analytics', () => {
    store.write(() => {
      const record = { at: noon, what: 'session', name: 'site', excluded: true, importer: 'test', scope: [] };
      store.recordExclusion(record as Parameters<Store['recordExclusion']>[0]);
    });
    const { total, session } = ask();
    assert.deepEqual([total.calls, session?.id], [3, 'shop']);
  });
});
