import assert from 'node:assert/strict';
import { Gatherer } from '../../../../src/ingest/watch/gatherer';
import { FakeClock } from '../../../support/fakeClock';

describe('Gatherer', () => {
  let clock: FakeClock;
  let lots: { readonly at: number; readonly paths: readonly string[] }[];
  /** How long each lot takes. */
  let work: number;
  let isCrowded: boolean;
  let patience: number;
  let gatherer: Gatherer;

  beforeEach(() => {
    clock = new FakeClock();
    lots = [];
    [work, isCrowded, patience] = [0, false, 0];
    const take = (paths: readonly string[]): Promise<void> => {
      lots.push({ at: clock.now(), paths });
      return new Promise((resolve) => void clock.after(work, resolve));
    };
    gatherer = new Gatherer(clock, take, { isCrowded: () => isCrowded, patience: () => patience });
  });

  afterEach(() => gatherer.dispose());

  const starts = (): number[] => lots.map(({ at }) => at);

  it('hands a change on at once when it was quiet, with what comes in the same moment', async () => {
    gatherer.add('a');
    await clock.pass(5);
    gatherer.add('b');
    gatherer.add('a');
    await clock.pass(100);
    assert.deepEqual(lots, [{ at: 8, paths: ['a', 'b'] }]);
  });

  it('never has two lots under way, and loses nothing that changes meanwhile', async () => {
    work = 50;
    gatherer.add('a');
    await clock.pass(20);
    gatherer.add('a');
    gatherer.add('b');
    await clock.pass(500);
    assert.deepEqual(
      lots.map(({ paths }) => paths),
      [['a'], ['a', 'b']],
    );
    assert.ok(starts()[1]! >= 58, 'after the first');
  });

  it('pauses for twice the work, so that lots begin every tenth of a second, and for half the work at least', async () => {
    const pauseAfter = async (ms: number): Promise<number> => {
      lots = [];
      work = ms;
      gatherer.add('a');
      await clock.pass(8 + ms / 2);
      gatherer.add('a');
      await clock.pass(10_000);
      return starts()[1]! - starts()[0]! - ms;
    };
    assert.deepEqual(
      [await pauseAfter(2), await pauseAfter(20), await pauseAfter(60), await pauseAfter(300)],
      [15, 40, 40, 150],
    );
  });

  it('leaves a job of the user three quarters of the time', async () => {
    isCrowded = true;
    work = 100;
    gatherer.add('a');
    await clock.pass(20);
    gatherer.add('a');
    await clock.pass(1000);
    assert.deepEqual(starts(), [8, 8 + 100 + 300]);
  });

  it('lets another window go first when it is told to', async () => {
    patience = 40;
    gatherer.add('a');
    await clock.pass(100);
    assert.deepEqual(starts(), [48]);
  });

  it('looks at a path later, once', async () => {
    gatherer.addLater('a', 1000);
    gatherer.addLater('a', 10);
    assert.ok(gatherer.isWaiting('a'));
    await clock.pass(5000);
    assert.deepEqual(lots, [{ at: 1008, paths: ['a'] }]);
    assert.ok(!gatherer.isWaiting('a'));
  });

  it('does nothing more once it is closed', async () => {
    gatherer.add('a');
    gatherer.addLater('b', 10);
    gatherer.dispose();
    gatherer.addLater('c', 10);
    gatherer.add('d');
    await clock.pass(1000);
    assert.deepEqual(lots, []);
    assert.equal(clock.waiting, 0);
  });
});
