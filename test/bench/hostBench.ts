import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TraceLedger } from '../../src/extension';

/**
 * Runs inside VS Code: how long activation takes, and how long our code holds the extension host while the database
 * TRACE_LEDGER_BENCH_DB is imported, the tree is open and the panel asks. JSON lines go to TRACE_LEDGER_BENCH_OUT.
 */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<TraceLedger>('trace-ledger.trace-ledger')!;
  const wasActive = extension.isActive;
  const start = performance.now();
  const api = await extension.activate();
  tell('activation', { ms: performance.now() - start, wasActive, sync: api.longestRun().ms });
  await api.ledger.status();

  tell('idle', { loopDelayMs: await worstDelay(() => pause(3000)) });
  api.resetLongestRun();
  await vscode.commands.executeCommand('workbench.view.extension.traceLedger');
  await vscode.commands.executeCommand('traceLedger.openCostPanel');
  const loopDelayMs = await worstDelay(async () => {
    await vscode.commands.executeCommand('traceLedger.importFiles', [process.env.TRACE_LEDGER_BENCH_DB]);
    await pause(1000);
  });
  const { calls } = await api.ledger.status();
  const { name, ms } = api.longestRun();
  tell('import', { calls, longestRun: name, longestRunMs: ms, loopDelayMs });
}

async function worstDelay(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e6;
}

const tell = (name: string, figures: object): void =>
  appendFileSync(process.env.TRACE_LEDGER_BENCH_OUT!, `${JSON.stringify({ name, ...figures })}\n`);
