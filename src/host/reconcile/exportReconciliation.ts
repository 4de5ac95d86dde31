import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { keptBillOf } from './billTarget';
import { tellExported } from '../commands/exportData';
import { register } from '../contributions';
import { reported } from '../report';
import type { KeptBill } from './billTarget';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Export Reconciliation": every row of a bill beside the ledger as CSV. Resolves to how many there are. */
export function registerExportReconciliation(services: Services): Disposable {
  const run = async (target?: KeptBill, given?: unknown): Promise<number | undefined> => {
    const bill = await keptBillOf(services, target, 'Export the reconciliation of which bill?');
    const path = bill && (typeof given === 'string' ? given : await pickPath(bill.firstDay));
    if (bill === undefined || path === undefined) return undefined;
    const { mode, zone } = services.question();
    const { rows } = await services.ledger.exportReconciliation([bill.id], mode, zone, path);
    void tellExported(rows, path);
    return rows;
  };
  return register('traceLedger.exportReconciliation', reported(services.report, run));
}

async function pickPath(day: string): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const uri = await vscode.window.showSaveDialog({
    title: 'Export to',
    saveLabel: 'Export',
    defaultUri: vscode.Uri.joinPath(folder, `reconciliation-${day}.csv`),
    filters: { CSV: ['csv'] },
  });
  return uri?.fsPath;
}
