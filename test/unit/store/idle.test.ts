import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { globalIds, importInto, openTestStore } from '../../support/store';
import { idleText, savingText } from '../../../src/shared/idle';
import { usd } from '../../../src/shared/money';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import type { CallFact } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

const minute = 60_000;
const at = (minutes: number, fields: Partial<CallFact> = {}): CallFact =>
  call({ at: noon + minutes * minute, ...fields });

describe('idle time of a session', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
  });
  afterEach(() => store.close());
  const idleAfter = (...calls: CallFact[]) => {
    importInto(store, '/a', globalIds, { calls });
    return sessionDetail(store, 'test:session-1', 'auto')!.idle;
  };

  it('is what lies between calls, from the end of all before to the next, where it is over five minutes', () => {
    // Ends at 20; the gaps are 5, exactly the timeout, and 30.
    const idle = idleAfter(
      at(0, { latencyMs: 20 * minute }),
      at(3, { latencyMs: 1000 }),
      at(25),
      at(55, { latencyMs: minute }),
    )!;
    assert.deepEqual(idle, {
      timeoutMs: 5 * minute,
      gaps: 1,
      idleMs: 30 * minute,
      beyondMs: 25 * minute,
      spanMs: 56 * minute,
      isVoice: false,
    });
    assert.equal(idleText(idle), '1 gap over 5 min, 30 min in all, 53.6% of 56 min');
    assert.equal(savingText(idle, 1, usd), '');
  });

  it('would have cost nothing more by the price list, and so much by what the documents assume', () => {
    const idle = idleAfter(at(0, { audioInputSeconds: 1 }), at(15), at(125))!;
    assert.equal(idle.isVoice, true);
    // 15 and 110 minutes, less five each: 115 minutes at 0.06 are 6.90 USD, 69% of 10.
    const text = savingText(idle, 10_000_000_000, usd);
    assert.match(text, /would have saved \$0:/);
    assert.match(text, /would have cost \$6\.90 at the 0\.06 USD a minute.*, 69% of what the session cost/);
  });

  it('is not told where times are not', () => {
    assert.equal(idleAfter(at(0), call({ at: undefined })), null);
  });

  it('is not told of what is left of a session whose older calls became sums', () => {
    const calls = [0, 50, 60, 90].map((minutes) => at(minutes));
    assert.equal(idleAfter(...calls)!.spanMs, 90 * minute);
    const before = noon + 45 * minute;
    for (let step = store.compact(before); step; step = store.compact(before, step));
    assert.equal(sessionDetail(store, 'test:session-1', 'auto')!.idle, null);
  });

  it('is none where calls follow each other', () => {
    const idle = idleAfter(at(0), at(4), at(8));
    assert.equal(idleText(idle!), 'no gap over 5 min in 8 min');
  });
});
