import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cli, cliEnvironment, cliOk, cliPath, reportOf } from '../support/cli';
import { makeSynthDb, temporaryFolder } from '../support/synthDb';

const plato = resolve(__dirname, '../fixtures/plato');

describe('command line', function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof temporaryFolder>;
  /** Where the program puts what is to be removed again. */
  let temporary: string;
  beforeEach(() => {
    folder = temporaryFolder();
    temporary = folder.file('tmp');
    mkdirSync(temporary);
  });
  afterEach(() => folder.remove());

  const wrong: readonly [args: string[], says: RegExp][] = [
    [[], /command is missing/],
    [['frobnicate'], /no command frobnicate/],
    [['import'], /import needs a file or folder/],
    [['report', plato, '--group-by', 'colour'], /--group-by takes one of model, provider, day/],
    [['report', plato, '--colour'], /--colour/],
    [['report', plato, '--format', 'csv'], /report takes no --format/],
    [['report', plato, '--since', 'yesterday'], /"yesterday" is not a time/],
    [['report', plato, '--until', '2025-02-30'], /"2025-02-30" is not a time/],
    [['report', plato, '--tz', 'Mars/Olympus'], /Mars\/Olympus is no time zone/],
    [['report', plato, '--cost-mode', 'guess'], /--cost-mode takes one of auto, recorded, computed/],
    [['report', plato, '--store'], /--store/],
    [['report', plato, '--currency', 'EUR'], /--currency takes a code and a rate/],
    [['report', plato, '--currency', 'QQQ=2'], /--currency QQQ=2: "code" has to be/],
    [['report', plato, '--currency', 'EUR=0'], /--currency EUR=0: "perUsd" has to be/],
    [['report', plato, '--currency', 'EUR=0.92', '--json'], /--json is in US dollars/],
    [['export', plato, '--currency', 'EUR=0.92'], /export takes no --currency/],
    [['export', plato], /--format takes one of csv, json/],
    [['export', plato, '--format', 'csv'], /--level takes one of call, session, day/],
    [['export', plato, '--format', 'xml', '--level', 'call'], /--format takes one of/],
    [['session'], /session needs the id/],
    [['note'], /note needs the id/],
    [['note', 'id', 'two', 'texts'], /put it in quotes/],
    [['import', plato, '--json'], /import takes no --json/],
  ];
  it('answers wrong use with exit code 2 and the usage on stderr, and does nothing', async () => {
    const env = { XDG_DATA_HOME: folder.file('data'), TMPDIR: temporary };
    for (const [args, says] of wrong) {
      const { code, stdout, stderr } = await cli(args, { env });
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, says);
      assert.match(stderr, /^Usage:\n {2}trace-ledger import {2}PATH\.\.\./m);
    }
    assert.equal(existsSync(folder.file('data')), false);
  });

  it('shows the usage on request', async () => {
    const { stdout } = await cliOk(['--help']);
    assert.match(stdout, /^Usage:/);
  });

  it('shows what people read in another currency, and says at which rate', async () => {
    const message = {
      ...{ id: 'msg-1', role: 'assistant', model: 'claude-sonnet-4-5' },
      usage: { input_tokens: 1000, output_tokens: 100 },
    };
    const line = {
      ...{ type: 'assistant', sessionId: 'eur', cwd: '/srv', timestamp: '2026-01-02T03:04:05Z' },
      ...{ requestId: 'req-1', uuid: 'u-1', version: '2.0.0', message },
    };
    writeFileSync(folder.file('eur.jsonl'), `${JSON.stringify(line)}\n`);
    const answers = async (...args: string[]) =>
      (await cliOk([...args, folder.file('eur.jsonl'), '--currency', 'EUR=0.92'])).stdout;
    // 1,000 x 3 + 100 x 15, a million: $0.0045, which is €0.00414.
    assert.match(await answers('report'), /^Total +€0\.0041 [^]*\n€0\.0041 · EUR at 0\.92 per USD\n$/m);
    const session = await answers('session', 'eur');
    assert.match(session, /^Cost +€0\.0041$/m);
    assert.match(session, /^Currency +EUR at 0\.92 per USD$/m);
    const explained = await answers('explain', 'eur');
    assert.match(explained, /^\$0\.0045 ≈ €0\.0041 in 1 call,/m);
    assert.match(explained, /^\| input \| 1,000 \| \$3 \| \$0\.003 \|/m);
  });

  it('ends with 1 where nothing can be read, and says so on stderr only', async () => {
    mkdirSync(folder.file('nothing'));
    writeFileSync(folder.file('nothing/readme.txt'), 'hello');
    for (const path of ['nothing', 'nothing/readme.txt', 'not there']) {
      for (const command of [
        ['import'],
        ['report', '--json'],
        ['export', '--format', 'csv', '--level', 'day'],
      ]) {
        const store = command[0] === 'import' ? ['--store', folder.file('s.db')] : [];
        const { code, stdout, stderr } = await cli([...command, folder.file(path), ...store], {
          env: { TMPDIR: temporary },
        });
        assert.deepEqual([code, stdout], [1, ''], `${command.join(' ')} ${path}`);
        assert.ok(stderr.includes(folder.file(path)), stderr);
      }
    }
    assert.deepEqual(readdirSync(temporary), [], 'the temporary store is removed after a failure');
  });

  it('takes options before and after the paths', async () => {
    const orders = [
      ['--json', '--group-by', 'model', 'report', plato],
      ['report', '--group-by=model', plato, '--json'],
      ['report', plato, '--json', '--group-by', 'model'],
    ];
    const answers = new Set<string>();
    for (const args of orders) answers.add((await cliOk(args)).stdout);
    assert.equal(answers.size, 1);
    assert.equal((JSON.parse([...answers][0]!) as { total: { calls: number } }).total.calls, 2);
  });

  it('reads paths into a store that is removed again', async () => {
    const env = { TMPDIR: temporary, XDG_DATA_HOME: folder.file('data') };
    assert.equal((await reportOf([plato], { env })).total.calls, 2);
    await cliOk(['export', plato, '--format', 'json', '--level', 'day'], { env });
    await cliOk(['session', 'session-1757318300000', plato], { env });
    assert.deepEqual(readdirSync(temporary), []);
    assert.equal(existsSync(folder.file('data')), false);
  });

  it('keeps the store where TRACE_LEDGER_STORE says, and --store goes before it', async () => {
    const env = { TRACE_LEDGER_STORE: folder.file('by/environment.db'), XDG_DATA_HOME: folder.file('data') };
    await cliOk(['import', plato], { env });
    assert.equal((await reportOf([], { env })).total.calls, 2);
    assert.equal((await reportOf(['--store', folder.file('other.db')], { env })).total.calls, 0);
    assert.equal(existsSync(folder.file('data')), false);
  });

  it("makes a store in the user's data folder that nobody else can read", async () => {
    mkdirSync(folder.file('data'));
    const env = { XDG_DATA_HOME: folder.file('data') };
    await cliOk(['import', plato], { env });
    assert.equal((await reportOf([], { env })).total.calls, 2);
    const [note] = [await cliOk(['note', 'session-1757318300000', 'mine'], { env })];
    assert.equal(note.stdout, '');
    const own = join(folder.file('data'), 'trace-ledger');
    const modes = ['', ...readdirSync(own)].map((name) => [name, statSync(join(own, name)).mode & 0o077]);
    assert.deepEqual(
      modes.filter(([, mode]) => mode !== 0),
      [],
    );
    assert.ok(
      modes.some(([name]) => name === 'store.db') && modes.some(([name]) => name === 'store.notes.jsonl'),
    );
  });

  it('ends quietly when its reader has seen enough, and cleans up', () => {
    makeSynthDb(folder.file('traces.db'), { experiments: 4, sessions: 20, events: 40 });
    const shell = `"${process.execPath}" "${cliPath}" export "${folder.file('traces.db')}" --format csv --level call 2>"${folder.file('err')}" | head -n 1`;
    const { stdout, status } = spawnSync('bash', ['-c', `set -o pipefail; ${shell}`], {
      encoding: 'utf8',
      env: cliEnvironment({ TMPDIR: temporary }),
    });
    assert.match(stdout, /^id,source,experiment,session,[^\n]*\n$/);
    assert.equal(status, 0);
    const said = readFileSync(folder.file('err'), 'utf8').trim().split('\n');
    assert.deepEqual(
      said.filter((line) => !/files read|metadata is not valid/.test(line)),
      [],
    );
    assert.deepEqual(readdirSync(temporary), []);
  });

  it('removes the temporary store when it is told to stop', async () => {
    makeSynthDb(folder.file('traces.db'), { experiments: 4, sessions: 50, events: 40 });
    const shell = `"${process.execPath}" "${cliPath}" report "${folder.file('traces.db')}" & pid=$!
      for i in $(seq 200); do [ -n "$(ls "${temporary}")" ] && break; sleep 0.02; done; ls "${temporary}" | wc -l; kill -TERM $pid; wait $pid; echo $?`;
    const { stdout } = spawnSync('bash', ['-c', shell], {
      encoding: 'utf8',
      env: cliEnvironment({ TMPDIR: temporary }),
    });
    assert.deepEqual(stdout.trim().split(/\s+/), ['1', '143']);
    assert.deepEqual(readdirSync(temporary), []);
  });
});
