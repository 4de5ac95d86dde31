import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metric } from '../support/platoMonth';
import { pythonCode, useFolder } from '../support/sqlite/engine';
import { startChild } from './children';

const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'gemini-2.5-flash', 'local-model'];
const half = 4_000;

/** What native SQLite says once both are done: session, model, tag, time. */
const sessionsOf = (path: string) =>
  JSON.parse(
    pythonCode(
      `import sqlite3,sys,json
c=sqlite3.connect(sys.argv[1])
print(json.dumps(c.execute("""select s.own_id, m.name, s.tag, s.first_at from session s
 join call on call.session = s.id join model m on m.id = call.model""").fetchall()))`,
      path,
    ),
  ) as [id: string, model: string, tag: string, at: number][];

(process.platform === 'linux' ? describe : describe.skip)('two windows that import at once', function () {
  this.timeout(120_000);
  const folder = useFolder();

  it('give each tag once, leave out none, and count each file by time', async () => {
    const monthOf = (name: string, part: number): string => {
      const path = join(folder(), name);
      const metrics = Array.from({ length: half }, (_, i) =>
        metric({
          sessionId: `${part}-${i}`,
          model: models[(i * 7) % 5]!,
          // Another order than that of the rows.
          timestamp: Date.UTC(2025, 5, 3) + ((i * 1009) % half) * 2000 + part * 1000,
        }),
      );
      writeFileSync(path, JSON.stringify({ version: '1.0', month: '2025-06', metrics }));
      return path;
    };
    const store = join(folder(), 'store.db');
    const children = ['a.json', 'b.json'].map((name, part) =>
      startChild('importChild.ts', store, monthOf(name, part)),
    );
    await Promise.all(children.map((child) => child.said('ready')));
    for (const child of children) child.process.stdin.write('go\n');
    for (const end of await Promise.all(children.map((child) => child.exited))) {
      assert.equal(end.code, 0, end.output);
      assert.ok(end.output.endsWith(`{"newCalls":${half}}`), end.output);
    }

    const sessions = sessionsOf(store);
    assert.equal(sessions.length, 2 * half);
    for (const model of models) {
      const counted = sessions
        .filter(([, name]) => name === model)
        .map(([id, , tag, at]) => ({
          part: id[0],
          at,
          hex: tag.slice(11, 17),
          counter: Number(tag.split('_')[3]),
        }));
      assert.equal(new Set(counted.map(({ hex }) => hex)).size, 1);
      assert.deepEqual(
        counted.map(({ counter }) => counter).sort((a, b) => a - b),
        Array.from({ length: (2 * half) / 5 }, (_, i) => i + 1),
      );
      for (const part of ['0', '1']) {
        const own = counted.filter((one) => one.part === part).sort((a, b) => a.at - b.at);
        const counters = own.map(({ counter }) => counter);
        assert.deepEqual(
          counters,
          [...counters].sort((a, b) => a - b),
          `${model} of file ${part}`,
        );
      }
    }
  });
});
