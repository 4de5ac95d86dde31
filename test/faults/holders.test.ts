import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/shared/errors';
import { engine, pythonCode, useFolder } from '../support/sqlite/engine';
import { delay, long, startChild } from './children';

const rounds = long ? 30 : 3;
const rows = 300;

(process.platform === 'linux' ? describe : describe.skip)(
  'a store held in the middle of a transaction',
  function () {
    this.timeout(rounds * 10_000);
    const folder = useFolder();
    let names = 0;

    async function createStore(timeoutMs: number) {
      const path = join(folder(), `held${names++}.db`);
      const db = (await engine()).openStore(path, { timeoutMs });
      db.write(() => {
        db.run('CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, pad BLOB)');
        for (let i = 0; i < rows; i++) db.run('INSERT INTO t VALUES (?, 0, randomblob(900))', [i]);
      });
      const sum = () => db.read(() => db.rows('SELECT sum(a) FROM t')[0]?.[0]);
      return { path, db, sum };
    }
    const isHot = (path: string) =>
      existsSync(`${path}-journal`) &&
      readFileSync(`${path}-journal`).subarray(0, 8).toString('hex') === 'd9d505f920a163d7';

    it('is rolled back by the next reader after kill -9, and can be written again', async () => {
      const { path, db, sum } = await createStore(5000);
      for (let i = 0; i < rounds; i++) {
        const holder = startChild('holderChild.ts', path, 'process');
        await holder.said('holding');
        assert.ok(isHot(path), 'the transaction has spilled');
        holder.process.kill('SIGKILL');
        await holder.exited;
        assert.equal(sum(), 0);
        db.write(() => db.run('UPDATE t SET pad = randomblob(900) WHERE id = 1'));
        assert.deepEqual(db.rows('PRAGMA integrity_check'), [['ok']]);
      }
      assert.deepEqual(readdirSync(`${path}.lock`), [], 'the claims of the dead were removed');
      db.close();
      assert.equal(
        pythonCode(
          "import sqlite3,sys;print(sqlite3.connect(sys.argv[1]).execute('select sum(a) from t').fetchone()[0])",
          path,
        ),
        '0',
      );
    });

    it('is freed when the worker thread that holds it is terminated in a living process', async () => {
      const { path, db, sum } = await createStore(5000);
      const holder = startChild('holderChild.ts', path, 'thread');
      await holder.said('holding');
      holder.process.stdin.write('now\n');
      await holder.said('terminated');
      assert.equal(sum(), 0);
      db.write(() => db.run('UPDATE t SET a = 1 WHERE id = 1'));
      assert.equal(sum(), 1);
      holder.process.kill('SIGKILL');
      await holder.exited;
      db.close();
    });

    it('makes a reader and a writer in another process wait and then fail, without a wrong answer', async () => {
      const { path, db, sum } = await createStore(200);
      const holder = startChild('holderChild.ts', path, 'process', '1500');
      await holder.said('holding');
      const isTold = (error: unknown) =>
        error instanceof UserError && error.message.includes(path) && /in use/.test(error.message);
      assert.throws(sum, isTold);
      holder.process.kill('SIGSTOP');
      assert.throws(() => db.write(() => db.run('UPDATE t SET a = 5')), isTold);
      await delay(300);
      assert.throws(sum, isTold, 'nothing is taken from a frozen owner');
      holder.process.kill('SIGCONT');
      await holder.said('committed');
      assert.equal((await holder.exited).code, 0);
      assert.equal(sum(), rows);
      assert.deepEqual(db.rows('PRAGMA integrity_check'), [['ok']]);
      db.close();
    });
  },
);
