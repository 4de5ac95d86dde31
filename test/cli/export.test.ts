import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cli, cliOk, reportOf } from '../support/cli';
import { makeSynthDb, python, temporaryFolder } from '../support/synthDb';
import type { Figures } from '../support/cli';

type Row = Readonly<Record<string, string | number | boolean | null>>;
interface Read {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const tokens = [
  ...['inputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTokens', 'reasoningTokens'],
  ...['audioInputTokens', 'audioCachedTokens', 'audioOutputTokens', 'cacheWrite1hTokens'],
  ...['audioInputSeconds', 'audioOutputSeconds', 'images'],
];
/** docs/CONTRACT.md, Command line. */
const callKeys = [
  ...['id', 'source', 'experiment', 'session', 'tag', 'at', 'provider', 'model', ...tokens],
  ...['costUsd', 'recordedUsd', 'computedUsd', 'costState', 'exact', 'latencyMs', 'error', 'user', 'note'],
  ...['project', 'branch', 'agent', 'priceNote', 'calls'],
];

const levels = ['call', 'session', 'day'] as const;
const nano = (value: string | number | boolean | null | undefined): number =>
  Math.round(Number(value ?? 0) * 1e9);
const sumOf = (rows: readonly Row[], column: string): number =>
  rows.reduce((sum, row) => sum + nano(row[column]), 0);

const note = 'He said "50 % off",\nthen left.\r\n- item | 💰 👩‍👩‍👧‍👦 <b>&amp;</b>';

describe('export', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const [path, store] = [folder.file('traces.db'), folder.file('store.db')];
  let total: Figures;
  after(() => folder.remove());

  before(async () => {
    makeSynthDb(path, { seed: 71 });
    python(
      `c = sqlite3.connect(sys.argv[1])
c.execute("UPDATE session_traces SET metadata = json_object('user_id', '=cmd|calc') WHERE session_id = 'dirty_null_metadata'")
c.execute("UPDATE session_traces SET metadata = json_object('user_id', '@SUM(1)') WHERE session_id = 'dirty_list_metadata'")
c.commit()`,
      path,
    );
    await cliOk(['import', path, '--store', store]);
    await cliOk(['note', 'dirty_null_metadata', '-', '--store', store], { input: note });
    await cliOk(['note', 'dirty_list_metadata', '=HYPERLINK("http://127.0.0.1","x")', '--store', store]);
    ({ total } = await reportOf(['--store', store]));
  });

  const read = (format: string, file: string): Read =>
    JSON.parse(
      execFileSync('python3', [resolve(__dirname, '../support/read_export.py'), format, file], {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      }),
    ) as Read;

  async function exported(format: string, level: string, ...more: string[]): Promise<Read> {
    const file = folder.file(`stdout.${format}`);
    const { stdout } = await cliOk([
      'export',
      '--store',
      store,
      '--format',
      format,
      '--level',
      level,
      ...more,
    ]);
    writeFileSync(file, stdout);
    return read(format, file);
  }

  function checkSums({ rows }: Read, level: string, of: Figures): void {
    for (const column of ['costUsd', 'recordedUsd', 'computedUsd', ...tokens])
      assert.equal(sumOf(rows, column), nano(of[column]), column);
    if (level === 'call') assert.equal(rows.length, of.calls);
    else
      for (const column of ['calls', 'errors', 'unpricedCalls'])
        assert.equal(sumOf(rows, column), nano(of[column]));
    if (level === 'session') assert.equal(rows.length, of.sessions);
  }

  for (const level of levels) {
    it(`by ${level}: CSV and JSON hold the same, on stdout and in a file, and add up to the report`, async () => {
      const json = await exported('json', level);
      const csv = await exported('csv', level);
      assert.deepEqual(csv.columns, json.columns);
      checkSums(json, level, total);
      checkSums(csv, level, total);
      for (const format of ['csv', 'json']) {
        const out = folder.file(`${level}.${format}`);
        const { stdout } = await cliOk([
          'export',
          '--store',
          store,
          '--format',
          format,
          '--level',
          level,
          '--out',
          out,
        ]);
        assert.equal(stdout, '');
        assert.deepEqual(read(format, out), format === 'csv' ? csv : json);
        assert.equal(statSync(out).mode & 0o077, 0, 'for its owner alone');
      }
    });
  }

  it('has the keys of the contract, and null where nothing is known', async () => {
    const { columns, rows } = await exported('json', 'call');
    assert.deepEqual(columns, callKeys);
    const unpriced = rows.filter(({ costState }) => costState === 'unpriced');
    assert.equal(unpriced.length, total.unpricedCalls);
    assert.ok(unpriced.length > 0 && unpriced.every(({ costUsd }) => costUsd === null));
    const failed = rows.filter(({ error }) => error !== null);
    assert.equal(failed.length, total.errors);
    assert.ok(failed.every(({ error, recordedUsd }) => error === 'RateLimitError' && recordedUsd === null));
    assert.ok(rows.every(({ at }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(at))));
    assert.ok(rows.some(({ experiment }) => experiment === null));
  });

  it('keeps notes and ids as they are, and defuses formulas in CSV', async () => {
    for (const level of ['call', 'session'] as const) {
      const [json, csv] = [await exported('json', level), await exported('csv', level)];
      const of = ({ rows }: Read, id: string) =>
        rows.find((row) => (level === 'call' ? row.session : row.id) === id)!;
      for (const read of [json, csv]) assert.equal(of(read, 'dirty_null_metadata').note, note);
      assert.equal(of(json, 'dirty_list_metadata').note, '=HYPERLINK("http://127.0.0.1","x")');
      assert.equal(of(csv, 'dirty_list_metadata').note, `'=HYPERLINK("http://127.0.0.1","x")`);
      assert.deepEqual(
        [of(json, 'dirty_null_metadata').user, of(csv, 'dirty_null_metadata').user],
        ['=cmd|calc', "'=cmd|calc"],
      );
      assert.deepEqual(
        [of(json, 'dirty_list_metadata').user, of(csv, 'dirty_list_metadata').user],
        ['@SUM(1)', "'@SUM(1)"],
      );
      assert.ok(of(csv, `sess/ünï 'quoted' "x" #1`));
    }
  });

  it('exports what the filters leave', async () => {
    const period = ['--since', '2025-11-02T20:00:00Z', '--until', '2025-11-03T08:10:00Z', '--tz', 'UTC'];
    const report = await reportOf(['--store', store, ...period]);
    assert.ok(report.total.calls! > 0 && report.total.calls! < total.calls!);
    for (const level of levels) checkSums(await exported('json', level, ...period), level, report.total);
    const nothing = await exported('json', 'call', '--since', '2031-01-01');
    assert.deepEqual(nothing.rows, []);
    assert.equal((await exported('csv', 'call', '--since', '2031-01-01')).rows.length, 0);
  });

  it('takes the cost mode', async () => {
    const { rows } = await exported('json', 'call', '--cost-mode', 'recorded');
    assert.ok(
      rows.every(
        ({ costUsd, recordedUsd, costState }) =>
          costUsd === recordedUsd || (costState === 'recorded' && costUsd === 0),
      ),
    );
  });

  it('leaves what was there when it cannot write, and says what to do', async () => {
    const args = ['export', '--store', store, '--format', 'csv', '--level', 'day', '--out'];
    const missing = await cli([...args, folder.file('no folder/x.csv')]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /x\.csv was not exported: its folder does not exist\. Choose another place/);
    const taken = await cli([...args, folder.path]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /it is a folder\. Choose another name/);
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.includes('.part')),
      [],
    );
  });
});
