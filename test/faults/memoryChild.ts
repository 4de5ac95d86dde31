/** A worker that imports one file into an empty store. argv: store, file. Tells what came of it and of its memory. */
import { testEngine } from '../support/engine';
import { importPaths } from '../../src/ingest/import';
import { createPriceBook } from '../../src/pricing/prices';
import { Store } from '../../src/store/store';

const [path = '', ...paths] = process.argv.slice(2);

async function main(): Promise<void> {
  const engine = await testEngine();
  const store = new Store(engine.openStore(path), createPriceBook());
  const empty = process.memoryUsage.rss();
  const { newCalls, issues } = await importPaths(store, engine, {
    paths,
    force: false,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    told: () => undefined,
    log: (message) => void process.stderr.write(message),
  });
  store.close();
  const grownBy = process.resourceUsage().maxRSS * 1024 - empty;
  process.stdout.write(JSON.stringify({ newCalls, issues, grownBy }));
}

void main();
