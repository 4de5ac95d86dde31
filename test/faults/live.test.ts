import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { long, startChild } from './children';
import { eventually } from '../support/eventually';
import { Delays, liveFiles, sumsAfter, writeLive } from '../support/liveWriters';
import { assistantLine, sessionId } from '../support/claudeCode';
import { jsonLines } from '../support/sourceFiles';
import { all } from '../support/store';
import { temporaryFolder } from '../support/synthDb';
import { wasmPath } from '../support/engine';
import { Ledger } from '../../src/worker/ledger';
import type { LiveFile } from '../support/liveWriters';

const seconds = long ? 60 : 5;
const rate = 20;
/** So long does a machine under all tests take at worst until the last write is in. */
const patience = 30_000;

describe('watching while writers are at work', function () {
  this.timeout(seconds * 1000 + 120_000);
  let folder: ReturnType<typeof temporaryFolder>;
  let files: readonly LiveFile[];
  let ledger: Ledger;
  let delays: Delays;
  let problems: unknown[];

  const sumsOf = async ({ path }: LiveFile) => {
    const { total } = await ledger.api.report({ ...all, filter: { sources: [path] } }, null);
    const { calls, inputTokens, outputTokens } = total;
    return { calls, inputTokens, outputTokens };
  };
  const look = async (): Promise<void> => {
    for (const file of files) delays.sees(file.path, (await sumsOf(file)).calls, Date.now());
  };
  const write = () =>
    Promise.all(
      files.map((file) =>
        writeLive(file, { seconds, rate }, (call, at) => delays.wrote(file.path, call, at)),
      ),
    );
  const hasAll = () =>
    eventually(async () => {
      for (const file of files) assert.deepEqual(await sumsOf(file), sumsAfter(seconds * rate), file.kind);
    }, patience);

  beforeEach(async () => {
    folder = temporaryFolder();
    files = liveFiles(folder.path);
    delays = new Delays();
    problems = [];
    // Something must be in a folder for it to be one of traces.
    const first = jsonLines([
      assistantLine({ id: 'msg_first', request: 'req_first', session: sessionId(3) }),
    ]);
    writeFileSync(join(folder.path, 'project', `${sessionId(3)}.jsonl`), first);
    ledger = await Ledger.open(folder.file('store.db'), wasmPath);
    ledger.onEvent(({ name, payload }) => {
      if (name === 'log' || name === 'notice') problems.push(payload);
      if (name === 'changed') void look();
    });
    ledger.start();
    await ledger.api.importPaths('import', [folder.path], {});
    await ledger.api.watchSources({ enabled: true, idleTimeoutMs: 0 });
  });

  afterEach(() => {
    ledger.close();
    folder.remove();
  });

  it('takes in every call, once: a month file, a transcript and a database in WAL mode', async () => {
    await write();
    await hasAll();
    assert.deepEqual(problems, []);
    const rows = await ledger.api.sources();
    for (const { path } of files) {
      const row = rows.find((one) => one.path === path);
      assert.deepEqual([row?.state, row?.problems, row?.watch], ['imported', [], { kind: 'watched' }]);
    }
    if (long) for (const { kind, path } of files) console.log(`${kind}: ${JSON.stringify(delays.of(path))}`);
  });

  it('takes in every call, once, where another window watches the same files', async () => {
    const other = startChild('liveChild.ts', folder.file('store.db'));
    try {
      await other.said('ready');
      await write();
      await hasAll();
    } finally {
      other.process.stdin.end();
    }
    const { code, output } = await other.exited;
    assert.deepEqual([code, output, problems], [0, 'ready\n', []]);
  });

  it('asleep, uses no processor time, and the first action brings everything up to date', async () => {
    await ledger.api.watchSources({ enabled: true, idleTimeoutMs: 200 });
    await eventually(async () => assert.ok((await ledger.api.liveState()).isAsleep));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, long ? 10_000 : 1_000));
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 1000 / (long ? 10_000 : 1_000);
    assert.ok(share < 0.05, `${(100 * share).toFixed(1)} % of a processor`);
    if (long) console.log(`asleep: ${(100 * share).toFixed(2)} % of a processor`);
    await ledger.api.wake();
    assert.equal((await ledger.api.liveState()).isAsleep, false);
  });

  it('takes in what a log gets while the ledger is closed, and leaves the log as it is', async () => {
    const file = files[1]!;
    ledger.close();
    await writeLive(file, { seconds: 1, rate: 50 });
    const bytes = readFileSync(file.path);
    ledger = await Ledger.open(folder.file('store.db'), wasmPath);
    ledger.start();
    await ledger.api.watchSources({ enabled: true, idleTimeoutMs: 0 });
    await eventually(async () => assert.deepEqual(await sumsOf(file), sumsAfter(50)), patience);
    assert.deepEqual(readFileSync(file.path), bytes);
  });
});
