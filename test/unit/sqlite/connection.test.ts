import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import type { Connection } from '../../../src/sqlite/engine';
import { ForeignDatabase } from '../../../src/sqlite/foreignFile';
import { openMemoryStore } from '../../../src/sqlite/memoryStore';
import { UserError } from '../../../src/shared/errors';
import { engine, pythonCode, useFolder } from '../../support/sqlite/engine';

const native = (path: string, sql: string): unknown =>
  JSON.parse(
    pythonCode(
      'import sqlite3,sys,json;print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))',
      path,
      sql,
    ),
  );

describe('a connection', () => {
  const folder = useFolder();
  let names = 0;
  const open: { storage: string; connect: () => Promise<Connection> }[] = [
    { storage: 'file', connect: async () => (await engine()).openStore(join(folder(), `c${names++}.db`)) },
    { storage: 'memory', connect: async () => (await engine()).openMemory() },
  ];

  for (const { storage, connect } of open) {
    it(`${storage}: runs, reads and counts`, async () => {
      const db = await connect();
      assert.equal(db.storage, storage);
      db.script('CREATE TABLE t (a INTEGER, b TEXT, c BLOB); INSERT INTO t VALUES (1, NULL, NULL);');
      db.run('INSERT INTO t VALUES (?, ?, ?)', [1_700_000_000_123, "it's 😀\n\0", new Uint8Array([1, 0, 2])]);
      assert.equal(db.changes(), 1);
      assert.deepEqual(db.rows('SELECT a, b, c FROM t WHERE a > ?', [1]), [
        [1_700_000_000_123, "it's 😀\n\0", new Uint8Array([1, 0, 2])],
      ]);
      assert.deepEqual(db.all('SELECT a AS x, b FROM t ORDER BY a LIMIT 1'), [{ x: 1, b: null }]);
      const statement = db.prepare('SELECT a FROM t WHERE a >= ? ORDER BY a');
      const seen: unknown[] = [];
      statement.each([0], (row) => seen.push(row[0], db.rows('SELECT 7')[0]?.[0]));
      assert.deepEqual(seen, [1, 7, 1_700_000_000_123, 7]);
      assert.deepEqual([statement.get([2]), statement.get([2e12])], [[1_700_000_000_123], undefined]);
      statement.free();
      db.close();
    });

    it(`${storage}: commits what returns and rolls back what throws, also inside another transaction`, async () => {
      const db = await connect();
      db.script('CREATE TABLE t (a INTEGER)');
      assert.equal(
        db.write(() => (db.run('INSERT INTO t VALUES (1)'), 'answer')),
        'answer',
      );
      assert.throws(() => db.write(() => (db.run('INSERT INTO t VALUES (2)'), fail())), /on purpose/);
      db.write(() => {
        db.run('INSERT INTO t VALUES (3)');
        assert.throws(() => db.write(() => (db.run('INSERT INTO t VALUES (4)'), fail())), /on purpose/);
        db.write(() => db.run('INSERT INTO t VALUES (5)'));
        assert.deepEqual(
          db.read(() => db.rows('SELECT count(*) FROM t')),
          [[3]],
        );
      });
      assert.deepEqual(db.rows('SELECT a FROM t ORDER BY a'), [[1], [3], [5]]);
      db.close();
    });

    it(`${storage}: tells commits by its change counter, and enforces foreign keys`, async () => {
      const db = await connect();
      db.script('CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE q (a REFERENCES p)');
      const before = db.changeCounter();
      db.read(() => db.rows('SELECT * FROM p'));
      assert.equal(db.changeCounter(), before);
      db.write(() => db.run('INSERT INTO p VALUES (1)'));
      assert.notEqual(db.changeCounter(), before);
      assert.throws(() => db.run('INSERT INTO q VALUES (9)'), /FOREIGN KEY/);
      db.close();
    });
  }

  it('keeps the file readable by its owner alone, and native SQLite reads it', async () => {
    const path = join(folder(), 'private', 'store.db');
    const db = (await engine()).openStore(path);
    db.write(() => db.script('CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (42)'));
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
    assert.deepEqual([path, `${path}-journal`, `${path}.lock`, join(folder(), 'private')].map(mode), [
      '600',
      '600',
      '700',
      '700',
    ]);
    db.close();
    assert.deepEqual(native(path, 'SELECT a FROM t'), [[42]]);
    assert.deepEqual(readdirSync(`${path}.lock`), []);
  });

  it('names a damaged store and what to do', async () => {
    const path = join(folder(), 'rubbish.db');
    writeFileSync(path, 'no database '.repeat(1000));
    const sqlite = await engine();
    assert.throws(
      () => sqlite.openStore(path),
      (error) =>
        error instanceof UserError && error.message.includes(path) && /damaged.*rebuilt/.test(error.message),
    );
    assert.deepEqual(readdirSync(`${path}.lock`), []);
  });

  it('commits nothing of a transaction for which there is no space, and loses nothing before it', async function () {
    const full = join(folder(), 'full');
    mkdirSync(full);
    const mount =
      'import subprocess,sys;print(subprocess.run(["mount","-t","tmpfs","-o","size=300k","tmpfs",sys.argv[1]],stderr=subprocess.DEVNULL).returncode)';
    if (pythonCode(mount, full) !== '0') return this.skip(); // needs the right to mount
    try {
      const path = join(full, 'store.db');
      const db = (await engine()).openStore(path, { cacheKiB: 40 });
      db.script('CREATE TABLE t (a INTEGER, pad BLOB)');
      db.write(() => db.run('INSERT INTO t VALUES (1, zeroblob(1000))'));
      const big = () => db.write(() => db.run('INSERT INTO t VALUES (2, zeroblob(900000))'));
      assert.throws(
        big,
        (error) => error instanceof UserError && error.message.includes(path) && /space/.test(error.message),
      );
      assert.deepEqual(db.rows('SELECT a FROM t'), [[1]]);
      db.write(() => db.run('INSERT INTO t VALUES (3, NULL)'));
      assert.deepEqual(db.rows('PRAGMA integrity_check'), [['ok']]);
      db.close();
      assert.deepEqual(native(path, 'SELECT a FROM t ORDER BY a'), [[1], [3]]);
    } finally {
      pythonCode('import subprocess,sys;subprocess.run(["umount","-l",sys.argv[1]])', full);
    }
  });
});

