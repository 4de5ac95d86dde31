import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metric } from '../support/platoMonth';
import { useFolder } from '../support/sqlite/engine';
import { delay, startChild } from './children';
import type { Child } from './children';

/** Longer than it takes to look: a look comes 0.2 s after a change, and one a second. */
const aWhile = 3_000;

describe('alerts of several windows on one store', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const children: Child[] = [];
  after(() => children.forEach((child) => child.process.kill('SIGKILL')));

  async function open(store: string): Promise<Child> {
    const child = startChild('alertChild.ts', store);
    children.push(child);
    await child.said('ready');
    return child;
  }

  function month(name: string, usd: number): string {
    const path = join(folder(), `${name}.json`);
    const metrics = [metric({ sessionId: name, cost: usd, timestamp: Date.now() })];
    writeFileSync(path, JSON.stringify({ version: '1.0', month: '2025-06', metrics }));
    return path;
  }

  async function take(child: Child, path: string): Promise<void> {
    child.process.stdin.write(`${path}\n`);
    await child.said(`took ${path}`);
  }

  async function end(child: Child): Promise<string[]> {
    child.process.stdin.end();
    const { code, output } = await child.exited;
    assert.equal(code, 0);
    return output.split('\n').filter((line) => line.startsWith('['));
  }

  it('are told once in all, by whichever window, and not again after a restart', async () => {
    const store = join(folder(), 'alerts.db');
    const windows = await Promise.all([open(store), open(store)]);
    const path = month('dear', 1.2);
    await Promise.all(windows.map((child) => take(child, path)));
    await delay(aWhile);
    const told = (await Promise.all(windows.map(end))).flat();
    assert.deepEqual(told, ['["dear alert"]']);
    const again = await open(store);
    await take(again, path);
    await delay(aWhile);
    assert.deepEqual(await end(again), []);
  });
});
