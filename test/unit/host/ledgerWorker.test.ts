import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerWorker, stopped, type WorkerState } from '../../../src/host/ledgerWorker';

/** A worker that answers `status` with its thread id and dies when it is asked to cancel a job. */
const script = `
const { parentPort, threadId, workerData } = require('node:worker_threads');
parentPort.on('message', ({ id, method }) => {
  if (method === 'cancel') process.exit(3);
  if (method === 'status') parentPort.postMessage({ kind: 'ok', id, value: { path: workerData.storePath, revision: threadId } });
  if (method === 'sources') parentPort.postMessage({ kind: 'err', id, error: { name: 'UserError', message: 'no luck' } });
  if (method === 'note') parentPort.postMessage({ kind: 'event', name: 'changed', payload: { revision: 7 } });
});`;

describe('LedgerWorker', () => {
  let folder: string;
  let worker: LedgerWorker;
  let states: WorkerState[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-worker-'));
    await writeFile(join(folder, 'worker.js'), script);
    const store = join(folder, 'deep', 'store.db');
    worker = new LedgerWorker({ script: join(folder, 'worker.js'), wasm: '', store });
    states = [];
    worker.onDidChangeState((state) => states.push(state));
  });

  afterEach(async () => {
    worker.dispose();
    await rm(folder, { recursive: true });
  });

  it('creates the folder of the store, readable by its owner alone', async () => {
    const { path } = await worker.ledger.status();
    assert.equal(path, join(folder, 'deep', 'store.db'));
    const { mode } = await stat(join(folder, 'deep'));
    assert.equal(mode & 0o777, 0o700);
  });

  it('hands on errors and events', async () => {
    await assert.rejects(worker.ledger.sources(), { name: 'UserError', message: 'no luck' });
    const revision = new Promise((resolve) => worker.changed.event((event) => resolve(event.revision)));
    void worker.ledger.note('any').catch(() => {});
    assert.equal(await revision, 7);
  });

  it('starts again after a death: what was under way fails with a remedy, later calls wait', async () => {
    const before = await worker.ledger.status();
    await assert.rejects(worker.ledger.cancel('job'), { name: 'UserError', message: stopped.restarting });
    const after = await worker.ledger.status();
    assert.deepEqual(states, ['restarting']);
    assert.notEqual(after.revision, before.revision, 'another thread answers');
  });

  it('gives up after a second death', async () => {
    await assert.rejects(worker.ledger.cancel('job'), { message: stopped.restarting });
    await assert.rejects(worker.ledger.cancel('job'), { message: stopped.failed });
    await assert.rejects(worker.ledger.status(), { message: stopped.failed });
    assert.deepEqual(states, ['restarting', 'failed']);
  });

  it('is no promise, so that it can be handed through one', async () => {
    assert.equal(await Promise.resolve(worker.ledger), worker.ledger);
  });
});