describe('the store in memory', () => {
  const folder = useFolder();

  it('starts with the file, is written back on closing, and leaves a file alone that another one changed', async () => {
    await engine();
    const sql = await initSqlJs({ useOldExtensionFunctions: false, instantiateWasm: () => ({}) }); // the one loaded already
    const path = join(folder(), 'fallback.db');
    const opened = () =>
      openMemoryStore(sql, path, 'because', true, () => {
        const file = new ForeignDatabase(sql, undefined, path);
        try {
          return file.bytes();
        } finally {
          file.close();
        }
      });
    const first = opened();
    assert.deepEqual([first.storage, first.reason], ['memory', 'because']);
    first.write(() => first.script('CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)'));
    first.close();
    assert.deepEqual(native(path, 'SELECT a FROM t'), [[1]]);

    const second = opened();
    const third = opened();
    second.write(() => second.run('INSERT INTO t VALUES (2)'));
    third.write(() => third.run('INSERT INTO t VALUES (3)'));
    second.close();
    const saved = readFileSync(path);
    third.close();
    assert.deepEqual(readFileSync(path), saved);
    assert.deepEqual(native(path, 'SELECT a FROM t'), [[1], [2]]);
    assert.deepEqual(readdirSync(folder()), ['fallback.db']);
  });
});

function fail(): never {
  throw new Error('on purpose');
}
