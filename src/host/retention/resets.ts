import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { invoke, register, setContext, type SourceTarget } from '../contributions';
import { sourceOf } from '../pickSource';
import { reported } from '../report';
import { counted } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import { undoPath } from '../../shared/retentionApi';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Reset Source", "Reset Ledger" and "Undo Reset": forget what was imported, with a way back until the window is closed. */
export function registerResets(services: Services): Disposable {
  const { report, storePath } = services;
  setContext('traceLedger.canUndoReset', false);
  return vscode.Disposable.from(
    { dispose: () => rmSync(undoPath(storePath, process.pid), { force: true }) },
    register(
      'traceLedger.resetSource',
      reported(report, (target, confirmed) => resetSource(services, target, confirmed === true)),
    ),
    register(
      'traceLedger.resetLedger',
      reported(report, (confirmed) => resetLedger(services, confirmed === true)),
    ),
    register(
      'traceLedger.undoReset',
      reported(report, () => undo(services)),
    ),
  );
}

async function resetSource(
  services: Services,
  target: SourceTarget | undefined,
  confirmed: boolean,
): Promise<void> {
  const source = await sourceOf(services, target);
  if (!source) return;
  const { path, calls, sessions } = source;
  const detail =
    `${counted(sessions, formatCount(sessions), 'session')} and ${counted(calls, formatCount(calls), 'call')} that came from this file first are forgotten, ` +
    'sums of old calls included, and what the file still holds is read again. What it has dropped since is gone. ' +
    `Notes stay. ${wayBack}`;
  if (!confirmed && !(await isSure(`Reset ${basename(path)}?`, detail, 'Reset Source'))) return;
  const { ledger, runJob } = services;
  tellUndo(
    await runJob('Resetting a source', () => ledger.resetSource(path), { patienceMs: 700 }),
    basename(path),
  );
}

async function resetLedger(services: Services, confirmed: boolean): Promise<void> {
  const { ledger, runJob } = services;
  const { calls, sessions, sources } = await ledger.status();
  const detail =
    `All ${counted(sources, formatCount(sources), 'source')}, ${counted(sessions, formatCount(sessions), 'session')} and ` +
    `${counted(calls, formatCount(calls), 'call')} are forgotten, sums of old calls included. No file is touched: import them ` +
    `again to have what they still hold. Notes and settings stay. ${wayBack}`;
  if (!confirmed && !(await isSure('Reset the ledger?', detail, 'Reset Ledger'))) return;
  tellUndo(
    await runJob('Resetting the ledger', () => ledger.resetLedger(), { patienceMs: 700 }),
    'The ledger',
  );
}

const wayBack = '"Undo Reset" brings everything back until this window is closed or resets something else.';

const isSure = async (message: string, detail: string, yes: string): Promise<boolean> =>
  (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;

function tellUndo(canUndo: boolean, what: string): void {
  setContext('traceLedger.canUndoReset', canUndo);
  if (!canUndo) {
    void vscode.window.showInformationMessage(`${what} was reset.`);
    return;
  }
  const undoReset = 'Undo';
  void vscode.window.showInformationMessage(`${what} was reset.`, undoReset).then((choice) => {
    if (choice === undoReset) void invoke('traceLedger.undoReset');
  });
}

async function undo({ ledger, runJob, tellSettings }: Services): Promise<void> {
  await runJob('Undoing the reset', () => ledger.undoReset(), { patienceMs: 700 });
  setContext('traceLedger.canUndoReset', false);
  tellSettings();
}
