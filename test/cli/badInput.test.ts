import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cli, cliEnvironment, cliPath, cliOk, recordedFigures, reportOf } from '../support/cli';
import { metric } from '../support/platoMonth';
import { makeSynthDb, python, temporaryFolder } from '../support/synthDb';

const isRoot = process.getuid?.() === 0;
const nobody = 65534;

describe('bad input', function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof temporaryFolder>;
  let store: string;
  beforeEach(() => {
    folder = temporaryFolder();
    store = folder.file('store.db');
  });
  afterEach(() => folder.remove());

  /** Imports it, wants one sentence on it on stderr and in `issues`, and that the exit code is right. */
  async function complains(
    path: string,
    says: RegExp,
    code: 0 | 1,
  ): Promise<Awaited<ReturnType<typeof reportOf>>> {
    const imported = await cli(['import', path, '--store', store]);
    const about = imported.stderr.split('\n').filter((line) => line.startsWith(`${path}: `));
    assert.equal(about.length, 1, imported.stderr);
    assert.match(about[0]!, says);
    assert.deepEqual([imported.code, imported.stdout], [code, ''], imported.stderr);
    assert.doesNotMatch(imported.stderr, /^ +at /m, 'no stack');
    const report = await reportOf(['--store', store]);
    const issues = report.issues.filter((issue) => issue.path === path);
    assert.equal(issues.length, 1);
    assert.match(issues[0]!.message, /^[^\n]*[.)]$/, 'one sentence');
    assert.ok(about[0]!.endsWith(issues[0]!.message));
    return report;
  }

  const files: readonly [title: string, name: string, content: () => Buffer | string, says: RegExp][] = [
    [
      'a file of zero length',
      'zero.db',
      () => '',
      /It is empty \(0 bytes\): import a file that holds traces\.$/,
    ],
    [
      'an encrypted database',
      'secret.db',
      () => randomBytes(8192),
      /not a SQLite database, or it is encrypted: import a decrypted copy\.$/,
    ],
    [
      'text that calls itself a database',
      'notes.db',
      () => 'dear diary',
      /not a SQLite database but text: import the database itself\.$/,
    ],
    [
      'a file of no known format',
      'picture.png',
      () => randomBytes(300),
      /picture\.png is of no format that is known: import a trace database/,
    ],
    [
      'only the header of a database',
      'header.db',
      () => Buffer.concat([Buffer.from('SQLite format 3\0'), randomBytes(84)]),
      /: .+: .+\.$/,
    ],
  ];
  for (const [title, name, content, says] of files) {
    it(title, async () => {
      writeFileSync(folder.file(name), content());
      const { total } = await complains(folder.file(name), says, 1);
      assert.equal(total.calls, 0);
    });
  }

  it('a file of a known format that tells of no calls', async () => {
    const path = resolve(__dirname, '../fixtures/plato/.plato/analytics/analytics-index.json');
    const says =
      /It holds an index of the month files and no calls of its own: import the folder that it lies in\.$/;
    await complains(path, says, 1);
  });

  it('a database without tables', async () => {
    python(
      `c = sqlite3.connect(sys.argv[1]); c.execute("CREATE TABLE t (a)"); c.execute("DROP TABLE t"); c.commit()`,
      folder.file('e.db'),
    );
    await complains(
      folder.file('e.db'),
      /It is a database without tables: import one that holds traces\.$/,
      1,
    );
  });

  it('a database of another kind', async () => {
    python(
      `c = sqlite3.connect(sys.argv[1]); c.execute("CREATE TABLE cookies (a)"); c.commit()`,
      folder.file('e.db'),
    );
    await complains(
      folder.file('e.db'),
      /a kind that is not known \(its tables: cookies\): import a trace database, or this one with a mapping\.$/,
      1,
    );
  });

  it('a truncated database: what can be read of it is imported, and the rest once it is whole', async () => {
    const path = folder.file('cut.db');
    const expected = makeSynthDb(path, {
      seed: 91,
      experiments: 4,
      sessions: 6,
      events: 20,
      variant: 'fixture',
    });
    const whole = readFileSync(path);
    truncateSync(path, Math.floor(whole.length / 4096 / 2) * 4096);
    const imported = await cli(['import', path, '--store', store]);
    assert.match(imported.stderr, /cut\.db.*cut off.*copy the whole file again\.$/m);
    const { issues } = await reportOf(['--store', store]);
    assert.ok(issues.some((issue) => issue.path === path && /cut off/.test(issue.message)));
    writeFileSync(path, whole);
    await cliOk(['import', path, '--store', store]);
    const after = await reportOf(['--store', store]);
    assert.equal(recordedFigures(after.total).cents, expected.cost.recorded_cents);
    assert.equal(after.total.calls, expected.counts.cais_events);
    assert.deepEqual(
      after.issues.map(({ place }) => place),
      ['session_traces.dirty_malformed_metadata'],
    );
  });

  it('malformed metadata and NaN in it', async () => {
    const path = folder.file('nan.db');
    const expected = makeSynthDb(path, { seed: 92 });
    python(
      `c = sqlite3.connect(sys.argv[1])
c.execute("UPDATE session_traces SET metadata = ? WHERE session_id = 'dirty_null_metadata'", ['{"seed": NaN, "user_id": "ana", "pricing_notes": "NaN stays"}'])
c.commit()`,
      path,
    );
    const report = await complains(
      path,
      /session_traces\.dirty_malformed_metadata: Its metadata is not valid JSON; the session is imported without its user and notes\.$/,
      0,
    );
    assert.equal(report.total.calls, expected.counts.cais_events);
    assert.equal(report.total.sessions, expected.counts.sessions);
    assert.equal((await cliOk(['note', 'dirty_null_metadata', '--store', store])).stdout, 'NaN stays\n');
  });

  const month = (...metrics: object[]): string =>
    JSON.stringify({ version: '1.0', month: '2025-06', metrics });

  it('a JSON file cut in the middle: what stands before is imported', async () => {
    const path = folder.file('2025-06.json');
    const text = month(metric({ sessionId: 'a' }), metric({ sessionId: 'b' }), metric({ sessionId: 'c' }));
    writeFileSync(path, text.slice(0, text.indexOf('"c"')));
    const { total } = await complains(
      path,
      /byte \d+: From here on it is not valid JSON, or it was cut off/,
      0,
    );
    assert.deepEqual([total.calls, total.recordedUsd], [2, 0.004]);
    writeFileSync(path, text);
    await cliOk(['import', path, '--store', store]);
    const after = await reportOf(['--store', store]);
    assert.deepEqual([after.total.calls, after.issues], [3, []]);
  });

  it('NaN in a JSON file', async () => {
    const path = folder.file('2025-06.json');
    const text = month(metric({ sessionId: 'a' }), metric({ sessionId: 'b' }));
    writeFileSync(
      path,
      text.replace('"duration":1500', '"duration":NaN').replace('"cost":0.002', '"cost":-Infinity'),
    );
    await cliOk(['import', path, '--store', store]);
    const { total, issues } = await reportOf(['--store', store]);
    assert.deepEqual([total.calls, total.recordedUsd, issues], [2, 0.002, []]);
  });

  it('one bad record among good ones', async () => {
    const path = folder.file('2025-06.json');
    writeFileSync(
      path,
      month(
        metric({ sessionId: 'a' }),
        { ...metric({ sessionId: 'b' }), timestamp: 'soon' },
        metric({ sessionId: 'c' }),
      ),
    );
    const { total } = await complains(path, /metrics\.1: It has no valid timestamp and is left out/, 0);
    assert.equal(total.calls, 2);
  });

  it('a folder without anything readable, and one bad file beside good ones', async () => {
    mkdirSync(folder.file('sub/deeper'), { recursive: true });
    writeFileSync(folder.file('sub/deeper/readme.md'), '# hello');
    await complains(
      folder.file('sub'),
      /Nothing in this folder can be imported: choose the folder or file that holds the traces\.$/,
      1,
    );
    writeFileSync(folder.file('sub/broken.db'), randomBytes(5000));
    const { counts } = makeSynthDb(folder.file('sub/good.db'), { seed: 93 });
    const imported = await cliOk(['import', folder.file('sub'), '--store', store]);
    assert.match(imported.stderr, /broken\.db: It is not a SQLite database, or it is encrypted/);
    const { total, issues } = await reportOf(['--store', store]);
    assert.equal(total.calls, counts.cais_events);
    assert.deepEqual(
      issues.map(({ path }) => path.slice(folder.path.length + 1)).sort(),
      ['sub/broken.db', 'sub/good.db'],
      'the folder can be read now',
    );
  });

  it('a path that is not there, and one of a source that has gone', async () => {
    await complains(
      folder.file('no such file'),
      /It is not there \(any more\): check the path, or remove it from the sources\.$/,
      1,
    );
    const path = folder.file('gone.db');
    const { counts } = makeSynthDb(path, { seed: 94 });
    await cliOk(['import', path, '--store', store]);
    rmSync(path);
    assert.equal((await cli(['import', path, '--store', store])).code, 1);
    const { total, issues } = await reportOf(['--store', store]);
    assert.equal(total.calls, counts.cais_events, 'what was imported stays');
    assert.ok(issues.some((issue) => issue.path === path && /not there/.test(issue.message)));
  });

  it('a file that vanishes during the import', async () => {
    const path = folder.file('vanishing.db');
    makeSynthDb(path, { seed: 95, experiments: 5, sessions: 20, events: 60 });
    const child = spawn(process.execPath, [cliPath, 'import', path, '--store', store], {
      env: cliEnvironment(),
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
    while (!existsSync(store) && child.exitCode === null) await delay(2);
    await delay(40);
    rmSync(path);
    const [code] = (await once(child, 'close')) as [number];
    // It may have been open already, and then is read to its end; if not, the user hears of it.
    if (stderr.includes('not there')) assert.equal(code, 1);
    else assert.match(stderr, /gone|1 files read/);
    assert.doesNotMatch(stderr, /^ +at /m);
    const { total } = await reportOf(['--store', store]);
    assert.ok(total.calls! >= 0);
  });

  it('a file that may not be read', async function () {
    if (!isRoot) return this.skip();
    const path = folder.file('private.db');
    makeSynthDb(path, { seed: 96 });
    chmodSync(path, 0o600);
    chmodSync(folder.path, 0o755);
    mkdirSync(folder.file('own'));
    chownSync(folder.file('own'), nobody, nobody);
    const { code, stderr } = await cli(['import', path, '--store', folder.file('own/s.db')], { uid: nobody });
    assert.equal(code, 1);
    assert.ok(
      stderr.includes(
        `${path}: You have no permission to read it: change its permissions, then import it again.`,
      ),
      stderr,
    );
  });

  it('a database that another program has locked is read all the same', async () => {
    const path = folder.file('locked.db');
    const { counts } = makeSynthDb(path, { seed: 97 });
    const holder = spawn('python3', [
      '-c',
      `import sqlite3,sys
c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute("BEGIN EXCLUSIVE"); c.execute("DELETE FROM events"); print("locked", flush=True); sys.stdin.read()`,
      path,
    ]);
    await once(holder.stdout, 'data');
    await cliOk(['import', path, '--store', store]);
    assert.equal((await reportOf(['--store', store])).total.calls, counts.cais_events, 'what was committed');
    holder.stdin.end();
    await once(holder, 'close');
  });
});
