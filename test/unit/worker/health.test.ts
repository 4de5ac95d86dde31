import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { wasmPath } from '../../support/engine';
import { call, noon } from '../../support/facts';
import { metric } from '../../support/platoMonth';
import { all, globalIds, importInto } from '../../support/store';
import { temporaryFolder } from '../../support/synthDb';
import { listedVersion } from '../../../src/pricing/prices';
import { Claims } from '../../../src/sqlite/claims';
import { Ledger } from '../../../src/worker/ledger';
import type { Health } from '../../../src/shared/healthApi';

const importAll = (ledger: Ledger, ...paths: string[]) => ledger.api.importPaths('import', paths, {});

describe('health', () => {
  const folder = temporaryFolder();
  let stores = 0;
  let path: string;
  let ledger: Ledger;
  const open = async (): Promise<void> => void (ledger = await Ledger.open(path, wasmPath));
  const sql = (text: string): unknown => ledger.store.db.rows(text)[0]![0];
  const plato = (name: string, ...metrics: unknown[]): string => {
    mkdirSync(folder.file(`plato-${stores}`), { recursive: true });
    const file = folder.file(`plato-${stores}/${name}`);
    writeFileSync(file, JSON.stringify({ version: '1.0', month: name.slice(0, 7), metrics }));
    return file;
  };

  beforeEach(async () => {
    mkdirSync(folder.file(String(++stores)));
    path = folder.file(`${stores}/store.db`);
    await open();
  });
  afterEach(() => ledger.close());
  after(() => folder.remove());

  it('tells of each source what was read, when, and how far its newest call is behind its file', async () => {
    const good = plato(
      '2025-06.json',
      metric({ sessionId: 'a', timestamp: noon }),
      metric({ sessionId: 'b', timestamp: noon + 60_000 }),
    );
    utimesSync(good, new Date(noon + 90_000), new Date(noon + 90_000));
    const partial = plato('2025-07.json', metric({ sessionId: 'c', timestamp: noon }), { nothing: true });
    await importAll(ledger, good, partial);
    const { sources, formats } = await ledger.api.health();
    assert.deepEqual(
      sources.map((row) => [row.path, row.state, row.calls, row.problems]),
      [
        [partial, 'partial', 1, 1],
        [good, 'imported', 2, 0],
      ],
    );
    assert.deepEqual(
      [sources[1]!.newestAt, sources[1]!.fileAt],
      [noon + 60_000, noon + 90_000],
      'the newest call and the last change of the file',
    );
    assert.equal(formats.length, 1);
    assert.deepEqual([formats[0]!.files, formats[0]!.calls, formats[0]!.incomplete], [2, 3, 1]);
  });

  it('goes on where a source is damaged and another is gone, as all other answers do', async () => {
    const good = plato('2025-06.json', metric({ sessionId: 'a', timestamp: noon, cost: 0.25 }));
    const gone = plato('2025-07.json', metric({ sessionId: 'b', timestamp: noon, cost: 0.5 }));
    const broken = plato('2025-08.json', metric({ sessionId: 'c', timestamp: noon, cost: 1 }));
    await importAll(ledger, good, gone, broken);
    rmSync(gone);
    writeFileSync(broken, '{"version": "1.0", "month": "2025-08", "metrics": [{"sess\u0000');
    await importAll(ledger, good, gone, broken);
    const stateOf = ({ sources }: Health, of: string) => sources.find((row) => row.path === of)!;
    const health = await ledger.api.health();
    assert.equal(stateOf(health, good).state, 'imported');
    assert.equal(stateOf(health, gone).fileAt, null);
    assert.notEqual(stateOf(health, broken).state, 'imported');
    assert.ok(stateOf(health, broken).problems > 0);
    assert.equal((await ledger.api.sources()).length, 3);
    assert.equal((await ledger.api.sessionGroups(all)).length, 1);
    const { data } = { data: await ledger.api.panel(all, 'day') };
    assert.ok(data.total.cost >= 750_000_000, 'what was known of a source that is gone stays');
  });

  it('counts what is in the store', async () => {
    importInto(ledger.store, '/one', globalIds, {
      sessions: [{ id: 'session-1' }],
      calls: [call(), call(), call()],
    });
    await ledger.api.report({ ...all, zone: 'Asia/Tokyo' }, null);
    const { store, prices } = await ledger.api.health();
    assert.equal(store.path, path);
    assert.equal(store.storage, 'file');
    assert.equal(store.bytes, statSync(path).size);
    assert.equal(store.pages * store.pageSize, statSync(path).size);
    assert.deepEqual([store.calls, store.sessions], [sql('SELECT count(*) FROM call'), 1]);
    assert.deepEqual(store.zones, ['Asia/Tokyo']);
    assert.equal(store.migrations.done, sql('SELECT count(*) FROM migration'));
    assert.equal(store.migrations.done, store.migrations.known);
    assert.ok(prices.version.startsWith(listedVersion));
    assert.deepEqual([prices.current, prices.older], [3, []]);
  });

  it('tells how many calls were priced by other prices, and by which', async () => {
    importInto(ledger.store, '/one', globalIds, {
      sessions: [{ id: 'session-1' }],
      calls: [call(), call(), call()],
    });
    ledger.store.db.script(
      `INSERT INTO price_version (text) VALUES ('older prices');
       UPDATE call SET priced_by = (SELECT id FROM price_version WHERE text = 'older prices') WHERE id = 1;
       UPDATE call SET priced_by = NULL WHERE id = 2;`,
    );
    const { prices } = await ledger.api.health();
    assert.equal(prices.current, 1);
    assert.deepEqual(
      prices.older.map(({ version, calls }) => [version, calls]),
      [
        [null, 1],
        ['older prices', 1],
      ],
    );
  });

  it('tells the same once calls are kept as sums', async () => {
    importInto(ledger.store, '/one', globalIds, {
      calls: [
        call({ at: noon }),
        call({ at: noon + 1 }),
        call({ at: noon + 2, failed: true, noCall: true, inputTokens: 0, model: undefined }),
      ],
    });
    importInto(ledger.store, '/two', globalIds, {
      calls: [call({ at: noon + 3 }), call({ at: noon + 86_400_000 })],
    });
    ledger.store.db.script(
      `INSERT INTO price_version (text) VALUES ('older prices');
       UPDATE call SET priced_by = (SELECT id FROM price_version WHERE text = 'older prices') WHERE id = 1;
       UPDATE call SET priced_by = NULL WHERE id = 2;`,
    );
    const figures = async () => {
      const { sources, prices } = await ledger.api.health();
      const newest = sources.map(({ path: of, newestAt }) => [of, newestAt]).sort();
      return [newest, prices.current, prices.older.map(({ version, calls }) => [version, calls])];
    };
    const expected = [
      [
        ['/one', noon + 2],
        ['/two', noon + 86_400_000],
      ],
      2,
      [
        [null, 1],
        ['older prices', 1],
      ],
    ];
    assert.deepEqual(await figures(), expected);
    for (const before of [noon + 60_000, noon + 100_000_000]) {
      await ledger.api.compact('job', { before });
      assert.deepEqual(await figures(), expected);
    }
    assert.equal(sql('SELECT count(*) FROM call'), 0);
  });

  it('has the 200 sources that most need to be looked at', async () => {
    ledger.store.db.script(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
       INSERT INTO source (path, importer, state, imported_at)
       SELECT '/made/' || i, 'plato', CASE WHEN i = 7 THEN 'failed' WHEN i = 9 THEN 'partial' ELSE 'imported' END, i FROM n;
       INSERT INTO problem SELECT id, '', 'a problem' FROM source WHERE path = '/made/11';`,
    );
    const { sources, formats } = await ledger.api.health();
    assert.equal(sources.length, 200);
    assert.deepEqual(
      sources.slice(0, 4).map((row) => row.path),
      ['/made/7', '/made/9', '/made/11', '/made/300'],
    );
    assert.equal(formats[0]!.files, 300);
  });

  it('tells who holds the lock, and not of the dead', async function () {
    if (process.platform !== 'linux') this.skip();
    assert.deepEqual((await ledger.api.health()).store.holders, []);
    const claims = new Claims(`${path}.lock`);
    claims.add('S');
    const dead = claims.owner.replace(`.${process.pid}.`, '.4194300.');
    writeFileSync(`${path}.lock/R-${dead}`, '');
    assert.deepEqual((await ledger.api.health()).store.holders, [
      { pid: process.pid, kinds: 'S', isOwn: true },
    ]);
    claims.drop('S');
  });

  it('tells of lines of the journal that are not taken in, or cannot be read', async () => {
    const journal = path.replace(/\.db$/, '.notes.jsonl');
    writeFileSync(journal, 'no line of ours\n', { flag: 'a' });
    const { journal: told } = await ledger.api.health();
    assert.deepEqual(told, { bytes: 16, waiting: 1, unreadable: 1 });
  });

  describe('integrity', () => {
    beforeEach(() =>
      importInto(ledger.store, '/one', globalIds, {
        sessions: [{ id: 'session-1' }],
        calls: Array.from({ length: 3000 }, () => call()),
      }),
    );

    /** What SQLite itself says, of another build. */
    const oracle = (): string =>
      execFileSync('python3', [
        '-c',
        'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("PRAGMA quick_check").fetchone()[0])',
        path,
      ]).toString();

    it('of a whole store is known to every window afterwards', async () => {
      assert.equal((await ledger.api.health()).store.integrity, undefined);
      const check = await ledger.api.checkIntegrity('check');
      assert.deepEqual(check.problems, []);
      assert.equal(
        check.tables,
        1 +
          Number(sql("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")),
      );
      ledger.close();
      await open();
      assert.deepEqual((await ledger.api.health()).store.integrity, check);
    });

    it('of a damaged store says what is wrong, and the rest goes on', async () => {
      const [root] = ledger.store.db.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'call_key'")[0]!;
      const size = ledger.store.db.rows('PRAGMA page_size')[0]![0] as number;
      ledger.close();
      const bytes = readFileSync(path);
      bytes.fill(0xff, (Number(root) - 1) * size + 12, Number(root) * size);
      writeFileSync(path, bytes);
      assert.notEqual(oracle().trim(), 'ok');
      await open();
      const check = await ledger.api.checkIntegrity('check');
      assert.ok(check.problems.length > 0);
      assert.ok(check.problems.every((problem) => problem.startsWith('call: ')));
      const { store } = await ledger.api.health();
      assert.deepEqual(store.integrity, check);
      assert.equal(store.calls, 3000);
    });

    it('is stopped between two tables', async () => {
      const check = ledger.api.checkIntegrity('check');
      await ledger.api.cancel('check');
      await assert.rejects(check, { name: 'CancellationError' });
      assert.equal((await ledger.api.health()).store.integrity, undefined);
    });
  });
});
