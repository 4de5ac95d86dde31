import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/shared/errors';
import { engine, pythonCode, useFolder } from '../../support/sqlite/engine';

const makeGood = `
import sqlite3,sys
c=sqlite3.connect(sys.argv[1])
c.execute('create table t(id integer primary key, pad text)')
c.executemany('insert into t values(?,?)',[(i,'p'*200) for i in range(1000)])
c.execute('create table late(a)')
c.executemany('insert into late values(?)',[('z'*500,) for i in range(500)])
c.execute('create view broken as select x from nowhere')
c.commit()`;

describe('a foreign file that cannot be read', () => {
  const folder = useFolder();
  const at = (name: string) => join(folder(), name);
  before(() => void pythonCode(makeGood, at('good.db')));

  async function refuses(name: string, words: RegExp) {
    const sqlite = await engine();
    assert.throws(
      () => sqlite.openForeign(at(name)),
      (error) => error instanceof UserError && error.message.includes(at(name)) && words.test(error.message),
    );
  }

  it('says so of an empty file', () => {
    writeFileSync(at('empty.db'), '');
    return refuses('empty.db', /is empty/);
  });

  it('says so of a file that is no database', () => {
    writeFileSync(at('text.db'), 'a text, '.repeat(1000));
    return refuses('text.db', /not a SQLite database/);
  });

  it('says so of an encrypted file', () => {
    writeFileSync(at('secret.db'), randomBytes(8192));
    return refuses('secret.db', /encrypted.*without a password/);
  });

  it('says so of a file cut off in its first page', () => {
    writeFileSync(at('stub.db'), readFileSync(at('good.db')).subarray(0, 300));
    return refuses('stub.db', /cut off after 300 bytes/);
  });

  it('says so of a missing file and of a folder', async () => {
    await refuses('nowhere.db', /is gone/);
    mkdirSync(at('folder.db'));
    await refuses('folder.db', /not a file/);
  });

  it('says so of a header with an impossible page size', () => {
    const bytes = readFileSync(at('good.db'));
    bytes.writeUInt16BE(777, 16);
    writeFileSync(at('header.db'), bytes);
    return refuses('header.db', /damaged header/);
  });

  it('reads what is there of a file that is cut off, and says so', async () => {
    for (const size of [100 * 1024, 100 * 1024 + 1000]) {
      copyFileSync(at('good.db'), at('cut.db'));
      truncateSync(at('cut.db'), size);
      const file = (await engine()).openForeign(at('cut.db'));
      assert.match(file.damage ?? '', /cut off: 25 of \d+ pages/);
      assert.deepEqual(
        await file.all('SELECT id, length(pad) FROM t WHERE id < 100 ORDER BY id DESC LIMIT 1'),
        [[99, 200]],
      );
      await assert.rejects(file.all('SELECT sum(length(a)) FROM late'), (error) => {
        return error instanceof UserError && /cut\.db is cut off before page \d+/.test(error.message);
      });
      file.close();
    }
  });

  it('says so of pages that hold rubbish, and reads the other ones', async () => {
    const bytes = readFileSync(at('good.db'));
    randomBytes(4096 * 3).copy(bytes, bytes.length - 4096 * 4);
    writeFileSync(at('rubbish.db'), bytes);
    const file = (await engine()).openForeign(at('rubbish.db'));
    assert.deepEqual(await file.all('SELECT count(*) FROM t'), [[1000]]);
    await assert.rejects(file.all('SELECT sum(length(a)) FROM late'), (error) => {
      return error instanceof UserError && /rubbish\.db is damaged/.test(error.message);
    });
    file.close();
  });

  it('says so of a file that vanishes after it was opened', async () => {
    copyFileSync(at('good.db'), at('brief.db'));
    const file = (await engine()).openForeign(at('brief.db'));
    rmSync(at('brief.db'));
    await assert.rejects(
      file.all('SELECT 1'),
      (error) => error instanceof UserError && /is gone/.test(error.message),
    );
    file.close();
  });

  it('goes on with a file that takes the place of the one it had', async () => {
    copyFileSync(at('good.db'), at('same.db'));
    const file = (await engine()).openForeign(at('same.db'));
    rmSync(at('same.db'));
    pythonCode(
      "import sqlite3,sys;c=sqlite3.connect(sys.argv[1]);c.execute('create table t(id)')",
      at('same.db'),
    );
    assert.deepEqual(await file.all('SELECT count(*) FROM t'), [[0]]);
    file.close();
  });

  it('lists a view that cannot be opened without columns, and does not take a mistake in SQL for damage', async () => {
    const file = (await engine()).openForeign(at('good.db'));
    assert.deepEqual(file.tables.get('broken'), []);
    assert.deepEqual(file.tables.get('t'), ['id', 'pad']);
    await assert.rejects(file.all('SELECT missing FROM t'), (error) => {
      return (
        error instanceof UserError && /has no column missing: its version is not known/.test(error.message)
      );
    });
    await assert.rejects(file.all('SELECT id FRM t'), (error) => {
      return error instanceof Error && !(error instanceof UserError) && /syntax error/.test(error.message);
    });
    await assert.rejects(file.all('DELETE FROM t'), /readonly/);
    file.close();
  });

  it('says so of a file without permission', async function () {
    if (process.getuid?.() === 0) return this.skip(); // root may read everything
    writeFileSync(at('closed.db'), readFileSync(at('good.db')), { mode: 0o000 });
    await refuses('closed.db', /permissions/);
  });
});
