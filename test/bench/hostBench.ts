import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TraceLedger } from '../../src/extension';

const path = process.env.TRACE_LEDGER_BENCH_DB!;

/**
 * Runs inside VS Code: how long activation takes, and how long our code holds the extension host while
 * TRACE_LEDGER_BENCH_DB, a database or a folder, is imported and priced anew, the tree is open and the panel asks. With
 * TRACE_LEDGER_BENCH_CALLS, the calls that it holds, the import is cancelled half-way first and then begun again.
 * JSON lines go to TRACE_LEDGER_BENCH_OUT.
 */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<TraceLedger>('trace-ledger.trace-ledger')!;
  const wasActive = extension.isActive;
  const start = performance.now();
  const api = await extension.activate();
  tell('activation', { ms: performance.now() - start, wasActive, sync: api.longestRun().ms });
  await api.ledger.status();

  tell('idle', { ...(await watched(api, () => pause(3000))) });
  await vscode.commands.executeCommand('workbench.view.extension.traceLedger');
  await vscode.commands.executeCommand('traceLedger.openCostPanel');
  const calls = Number(process.env.TRACE_LEDGER_BENCH_CALLS ?? 0);
  if (calls > 0) tell('cancelled', await watched(api, () => importHalf(api, calls)));
  const imported = await watched(api, async () => {
    await vscode.commands.executeCommand('traceLedger.importFiles', [path]);
    await pause(1000);
  });
  const { total } = await api.ledger.report({ filter: {}, mode: 'auto', zone: 'UTC' }, null);
  tell('repricing', await watched(api, () => repriceAll(api)));
  tell('import', { ...imported, total });
}

/** What the extension host was busy with, and how large its process, the worker in it, has been so far. */
async function watched(api: TraceLedger, work: () => Promise<unknown>): Promise<object> {
  api.resetLongestRun();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  delay.disable();
  const { name, ms } = api.longestRun();
  const busiest = api.busiestRun();
  const { calls } = await api.ledger.status();
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  return {
    seconds,
    calls,
    peakMiB,
    longestRun: name,
    longestRunMs: ms,
    busiest,
    loopDelayMs: delay.max / 1e6,
  };
}

async function importHalf({ ledger }: TraceLedger, calls: number): Promise<void> {
  const half = ledger.importPaths('half', [path], {});
  while ((await ledger.status()).calls < calls / 2) await pause(100);
  await ledger.cancel('half');
  if (!(await half).cancelled) throw new Error('The import came to its end before it was cancelled.');
}

/** Other prices for every model: compared, applied to all calls, and taken back. */
async function repriceAll({ ledger }: TraceLedger): Promise<void> {
  const prices = (await ledger.models())
    .filter(({ name }) => name !== '')
    .map(({ name }) => ({ model: name, prices: { input: 1, output: 2 } }));
  await vscode.workspace
    .getConfiguration()
    .update('traceLedger.prices', prices, vscode.ConfigurationTarget.Global);
  while (!(await ledger.proposedPrices())) await pause(50);
  await vscode.commands.executeCommand('traceLedger.applyPrices');
  if (!(await ledger.lastRepricing())) throw new Error('Nothing was priced anew.');
  await vscode.commands.executeCommand('traceLedger.undoPrices');
}

const tell = (name: string, figures: object): void =>
  appendFileSync(process.env.TRACE_LEDGER_BENCH_OUT!, `${JSON.stringify({ name, ...figures })}\n`);
