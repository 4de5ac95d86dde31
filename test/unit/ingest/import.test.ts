import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { testEngine } from '../../support/engine';
import { metric, platoMonth } from '../../support/platoMonth';
import { makeSynthDb, python, temporaryFolder } from '../../support/synthDb';
import { openTestStore } from '../../support/store';
import { importPaths } from '../../../src/ingest/import';
import { CancellationError } from '../../../src/shared/errors';
import { sources } from '../../../src/store/queries/sourceRows';
import type { ImportProgress, ImportSummary } from '../../../src/shared/model';
import type { Store } from '../../../src/store/store';

const silent = 'Nothing in this folder can be imported: choose the folder or file that holds the traces.';

describe('importing paths', () => {
  let store: Store;
  const folder = temporaryFolder();
  after(() => folder.remove());
  beforeEach(async () => {
    store = await openTestStore();
  });

  const read = async (
    paths: readonly string[],
    pause = () => Promise.resolve(),
    told: (progress: ImportProgress) => void = () => undefined,
  ): Promise<ImportSummary> =>
    importPaths(store, await testEngine(), {
      paths,
      force: false,
      pause,
      told,
      log: (message) => assert.fail(message),
    });
  const states = (): (readonly [string, string, number])[] =>
    sources(store, new Map()).map(({ path, state, problems }) => [path, state, problems.length]);

  it('gives tags to what was read before it was cancelled', async () => {
    const paths = [
      await platoMonth([metric({ sessionId: 'read', model: 'gpt-4o' })]),
      await platoMonth([metric({ sessionId: 'unread', model: 'gpt-4o' })], '2025-07.json'),
    ];
    let at = 0;
    const { cancelled } = await read(
      paths,
      async () => {
        if (at === 1) throw new CancellationError();
      },
      ({ fileIndex }) => (at = fileIndex),
    );
    assert.equal(cancelled, true);
    const tags = () => store.db.read(() => store.db.rows('SELECT own_id, tag FROM session ORDER BY tag'));
    assert.deepEqual(tags(), [['read', 'chat_model_4fb6ee_001']]);
    await read(paths);
    assert.deepEqual(tags(), [
      ['read', 'chat_model_4fb6ee_001'],
      ['unread', 'chat_model_4fb6ee_002'],
    ]);
  });

  it('calls no folder empty whose files were read under another name', async () => {
    const file = await platoMonth([metric({ sessionId: 's' })]);
    const folder = dirname(file);
    const link = `${folder}-link`;
    await symlink(folder, link);
    for (const paths of [
      [folder, file],
      [folder, folder],
      [folder, link],
      [link, folder],
    ]) {
      const { issues, files } = await read(paths);
      assert.deepEqual([issues, files], [[], 1], paths.join(' '));
    }
  });

  it('calls no folder empty that another one covers', async () => {
    const outer = await mkdtemp(join(tmpdir(), 'trace-ledger-outer-'));
    await mkdir(join(outer, 'inner'));
    const month = await platoMonth([metric({ sessionId: 's' })]);
    await rename(month, join(outer, 'inner', '2025-06.json'));
    assert.deepEqual((await read([outer, join(outer, 'inner')])).issues, []);
  });

  it('calls a folder empty although one whose name begins alike has a problem', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trace-ledger-'));
    await mkdir(join(folder, 'a'));
    await mkdir(join(folder, 'ab'));
    await writeFile(join(folder, 'ab', 'broken.db'), 'no database');
    const { issues } = await read([join(folder, 'a'), join(folder, 'ab')]);
    assert.deepEqual(
      issues.filter(({ message }) => message === silent).map(({ path }) => path),
      [join(folder, 'a')],
    );
  });

  it('says when a file of a folder is not what it was, and that it is again', async () => {
    const file = await platoMonth([metric({ sessionId: 's' })]);
    const folder = dirname(file);
    await read([folder]);
    const content = await readFile(file);
    await writeFile(file, 'something else');
    assert.deepEqual(
      (await read([folder])).issues.map(({ path }) => path),
      [file],
    );
    assert.deepEqual(
      states().find(([path]) => path === file),
      [file, 'missing', 1],
    );
    await writeFile(file, content);
    await read([folder]);
    assert.deepEqual(states(), [[file, 'imported', 0]]);
  });

  it('does not bring back a source that is removed while it is read', async () => {
    const file = await platoMonth(
      Array.from({ length: 4100 }, (_, i) => metric({ sessionId: 's', timestamp: i + 1e12 })),
    );
    let pauses = 0;
    const summary = await read([file], async () => {
      if (++pauses === 2) store.removeSource(file);
    });
    assert.deepEqual(summary.issues, []);
    assert.deepEqual(states(), []);
    assert.equal(store.db.rows('SELECT count(*) FROM call')[0]![0], 0);
  });

  it('keeps a source with problems partial while rows are appended that have none', async () => {
    const file = folder.file('a.db');
    makeSynthDb(file);
    const edit = (sql: string): string =>
      python('d=sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()', file, sql);
    edit(
      "UPDATE events SET call_records = '[{' WHERE id = (SELECT min(id) FROM events WHERE event_type = 'cais')",
    );
    await read([file]);
    const before = states();
    assert.equal(before[0]![1], 'partial');
    edit(
      "INSERT INTO events (session_id, event_type, event_time) SELECT session_id, 'cais', 1.8e9 FROM events LIMIT 1",
    );
    assert.equal((await read([file])).newCalls, 1);
    assert.deepEqual(states(), before);
  });

  it('knows a database again that could not be read for a while', async () => {
    const file = folder.file('b.db');
    makeSynthDb(file);
    const whole = readFileSync(file);
    const { newCalls } = await read([file]);
    const before = states();
    const damaged = Buffer.from(whole);
    const events = Number(
      python(
        'd=sqlite3.connect(sys.argv[1]); print(*d.execute("SELECT rootpage FROM sqlite_master WHERE name=\'events\'").fetchone())',
        file,
      ),
    );
    const pageSize = damaged.readUInt16BE(16);
    damaged.fill(0xff, (events - 1) * pageSize, events * pageSize);
    writeFileSync(file, damaged);
    await read([file]);
    assert.equal(states()[0]![1], 'partial');
    assert.equal(states()[0]![2], before[0]![2] + 1);
    writeFileSync(file, whole);
    await read([file]);
    assert.deepEqual(states(), before);
    assert.equal(store.db.rows('SELECT count(*) FROM call')[0]![0], newCalls);
  });
});
