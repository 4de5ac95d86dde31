import assert from 'node:assert/strict';
import { PollTurns } from '../../../../src/ingest/watch/pollTurns';
import { FakeClock } from '../../../support/fakeClock';

describe('PollTurns', () => {
  let clock: FakeClock;
  let looks: { readonly at: number; readonly target: string }[];
  let turns: PollTurns<string>;

  beforeEach(() => {
    clock = new FakeClock();
    looks = [];
    turns = new PollTurns(clock, async (lot) => {
      for (const target of lot) looks.push({ at: clock.now(), target });
    });
  });

  afterEach(() => turns.dispose());

  const looksAt = (target: string): number[] =>
    looks.filter((look) => look.target === target).map(({ at }) => at);

  it('looks at a few every two seconds', async () => {
    turns.setTargets(['a', 'b']);
    await clock.pass(6_000);
    assert.deepEqual(
      [looksAt('a'), looksAt('b')],
      [
        [2000, 4000, 6000],
        [2000, 4000, 6000],
      ],
    );
    assert.equal(turns.everyMs, 2_000);
  });

  it('looks at many by turns, at twenty a second at most', async () => {
    const all = Array.from({ length: 210 }, (_, i) => `f${i}`);
    turns.setTargets(all);
    assert.equal(turns.everyMs, 11_000);
    await clock.pass(22_000);
    for (let second = 0; second < 22; second++)
      assert.ok(looks.filter(({ at }) => Math.floor(at / 1000) === second).length <= 20);
    for (const target of all) assert.equal(looksAt(target).length, 2, target);
  });

  it('looks every half minute where nothing but an alert waits for it, and never when it is stopped', async () => {
    turns.setTargets(['a']);
    turns.setMode('rarely');
    await clock.pass(90_000);
    assert.deepEqual(looksAt('a'), [30_000, 60_000, 90_000]);
    assert.equal(turns.everyMs, 30_000);
    turns.setMode('stopped');
    assert.equal(clock.waiting, 0);
    await clock.pass(1_000_000);
    assert.equal(looks.length, 3);
    assert.equal(turns.everyMs, undefined);
    turns.setMode('often');
    await clock.pass(2_000);
    assert.equal(looks.length, 4);
  });

  it('has no timer where there is nothing to look at', async () => {
    turns.setTargets([]);
    assert.equal(clock.waiting, 0);
    turns.setTargets(['a']);
    await clock.pass(2_000);
    turns.setTargets([]);
    assert.equal(clock.waiting, 0);
  });
});
