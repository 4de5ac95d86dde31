import { appendFileSync } from 'node:fs';
import { Ledger } from '../../src/worker/ledger';

/**
 * Imports argv[2] into the store argv[3] three times over: first, unchanged, and read again by force. argv[4] is the
 * file for the figures: JSON lines.
 */
async function main([source, storePath, wasmPath, out]: readonly string[]): Promise<void> {
  const ledger = await Ledger.open(storePath!, wasmPath!);
  const timed = async (name: string, force: boolean): Promise<void> => {
    const start = performance.now();
    const summary = await ledger.api.importPaths(name, [source!], { force });
    const ms = performance.now() - start;
    const peakMiB = process.resourceUsage().maxRSS / 1024;
    appendFileSync(out!, `${JSON.stringify({ name, ms, calls: summary.newCalls, peakMiB })}\n`);
  };
  await timed('first', false);
  await timed('unchanged', false);
  await timed('again', true);
  ledger.close();
}

void main(process.argv.slice(2));
