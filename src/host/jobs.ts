import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { formatCount } from '../shared/format';
import type { LedgerWorker } from './ledgerWorker';
import type { ImportProgress } from '../shared/model';

/** Runs a long job of the worker under a notification with its progress and a cancel button. */
export type RunJob = <T>(
  title: string,
  run: (job: string, token: vscode.CancellationToken) => Promise<T>,
  options?: {
    /** What takes less long shows nothing. */
    readonly patienceMs?: number;
  },
) => Promise<T>;

/** Cancelling stops the job after the step at hand; `run` then resolves with what was done until then. */
export function jobRunner(worker: LedgerWorker): RunJob {
  return async (title, run, { patienceMs = 0 } = {}) => {
    const job = randomUUID();
    const stop = new vscode.CancellationTokenSource();
    const end = stop.token.onCancellationRequested(() => void worker.ledger.cancel(job));
    try {
      const result = run(job, stop.token);
      if (patienceMs > 0 && (await isDoneWithin(result, patienceMs))) return await result;
      return await withProgress(worker, title, job, stop, result);
    } finally {
      end.dispose();
      stop.dispose();
    }
  };
}

/** Whether it ended well or badly in time. */
const isDoneWithin = (result: Promise<unknown>, ms: number): Promise<boolean> =>
  Promise.race([
    result.then(
      () => true,
      () => true,
    ),
    pause(ms).then(() => false),
  ]);

const withProgress = <T>(
  worker: LedgerWorker,
  title: string,
  job: string,
  stop: vscode.CancellationTokenSource,
  result: Promise<T>,
): Thenable<T> =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let done = 0;
      const advance = (percent: number, message?: string): void => {
        progress.report({
          ...(message === undefined ? {} : { message }),
          increment: Math.max(0, percent - done),
        });
        done = Math.max(done, percent);
      };
      const lifetime = [
        token.onCancellationRequested(() => stop.cancel()),
        worker.importProgress.event((event) => {
          if (event.job === job) advance(percentOf(event.progress), progressText(event.progress));
        }),
        worker.jobProgress.event((event) => {
          if (event.job === job) advance(Math.min(100, 100 * event.share));
        }),
        worker.exportProgress.event((event) => {
          if (event.job === job) progress.report({ message: `${formatCount(event.rows)} rows` });
        }),
      ];
      try {
        return await result;
      } finally {
        for (const end of lifetime) end.dispose();
      }
    },
  );

const percentOf = ({ fileIndex, files, share = 0 }: ImportProgress): number =>
  files > 0 ? Math.min(100, (100 * (fileIndex + share)) / files) : 0;

function progressText({ file, fileIndex, files, calls }: ImportProgress): string {
  const position = files > 1 ? ` (${formatCount(fileIndex + 1)} of ${formatCount(files)})` : '';
  return `${basename(file)}${position} · ${formatCount(calls)} calls`;
}
