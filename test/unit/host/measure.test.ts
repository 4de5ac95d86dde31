import assert from 'node:assert/strict';
import { longestRun, measured, measuredTurn, resetLongestRun } from '../../../src/host/measure';

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('the longest run', () => {
  beforeEach(resetLongestRun);

  it('is that of the entry point that held the thread longest', () => {
    measured('short', () => busy(2))();
    measured('long', () => busy(120))();
    measured('shorter', () => busy(1))();
    const { name, ms } = longestRun();
    assert.equal(name, 'long');
    assert.ok(ms >= 120, `${ms}`);
  });

  it('is measured when it ends in an error', () => {
    assert.throws(
      measured('failing', () => {
        busy(3);
        throw new Error('bug');
      }),
      /bug/,
    );
    assert.equal(longestRun().name, 'failing');
  });

  it('counts what goes on after an answer, before the thread is free', async () => {
    let answer = (): void => {};
    const waiting = new Promise<void>((resolve) => (answer = resolve)).then(() => busy(10));
    measuredTurn('answer', () => answer())();
    await waiting;
    await new Promise((resolve) => setImmediate(resolve));
    const { name, ms } = longestRun();
    assert.equal(name, 'answer');
    assert.ok(ms >= 10, `${ms}`);
  });
});
