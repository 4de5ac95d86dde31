import { appendFileSync } from 'node:fs';
import { Ledger } from '../../src/worker/ledger';

/**
 * Imports argv[2] into the store argv[3] three times over: first, unchanged, and read again by force; then prices all of it
 * anew. argv[5] is the file for the figures: JSON lines.
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
  await repricing(ledger, (name, ms, calls) =>
    appendFileSync(out!, `${JSON.stringify({ name, ms, calls })}\n`),
  );
  ledger.close();
}

/** Gives every model another price: shown as a difference, applied to all calls, and taken back. */
async function repricing(
  { api }: Ledger,
  tell: (name: string, ms: number, calls: number) => void,
): Promise<void> {
  const models = (await api.models()).filter(({ name }) => name !== '');
  const prices = models.map(({ name }) => ({ model: name, prices: { input: 1, output: 2 } }));
  const view = { mode: 'auto', zone: 'UTC' } as const;
  let start = performance.now();
  const { proposal } = await api.proposePrices('propose', { prices, sets: {}, included: {} }, view);
  if (!proposal) throw new Error('Other prices changed nothing.');
  const { calls, lookedAt } = proposal.difference;
  tell('difference', performance.now() - start, lookedAt);
  start = performance.now();
  await api.applyPrices('apply', proposal.id, true);
  tell('repriced', performance.now() - start, calls);
  start = performance.now();
  await api.undoPrices('undo');
  tell('takenBack', performance.now() - start, calls);
}

void main(process.argv.slice(2));
