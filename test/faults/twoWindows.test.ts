import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFolder } from '../support/sqlite/engine';
import type { Child } from './children';
import { delay, faults, long, nativeState, startChild } from './children';

const seconds = long ? 60 : 3;
const lastAck = (path: string, id: string): number => {
  try {
    return Number(readFileSync(`${path}.ack.${id}`, 'utf8').split('\n').at(-2) ?? 0);
  } catch {
    return 0;
  }
};

/** Sum of the accounts (64 x 1000), and every acknowledged commit: at most one more was on its way when it was killed. */
function checkStore(path: string, ids: readonly string[]): void {
  assert.equal(faults(path), '');
  const { integrity, sum, counters } = nativeState(path);
  assert.deepEqual([integrity, sum], ['ok', 64_000]);
  for (const id of ids) {
    const [have = 0, acknowledged] = [counters[id], lastAck(path, id)];
    assert.ok(
      have === acknowledged || have === acknowledged + 1,
      `${id}: ${have}, acknowledged ${acknowledged}`,
    );
  }
}

(process.platform === 'linux' ? describe : describe.skip)('several windows on one store', function () {
  this.timeout(seconds * 1000 + 120_000);
  const folder = useFolder();

  for (const windows of long ? [2, 4] : [2]) {
    const ids = Array.from({ length: windows }, (_, i) => `w${i}`);

    it(`${windows} windows: no update is lost or doubled`, async () => {
      const path = join(folder(), `load${windows}.db`);
      const children = ids.map((id) => startChild('windowChild.ts', path, id, String(seconds)));
      const ends = await Promise.all(children.map((child) => child.exited));
      checkStore(path, ids);
      for (const { code, output } of ends) {
        assert.equal(code, 0);
        const { writes, reads, busy } = JSON.parse(output.split('\n')[1] ?? '') as Record<string, number>;
        assert.ok(writes! > 10 && reads! > 10, output);
        assert.equal(busy, 0);
      }
    });

    it(`${windows} windows: kill -9 at random moments loses nothing that was acknowledged`, async () => {
      const path = join(folder(), `kill${windows}.db`);
      const start = (id: string) => startChild('windowChild.ts', path, id, '100000');
      const children = ids.map(start);
      await Promise.all(children.map((child) => child.said('ready')));
      const end = Date.now() + seconds * 1000;
      let kills = 0;
      while (Date.now() < end) {
        await delay(20 + Math.random() * 180);
        const i = Math.floor(Math.random() * windows);
        const child = children[i] as Child;
        // Now and then in the middle of starting.
        if (kills % 4 !== 0) await child.said('ready').catch(() => assert.fail(faults(path)));
        await delay(Math.random() * 50);
        child.process.kill('SIGKILL');
        await child.exited;
        kills++;
        children[i] = start(ids[i]!);
      }
      for (const child of children) child.process.kill('SIGKILL');
      await Promise.all(children.map((child) => child.exited));
      const last = startChild('windowChild.ts', path, 'last', '0.1'); // recovers what the last ones left
      assert.equal((await last.exited).code, 0);
      checkStore(path, ids);
      assert.ok(kills > 1, `${kills} kills`);
    });
  }

  it('a window that is stopped and continued makes the others wait, and nobody wrong', async () => {
    const path = join(folder(), 'stop.db');
    const ids = ['w0', 'w1'];
    const children = ids.map((id) =>
      startChild('windowChild.ts', path, id, String(seconds + 1), '80', '300'),
    );
    await Promise.all(children.map((child) => child.said('ready')));
    const end = Date.now() + (seconds - 1) * 1000;
    while (Date.now() < end) {
      await delay(Math.random() * 150);
      const child = children[Math.floor(Math.random() * 2)] as Child;
      child.process.kill('SIGSTOP');
      await delay(400 + Math.random() * 400);
      child.process.kill('SIGCONT');
    }
    for (const child of children) assert.equal((await child.exited).code, 0);
    checkStore(path, ids);
  });
});
