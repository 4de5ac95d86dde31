import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/shared/errors';
import { engine, startPython, useFolder } from '../../support/sqlite/engine';
import { eventually } from '../../support/eventually';

/** How the writer works: journal mode, pause between commits (s), cache pages, wal_autocheckpoint. */
const writers = [
  ['wal, 50 commits a second', 'wal', '0.02', '2000', '1000'],
  ['wal, without a pause, checkpoint after 20 pages', 'wal', '0', '2000', '20'],
  ['rollback journal, 50 commits a second', 'delete', '0.02', '2000', '0'],
  ['rollback journal that spills, 20 commits a second', 'truncate', '0.05', '10', '0'],
  ['persistent rollback journal, without a pause', 'persist', '0', '10', '0'],
] as const;

const seconds = process.env.TRACE_LEDGER_LONG ? 15 : 2;

describe('a foreign database whose writer is at work', function () {
  this.timeout(120_000);
  const folder = useFolder();

  writers.forEach(([title, mode, pause, cache, checkpoint], index) => {
    it(`gives only committed states: ${title}`, async () => {
      const path = join(folder(), `live${index}.db`);
      const writer = await startPython(
        'live_writer.py',
        ...[path, mode, String(seconds), pause, cache, checkpoint],
      );
      // A writer that never rests may keep a reader out for a while, at the start as later.
      const file = await eventually(async () => (await engine()).openForeign(path), seconds * 1000);
      let reads = 0;
      let busy = 0;
      while (writer.isRunning()) {
        try {
          const rows = await file.all('SELECT count(*), sum(v), sum(length(pad)) FROM t');
          assert.deepEqual(rows, [[2000, 2_000_000, 600_000]]);
          reads++;
        } catch (error) {
          if (!(error instanceof UserError) || !/without a pause/.test(error.message)) throw error;
          busy++;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      file.close();
      const commits = Number(/commits (\d+)/.exec(await writer.exited)?.[1]);
      assert.ok(commits > 10, `the writer wrote: ${commits} commits`);
      assert.ok(reads + busy > 0, 'it was read');
      if (Number(pause) > 0) assert.ok(reads > 0, `${reads} reads, ${busy} times too busy`);
      assert.ok(!readdirSync(folder()).some((name) => name.endsWith('.lock')));
    });
  });

  it('pages through a growing table without missing or doubling a row', async () => {
    const path = join(folder(), 'grow.db');
    const writer = await startPython('growing_writer.py', path, '1.5');
    const file = (await engine()).openForeign(path);
    let last = 0;
    let idle = 0;
    const seen: number[] = [];
    while (idle < 3) {
      const page = await file.all('SELECT id, k FROM g WHERE id > ? ORDER BY id LIMIT 500', [last]);
      for (const [id, k] of page) {
        assert.equal(k, Number(id) * 3);
        seen.push(Number(id));
      }
      last = seen.at(-1) ?? 0;
      if (page.length === 0 && !writer.isRunning()) idle++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    file.close();
    const rows = Number(/rows (\d+)/.exec(await writer.exited)?.[1]);
    assert.ok(rows > 1000);
    assert.deepEqual(
      seen,
      Array.from({ length: rows }, (_, i) => i + 1),
    );
  });
});
