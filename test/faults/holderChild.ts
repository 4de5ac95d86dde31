/**
 * Holds the store in the middle of a transaction that has spilled, or hands the work to a worker thread that does.
 * argv: store, `process` or `thread`
 */
import { writeSync } from 'node:fs';
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { engine } from '../support/sqlite/engine';

async function hold(path: string): Promise<void> {
  const db = (await engine()).openStore(path, { cacheKiB: 40 });
  db.write(() => {
    db.run('UPDATE t SET a = a + 1');
    writeSync(1, 'holding\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.argv[4] ?? 600_000));
  });
  db.close();
  writeSync(1, 'committed\n');
}

const [path = '', where] = process.argv.slice(2);
if (!isMainThread) void hold((workerData as { path: string }).path);
else if (where !== 'thread') void hold(path);
else {
  // A worker does not inherit tsx, so it is started by hand.
  const start = "require('tsx/cjs'); require(require('node:worker_threads').workerData.file)";
  const worker = new Worker(start, { eval: true, workerData: { file: __filename, path } });
  process.stdin.once('data', () => void worker.terminate().then(() => writeSync(1, 'terminated\n')));
}
