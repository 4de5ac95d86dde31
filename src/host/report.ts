import * as vscode from 'vscode';
import { ReadingOff } from './reading';
import { messageOf } from '../shared/errors';

type Report = (error: unknown) => void;

/** Errors lose their class on the way from the worker, and keep their name. */
const isNamed = (error: unknown, ...names: readonly string[]): error is Error =>
  error instanceof Error && names.includes(error.name);

/** The user stopped it. */
export const isCancelled = (error: unknown): boolean => isNamed(error, 'CancellationError', 'Canceled');

/** Where every error ends that nobody could handle. The user sees a sentence; the log sees the stack. */
export function reporter(log: vscode.LogOutputChannel): Report {
  let last = { message: '', at: -Infinity };
  return (error) => {
    if (isCancelled(error)) return;
    const message = messageOf(error);
    // Several views that asked at once would say the same.
    if (message === last.message && Date.now() - last.at < 2_000) return;
    last = { message, at: Date.now() };
    if (isNamed(error, 'UserError')) {
      log.warn(message);
      const actions = error instanceof ReadingOff ? ['Turn On'] : [];
      void vscode.window
        .showWarningMessage(message, ...actions)
        .then((choice) => choice && vscode.commands.executeCommand('traceLedger.enable'));
      return;
    }
    log.error(error instanceof Error ? error : message);
    void vscode.window
      .showErrorMessage(`Trace Ledger could not finish: ${message}`, 'Show Log')
      .then((choice) => choice && log.show());
  };
}

/** `run`, with its errors reported instead of thrown; then it resolves to undefined. */
export const reported =
  <Args extends unknown[], R>(report: Report, run: (...args: Args) => R | Promise<R>) =>
  async (...args: Args): Promise<R | undefined> => {
    try {
      return await run(...args);
    } catch (error) {
      report(error);
      return undefined;
    }
  };
