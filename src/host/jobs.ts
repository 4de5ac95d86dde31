import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { formatCount } from '../shared/format';
import type { LedgerWorker } from './ledgerWorker';
import type { ImportProgress } from '../shared/model';

/** Runs a long job of the worker under a notification with its progress and a cancel button. */
export type RunJob = <T>(
  title: string,
  run: (job: string, token: vscode.CancellationToken) => Promise<T>,
) => Promise<T>;

/** Cancelling stops the job after the step at hand; `run` then resolves with what was done until then. */
export function jobRunner(worker: LedgerWorker): RunJob {
  return async (title, run) =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const job = randomUUID();
        let done = 0;
        const lifetime = [
          token.onCancellationRequested(() => void worker.ledger.cancel(job)),
          worker.importProgress.event((event) => {
            if (event.job !== job) return;
            const percent = percentOf(event.progress);
            progress.report({
              message: progressText(event.progress),
              increment: Math.max(0, percent - done),
            });
            done = Math.max(done, percent);
          }),
          worker.exportProgress.event((event) => {
            if (event.job === job) progress.report({ message: `${formatCount(event.rows)} rows` });
          }),
        ];
        try {
          return await run(job, token);
        } finally {
          for (const end of lifetime) end.dispose();
        }
      },
    );
}

const percentOf = ({ fileIndex, files, share = 0 }: ImportProgress): number =>
  files > 0 ? Math.min(100, (100 * (fileIndex + share)) / files) : 0;

function progressText({ file, fileIndex, files, calls }: ImportProgress): string {
  const position = files > 1 ? ` (${formatCount(fileIndex + 1)} of ${formatCount(files)})` : '';
  return `${basename(file)}${position} · ${formatCount(calls)} calls`;
}
