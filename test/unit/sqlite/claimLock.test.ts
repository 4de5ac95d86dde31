import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClaimLock } from '../../../src/sqlite/claimLock';
import { level, lockResult } from '../../../src/sqlite/lock';
import { isAlive, newOwner } from '../../../src/sqlite/owner';
import { engine, useFolder } from '../../support/sqlite/engine';

const { ok, busy } = lockResult;

(process.platform === 'linux' ? describe : describe.skip)('the claims of several connections', () => {
  const folder = useFolder();
  let names = 0;
  const pair = () => {
    const path = join(folder(), `lock${names++}.db`);
    return { path, a: new ClaimLock(path, 30), b: new ClaimLock(path, 30) };
  };

  it('lets several read, one reserve beside them, and nobody beside exclusive', () => {
    const { a, b } = pair();
    assert.deepEqual([a.lock(level.shared), b.lock(level.shared)], [ok, ok]);
    assert.equal(a.lock(level.reserved), ok);
    assert.equal(b.lock(level.reserved), busy);
    assert.deepEqual([a.isReserved(), b.isReserved()], [true, true]);
    assert.equal(a.lock(level.exclusive), busy, 'a reader is there');
    assert.equal(a.level, level.pending);
    b.unlock(level.none);
    assert.equal(b.lock(level.shared), busy, 'pending keeps new readers out');
    assert.equal(a.lock(level.exclusive), ok);
    a.unlock(level.shared);
    assert.deepEqual([b.lock(level.shared), b.isReserved()], [ok, false]);
    a.close();
    b.close();
  });

  it('does not call a recovery reserved: its journal is hot', () => {
    const { a, b } = pair();
    a.lock(level.shared);
    assert.equal(a.lock(level.exclusive), ok);
    assert.deepEqual([a.isReserved(), b.isReserved()], [true, false]);
    a.close();
    assert.equal(b.lock(level.shared), ok);
    b.close();
  });

  it('serves the writer who has waited longest, unless it is frozen', () => {
    const { path, a, b } = pair();
    a.enqueue();
    b.lock(level.shared);
    assert.equal(b.lock(level.reserved), busy);
    const ticket = readdirSync(`${path}.lock`).find((name) => name.startsWith('W-'))!;
    utimesSync(join(`${path}.lock`, ticket), new Date(), new Date(Date.now() - 1000));
    assert.equal(b.lock(level.reserved), ok);
    a.close();
    b.close();
    assert.deepEqual(readdirSync(`${path}.lock`), []);
  });

  it('takes the claims of the dead away, and of nobody else', async () => {
    const { path, a } = pair();
    const own = newOwner().split('.');
    const reused = [...own.slice(0, 4), '1', 'aaaaaaaa'].join('.');
    const container = [own[0], '1', ...own.slice(2)].join('.');
    const claim = (owner: string) => {
      const file = join(`${path}.lock`, `P-${owner}`);
      writeFileSync(file, '');
      return file;
    };
    const child = spawn('sleep', ['60']);
    const start = (pid: number) =>
      readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[19]!;
    const running = [own[0], own[1], child.pid, child.pid, start(child.pid!), 'bbbbbbbb'].join('.');
    assert.equal(isAlive(own.join('.'), ''), true);
    assert.equal(isAlive(container, ''), true);
    assert.equal(isAlive(reused, ''), false);

    claim(reused);
    assert.equal(a.lock(level.shared), ok);
    assert.ok(!readdirSync(`${path}.lock`).some((name) => name.startsWith('P-')));
    a.unlock(level.none);

    claim(running);
    assert.equal(a.lock(level.shared), busy);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
    assert.equal(a.lock(level.shared), ok);
    a.unlock(level.none);

    const earlier = claim(['deadbeef', ...own.slice(1)].join('.'));
    assert.equal(a.lock(level.shared), busy, 'written since this boot');
    utimesSync(earlier, 1000, 1000);
    assert.equal(a.lock(level.shared), ok, 'older than this boot');
    a.close();
  });

  it('fails a transaction whose claims were removed by hand, and is usable again', async () => {
    const path = join(folder(), 'guard.db');
    const db = (await engine()).openStore(path);
    db.script('CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)');
    assert.throws(
      () =>
        db.write(() => {
          db.run('UPDATE t SET a = 2');
          for (const name of readdirSync(`${path}.lock`)) rmSync(join(`${path}.lock`, name));
          const until = performance.now() + 30;
          while (performance.now() < until);
        }),
      /lock lost|I\/O error/,
    );
    assert.deepEqual(db.rows('SELECT a FROM t'), [[1]]);
    db.write(() => db.run('UPDATE t SET a = 3'));
    assert.deepEqual(db.rows('SELECT a FROM t'), [[3]]);
    db.close();
  });
});
