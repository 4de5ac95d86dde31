/** One window that imports files into a shared store. argv: store, files. Says "ready", and begins when it is told to. */
import { once } from 'node:events';
import { testEngine } from '../support/engine';
import { importPaths } from '../../src/ingest/import';
import { createPriceBook } from '../../src/pricing/prices';
import { Store } from '../../src/store/store';

const [path = '', ...paths] = process.argv.slice(2);

async function main(): Promise<void> {
  const engine = await testEngine();
  const store = new Store(engine.openStore(path), createPriceBook());
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const { newCalls } = await importPaths(store, engine, {
    paths,
    force: false,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    told: () => undefined,
    log: (message) => void process.stderr.write(message),
  });
  store.close();
  process.stdout.write(JSON.stringify({ newCalls }));
  process.exit(0);
}

void main();
