import * as vscode from 'vscode';
import { setting } from './contributions';
import { UserError } from '../shared/errors';
import type { Disposable } from '../shared/emitter';
import type { LedgerApi } from '../shared/protocol';

/** What views say above their rows. */
export const offMessage = 'Trace Ledger is off and reads nothing. What it knows already stays here.';

/** Something would have to be read, and `traceLedger.enabled` is off. Whoever reports it offers the way back. */
export class ReadingOff extends UserError {
  constructor() {
    super('Trace Ledger is off and reads nothing (traceLedger.enabled). Turn it on and try again.');
  }
}

export const isReadingOn = (): boolean => setting('traceLedger.enabled');

/** Before something is asked that would be in vain. @throws ReadingOff */
export function requireReading(): void {
  if (!isReadingOn()) throw new ReadingOff();
}

/** Long jobs that read, by their name as the first argument: they stop when reading is turned off. */
const jobs: ReadonlySet<string | symbol> = new Set<keyof LedgerApi>([
  'importPaths',
  'findTraces',
  'previewMapping',
  'importBill',
]);
/** What else opens files. When a source goes or comes back, others are read again that tell of the same calls. */
const looks: ReadonlySet<string | symbol> = new Set<keyof LedgerApi>([
  'lookInto',
  'columnsAt',
  'lookIntoBill',
  'previewBill',
  'removeSource',
  'resetSource',
  'undoReset',
]);

/** The ledger, which reads no file while `traceLedger.enabled` is off. */
export function gatedLedger(ledger: LedgerApi): { readonly ledger: LedgerApi } & Disposable {
  const running = new Set<string>();
  const gated = new Proxy(ledger, {
    get: (target, method) => {
      const call = Reflect.get(target, method) as ((...args: unknown[]) => Promise<unknown>) | undefined;
      if (!jobs.has(method) && !looks.has(method)) return call;
      return async (...args: unknown[]) => {
        requireReading();
        const job = jobs.has(method) ? String(args[0]) : undefined;
        if (job !== undefined) running.add(job);
        try {
          return await call!(...args);
        } finally {
          if (job !== undefined) running.delete(job);
        }
      };
    },
  });
  const listening = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration('traceLedger.enabled') || isReadingOn()) return;
    for (const job of running) void ledger.cancel(job);
    void ledger.stopReading();
  });
  return { ledger: gated, dispose: () => void listening.dispose() };
}
