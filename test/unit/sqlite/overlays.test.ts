import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { engine, python, pythonCode, traces, useFolder } from '../../support/sqlite/engine';

const query = 'SELECT count(*), sum(a) FROM t';

describe('a foreign database with a write-ahead log', () => {
  const folder = useFolder();
  let truth: Record<string, { count: number; sum: number; tables: number }> = {};

  before(function () {
    this.timeout(60_000);
    python('wal_cases.py', folder());
    truth = JSON.parse(readFileSync(join(folder(), 'truth.json'), 'utf8')) as typeof truth;
  });

  it('reads what native SQLite reads, in each state and byte order, and leaves no trace', async () => {
    const sqlite = await engine();
    const before = traces(folder());
    assert.ok(Object.keys(truth).length >= 26, 'the cases were made');
    for (const [name, expected] of Object.entries(truth)) {
      const file = sqlite.openForeign(join(folder(), `${name}.db`));
      const [row] = await file.all(query);
      const [tables] = await file.all('SELECT count(*) FROM sqlite_schema');
      assert.deepEqual({ name, count: row?.[0], sum: row?.[1], tables: tables?.[0] }, { name, ...expected });
      assert.deepEqual(await file.all('PRAGMA integrity_check'), [['ok']], name);
      assert.equal(file.damage, undefined, name);
      file.close();
    }
    assert.deepEqual(traces(folder()), before);
  });

  it('names tables and columns in lower case', async () => {
    const file = (await engine()).openForeign(join(folder(), 'partly-checkpointed.db'));
    assert.deepEqual(
      [...file.tables],
      [
        ['t', ['a', 'b', 'extra']],
        ['t2', ['z']],
      ],
    );
    file.close();
  });

  it('closes every file it opened', async () => {
    const sqlite = await engine();
    const count = () => readdirSync('/proc/self/fd').length;
    const before = count();
    for (let i = 0; i < 20; i++) {
      const file = sqlite.openForeign(join(folder(), 'committed-tail.db'));
      await file.all(query);
      file.close();
    }
    assert.equal(count(), before);
  });
});

describe('a foreign database in the middle of a transaction with a rollback journal', () => {
  const folder = useFolder();
  before(() => void python('journal_cases.py', folder()));

  it('reads the last committed state and leaves no trace', async () => {
    const sqlite = await engine();
    const before = traces(folder());
    const names = readdirSync(folder()).filter((name) => name.endsWith('.db'));
    assert.equal(names.length, 6);
    for (const name of names) {
      const file = sqlite.openForeign(join(folder(), name));
      assert.deepEqual([name, ...(await file.all(query))], [name, [3000, 4498500]]);
      assert.deepEqual(await file.all('PRAGMA integrity_check'), [['ok']], name);
      file.close();
    }
    assert.deepEqual(traces(folder()), before);
  });
});

describe('a foreign database of more than 4 GiB', () => {
  const folder = useFolder();

  it('is read beyond that place', async () => {
    const path = join(folder(), 'huge.db');
    // A sparse file: the only table is moved to page 80,000 of 64 KiB, at 5 GiB.
    const native = pythonCode(
      `import sqlite3,sys,struct
p=sys.argv[1]
c=sqlite3.connect(p,isolation_level=None)
c.execute('pragma page_size=65536')
c.execute('create table t(a,b)')
c.execute("insert into t values(7,'far away')")
c.execute('pragma writable_schema=1')
c.execute('update sqlite_master set rootpage=80000')
c.close()
with open(p,'r+b') as f:
    f.seek(65536); page=f.read(65536)
    f.seek(79999*65536); f.write(page)
    f.seek(28); f.write(struct.pack('>I',80000))
print(sqlite3.connect(p).execute('select a,b from t').fetchone()[1])`,
      path,
    );
    const file = (await engine()).openForeign(path);
    assert.equal(native, 'far away');
    assert.deepEqual(await file.all('SELECT a, b FROM t'), [[7, 'far away']]);
    file.close();
  });
});
