import assert from 'node:assert/strict';
import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { fingerprint } from '../../../src/ingest/fingerprint';
import { recognise } from '../../../src/ingest/recognise';
import { importFile, newDiskIo } from '../../support/imported';
import { makeSynthDb, python, temporaryFolder } from '../../support/synthDb';

describe('recognise', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(folder.file(name), content);
    return folder.file(name);
  };

  async function messages(path: string, given: boolean): Promise<readonly string[]> {
    const io = await newDiskIo();
    const { importer, issues } = await recognise({ path, root: path, given }, io);
    io.dispose();
    assert.equal(importer, undefined);
    for (const issue of issues) assert.equal(issue.path, path);
    return issues.map(({ message }) => message);
  }

  const random = Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 7919 + (i >> 3) * 104729) & 255));
  const bad: readonly [string, string | Buffer, RegExp][] = [
    ['zero.db', '', /empty \(0 bytes\)/],
    ['encrypted.sqlite', random, /not a SQLite database, or it is encrypted/],
    ['text.db', 'hello, this is text', /not a SQLite database but text/],
    ['duck.db', Buffer.concat([random.subarray(0, 8), Buffer.from('DUCK'), random]), /DuckDB/],
    ['header.db', Buffer.concat([Buffer.from('SQLite format 3\0'), random]), /.+/],
    ['short.db', Buffer.from('SQLite format 3\0'), /.+/],
  ];
  for (const [name, content, message] of bad) {
    it(`reports ${name}, given or found`, async () => {
      const path = write(name, content);
      for (const given of [true, false]) {
        const told = await messages(path, given);
        assert.equal(told.length, 1);
        assert.match(told[0]!, message);
        assert.match(told[0]!, /^It .*: .*\.$/, 'one sentence with a remedy');
      }
    });
  }

  it('reports a file of no known format only if it was given', async () => {
    const path = write('notes.txt', 'dear diary');
    assert.match((await messages(path, true))[0]!, /of no format that is known: import/);
    assert.deepEqual(await messages(path, false), []);
    assert.deepEqual(await messages(write('empty.json', ''), false), []);
  });

  it('reports a database without tables, and names the tables of an unknown one', async () => {
    const empty = folder.file('none.db');
    const other = folder.file('other.db');
    python(
      'd=sqlite3.connect(sys.argv[1]); d.execute("create table t(x)"); d.execute("drop table t"); d.commit()',
      empty,
    );
    python('d=sqlite3.connect(sys.argv[1]); d.execute("create table recipes(x)"); d.commit()', other);
    assert.match((await messages(empty, false))[0]!, /without tables/);
    assert.match((await messages(other, true))[0]!, /tables: recipes/);
    assert.deepEqual(await messages(other, false), []);
  });

  it('knows a database by its content, whatever its name', async () => {
    const path = folder.file('holiday.jpg');
    makeSynthDb(path, { experiments: 1, sessions: 1, events: 5 });
    assert.equal((await importFile(path)).importer, 'synth-ai');
  });

  it('reads what is left of a truncated database, or says in one sentence that it cannot', async () => {
    const path = folder.file('cut.db');
    makeSynthDb(path, { experiments: 2, sessions: 4, events: 30 });
    truncateSync(path, Math.floor((readFileSync(path).length * 0.7) / 4096) * 4096);
    const io = await newDiskIo();
    const { importer, issues } = await recognise({ path, root: path, given: true }, io);
    io.dispose();
    assert.ok(importer !== undefined || issues.length > 0);
    assert.equal(issues.length, 1);
    assert.match(issues[0]!.message, /cut off|damaged/);
  });

  it('reports a file that vanished', async () => {
    assert.match((await messages(folder.file('gone.db'), true))[0]!, /not there/);
  });

  it('reports a file without permission', async function () {
    if (process.platform === 'win32') this.skip();
    const path = write('secret.db', 'x');
    chmodSync(path, 0);
    const root = process.getuid!() === 0;
    // Root may read everything, so another user asks.
    if (root) process.seteuid!(65534);
    try {
      assert.match((await messages(path, true))[0]!, /no permission/);
    } finally {
      if (root) process.seteuid!(0);
    }
  });

  it('sees by a few stats that a database or its log changed', async () => {
    const path = write('f.db', 'x');
    const first = await fingerprint(path);
    assert.equal(await fingerprint(path), first);
    write('f.db-wal', 'y');
    const withLog = await fingerprint(path);
    assert.notEqual(withLog, first);
    write('f.db-shm', 'z');
    assert.equal(await fingerprint(path), withLog);
    write('f.db', 'xx');
    assert.notEqual(await fingerprint(path), withLog);
    assert.equal(await fingerprint(folder.file('gone')), undefined);
  });
});
