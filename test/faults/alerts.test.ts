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

  function month(name: string, usd: number, timestamp = Date.now()): string {
    const path = join(folder(), `${name}.json`);
    const metrics = [metric({ sessionId: name, cost: usd, timestamp })];
    writeFileSync(path, JSON.stringify({ version: '1.0', month: '2025-06', metrics }));
    return path;
  }

  async function tell(child: Child, line: string): Promise<void> {
    child.process.stdin.write(`${line}\n`);
    await child.said(`done ${line}`);
  }

  /** Until that stands in the log. */
  async function logged(child: Child, row: string): Promise<void> {
    let isThere = false;
    const there = child.said(`log ${row}`).then(() => (isThere = true));
    while (!isThere) {
      child.process.stdin.write('log\n');
      await Promise.race([there, delay(200)]);
    }
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
    await Promise.all(windows.map((child) => tell(child, path)));
    await delay(aWhile);
    const told = (await Promise.all(windows.map(end))).flat();
    assert.deepEqual(told, ['["dear alert"]']);
    const again = await open(store);
    await tell(again, path);
    await delay(aWhile);
    assert.deepEqual(await end(again), []);
  });

  it('are told in one notification, and what another window finds within a minute in another one, gathered', async () => {
    const store = join(folder(), 'gathered.db');
    const windows = await Promise.all([open(store), open(store)]);
    const [one, two] = windows;
    await tell(one, month('first', 1.2));
    await logged(one, 'first alert told');
    await Promise.all([tell(one, month('second', 0.6)), tell(two, month('third', 0.7))]);
    await logged(two, 'second warning waiting');
    await logged(two, 'third warning waiting');
    await Promise.all(windows.map((child) => tell(child, 'later 61000')));
    await logged(two, 'second warning told');
    await logged(two, 'third warning told');
    await delay(aWhile);
    const told = (await Promise.all(windows.map(end))).flat().map((line) => JSON.parse(line) as string[]);
    assert.deepEqual(
      told.map((alerts) => alerts.sort()).sort((a, b) => a.length - b.length),
      [['first alert'], ['second warning', 'third warning']],
    );
  });

  it('are not told in one while the other has them snoozed, and then again', async () => {
    const store = join(folder(), 'snoozed.db');
    const [one, two] = await Promise.all([open(store), open(store)]);
    await tell(one, 'snooze 900000');
    await tell(two, month('quiet', 1.2));
    await logged(one, 'quiet alert snoozed');
    await Promise.all([one, two].map((child) => tell(child, 'later 901000')));
    // Of calls at a time that has come.
    const path = month('loud', 1.2, Date.now() + 901_000);
    await tell(two, path);
    await logged(one, 'loud alert told');
    await delay(aWhile);
    assert.deepEqual((await Promise.all([one, two].map(end))).flat(), ['["loud alert"]']);
  });
});
