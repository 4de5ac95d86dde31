import * as vscode from 'vscode';
import { register, setContext } from '../contributions';
import { reported } from '../report';
import { formatCount } from '../../shared/format';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { OwnData } from '../../shared/retentionApi';

/** "Delete All Data": says what goes, with paths and sizes, and removes nothing that is not ours. */
export function registerDeleteAllData(services: Services): Disposable {
  const run = async (confirmed?: unknown): Promise<void> => {
    const { ledger, memory, tellSettings } = services;
    if (confirmed !== true && !(await confirm(await ledger.ownData()))) return;
    await ledger.deleteAllData();
    for (const key of memory.keys()) await memory.update(key, undefined);
    setContext('traceLedger.canUndoReset', false);
    tellSettings();
    void vscode.window.showInformationMessage(
      'All data of Trace Ledger was deleted. An empty ledger is left.',
    );
  };
  return register('traceLedger.deleteAllData', reported(services.report, run));
}

async function confirm(all: readonly OwnData[]): Promise<boolean> {
  const yes = 'Delete All Data';
  const lines = all.map(({ path, what, bytes }) => `${path}\n${what}, ${formatCount(bytes)} bytes`);
  const detail = [
    ...lines,
    'What is remembered of your answers goes, too. An empty ledger stays, since other windows may have it open. Your trace files and the settings of VS Code are not touched. This cannot be undone.',
  ].join('\n\n');
  const message = 'Delete all data of Trace Ledger, your notes included?';
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
