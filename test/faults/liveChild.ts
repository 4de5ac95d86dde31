/** One window that watches a store's sources. argv: store. Says "ready" when it does, and ends when its input ends. */
import { once } from 'node:events';
import { Ledger } from '../../src/worker/ledger';
import { wasmPath } from '../support/engine';

async function main(): Promise<void> {
  const ledger = await Ledger.open(process.argv[2]!, wasmPath);
  ledger.onEvent(({ name, payload }) => {
    if (name === 'log' || name === 'notice') process.stdout.write(`told ${JSON.stringify(payload)}\n`);
  });
  ledger.start();
  await ledger.api.watchSources({ enabled: true, idleTimeoutMs: 0 });
  process.stdout.write('ready\n');
  process.stdin.resume();
  await once(process.stdin, 'end');
  ledger.close();
}

void main();
