import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { testEngine } from '../../support/engine';
import { metric } from '../../support/platoMonth';
import { openTestStore } from '../../support/store';
import { makeSynthDb, python, temporaryFolder } from '../../support/synthDb';
import { importPaths } from '../../../src/ingest/import';
import { sources } from '../../../src/store/queries/sourceRows';
import type { ImportSummary } from '../../../src/shared/model';
import type { Store } from '../../../src/store/store';

describe('files that are passed over', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: Store;
  beforeEach(async () => {
    folder = temporaryFolder();
    store = await openTestStore();
  });
  afterEach(() => {
    store.close();
    folder.remove();
  });

  const read = async (...paths: readonly string[]): Promise<ImportSummary> =>
    importPaths(store, await testEngine(), {
      paths,
      force: false,
      pause: () => Promise.resolve(),
      told: () => undefined,
      log: (message) => assert.fail(message),
    });
  const rows = () => sources(store, new Map()).map(({ path, state }) => [relative(folder.path, path), state]);
  const database = (path: string, ...statements: readonly string[]): void => {
    python(
      'd=sqlite3.connect(sys.argv[1]); [d.execute(s) for s in sys.argv[2:]]; d.commit()',
      path,
      ...statements,
    );
  };

  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const contents: readonly [name: string, content: string | Buffer, reason: string][] = [
    ['empty.json', '', 'It is empty (0 bytes).'],
    ['blank.json', ' \n\n', 'It holds nothing but white space.'],
    ['traces.jsonl', png, 'It is a PNG image.'],
    ['traces.jsonl.gz', gzipSync('{}'), 'It is compressed (gzip): unpack it.'],
    ['noise.bin', Buffer.from([1, 0, 250, 3]), 'It is not text.'],
    ['latin.txt', Buffer.from('caf\u00e9', 'latin1'), 'It is text that is not in UTF-8.'],
    [
      'wide.csv',
      Buffer.from('\uFEFFa,b', 'utf16le'),
      'It is text in UTF-16, which is not read: save it as UTF-8.',
    ],
    ['README.md', '# Title\n\nSome words, and more.\n', 'It is text of no known format.'],
    ['app.ini', '[section]\nname = 1\n', 'It is text of no known format.'],
    [
      'a.json',
      '{"name": "x", "nested": {"inner": 1}, "list": [{"deep": 2}]}',
      'It is JSON of no known format, with the keys: name, nested, list.',
    ],
    [
      'b.json',
      '[{"x": 1, "y": "{\\"no\\": 1}"}, {"z": 3}]',
      'It is JSON of no known format, with the keys: x, y, z.',
    ],
    ['c.json', '[1, 2]', 'It is JSON of no known format, without keys.'],
    ['d.jsonl', '{"k": 1}\n{"k": 2}\n', 'It is JSON lines of no known format, with the keys: k.'],
    ['e.json', '{"cut": 1, "off', 'It begins like JSON and is not valid, with the keys: cut.'],
    [
      'f.csv',
      'name,"the, amount",day\nx,1,2\n',
      'It is a table of no known format, with the columns: name, the, amount, day.',
    ],
    ['g.json', '{"a\u0085b\u202e": 1}', 'It is JSON of no known format, with the keys: a b.'],
  ];
  for (const [name, content, reason] of contents) {
    it(`${name}: ${reason}`, async () => {
      writeFileSync(folder.file(name), content);
      const { passedOver } = await read(folder.path);
      assert.deepEqual(passedOver, { count: 1, files: [{ path: folder.file(name), reason }] });
    });
  }

  it('are told apart from what is imported, refused and skipped', async () => {
    makeSynthDb(folder.file('good.db'), { experiments: 1, sessions: 1, events: 5 });
    database(folder.file('other.db'), 'CREATE TABLE recipes (a)', 'CREATE TABLE "b\u001b|" (a)');
    const month = { version: '1.0.0', month: '2025-06', metrics: [metric({ sessionId: 's' })] };
    writeFileSync(folder.file('month.json'), JSON.stringify(month));
    writeFileSync(folder.file('index.json'), '{"version": "1", "files": [], "totalMetrics": 0}');
    writeFileSync(folder.file('broken.db'), 'no database');
    writeFileSync(folder.file('notes.txt'), 'dear diary');
    const { files, issues, passedOver } = await read(folder.path);
    assert.deepEqual(
      new Map(passedOver.files.map(({ path, reason }) => [relative(folder.path, path), reason])),
      new Map([
        ['other.db', 'It is a SQLite database of no known format, with the tables: recipes, b |.'],
        ['index.json', 'It holds an index of the month files and no calls of its own.'],
        ['notes.txt', 'It is text of no known format.'],
      ]),
    );
    assert.deepEqual(
      issues.filter(({ place }) => place === undefined).map(({ path }) => relative(folder.path, path)),
      ['broken.db'],
    );
    assert.equal(files, 2);
    assert.deepEqual(
      rows().map(([name]) => name),
      ['broken.db', 'good.db', 'month.json'],
    );
  });

  it('are refused instead when they are named', async () => {
    writeFileSync(folder.file('notes.json'), '{"dear": "diary"}');
    const { issues, passedOver } = await read(folder.file('notes.json'));
    assert.equal(passedOver.count, 0);
    assert.match(issues[0]!.message, /with the keys: dear\.$/);
  });

  it('make no rows and no noise, however many there are', async () => {
    for (let i = 0; i < 1500; i++) writeFileSync(folder.file(`${i}.txt`), `${i}`);
    for (let i = 0; i < 150; i++)
      writeFileSync(folder.file(`${i}.db`), 'a cache that calls itself a database');
    const { issues, passedOver } = await read(folder.path);
    assert.deepEqual([passedOver.count, passedOver.files.length], [1550, 1000]);
    assert.equal(issues.length, 100);
    assert.equal(rows().length, 100);
    assert.ok(rows().every(([name, state]) => name!.endsWith('.db') && state === 'failed'));
  });

  it('are, of all samples of all formats, those that hold no calls', async () => {
    const samples = resolve(__dirname, '../../fixtures');
    cpSync(samples, folder.path, { recursive: true });
    mkdirSync(folder.file('node_modules'));
    writeFileSync(folder.file('node_modules/x.json'), '{}');
    symlinkSync(folder.path, folder.file('loop'));
    const { passedOver, files } = await read(folder.path);
    const skipped = passedOver.files.map(({ path }) => relative(folder.path, path));
    const imported = rows().flatMap(([path, state]) => (state === 'failed' ? [] : [path!]));
    const refused = rows().flatMap(([path, state]) => (state === 'failed' ? [path!] : []));
    const all = readdirSync(samples, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(samples, join(entry.parentPath, entry.name)));
    assert.deepEqual([...skipped, ...imported, ...refused].sort(), all.sort());
    assert.deepEqual(refused, []);
    assert.equal(files, imported.length);
    assert.ok(passedOver.files.every(({ reason }) => /^It [^\n]+\.$/.test(reason)));
    // The tests' own notes and expectations are known to no importer, nor are bills; all else is, Aider's history too.
    const own = /(?:^bills\W.*|(?<!history)\.md|expected\.json|workedOut\.json|published\.json)$/;
    const unknown = passedOver.files.flatMap(({ path, reason }) =>
      reason.startsWith('It holds ') ? [] : [relative(folder.path, path)],
    );
    assert.deepEqual(unknown.sort(), all.filter((path) => own.test(path)).sort());
  });
});
