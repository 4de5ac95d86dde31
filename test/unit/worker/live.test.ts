import assert from 'node:assert/strict';
import { testEngine } from '../../support/engine';
import { FakeClock } from '../../support/fakeClock';
import { openTestStore } from '../../support/store';
import { Live } from '../../../src/worker/live';

const minutes = 60_000;

describe('live, while nothing is watched', () => {
  it('looks for other windows no longer than somebody is about', async () => {
    const clock = new FakeClock();
    const slept: boolean[] = [];
    const store = await openTestStore();
    const live = new Live({
      ...{ store, engine: await testEngine(), importers: () => [], isCrowded: () => false },
      ...{ committed: () => undefined, told: () => undefined, stopped: () => undefined, log: assert.fail },
      slept: (isAsleep) => slept.push(isAsleep),
      clock,
    });
    const off = { enabled: false, idleTimeoutMs: 5 * minutes };
    await live.api.watchSources(off);
    await clock.pass(4 * minutes);
    await live.api.wake();
    // Other settings were changed.
    await live.api.watchSources(off);
    await clock.pass(4 * minutes);
    assert.deepEqual(slept, [false]);
    await clock.pass(1 * minutes);
    assert.deepEqual(slept, [false, true]);
    assert.equal(clock.waiting, 0, 'asleep, nothing is timed');
    await live.api.wake();
    await clock.pass(5 * minutes);
    live.storeChanged();
    assert.deepEqual(slept, [false, true, false, true, false]);
    live.close();
    assert.equal(clock.waiting, 0);
    store.close();
  });
});
