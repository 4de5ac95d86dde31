import { basename } from 'node:path';
import * as vscode from 'vscode';
import { askColumns } from './askColumns';
import { billItem, billsOf, billUri, isKept } from './billTarget';
import { register, schemes, type BillTarget } from '../contributions';
import { inTurn } from '../inTurn';
import { openPreview } from '../markdownPage';
import { reported } from '../report';
import { throttled } from '../throttled';
import { oneLine } from '../tree/rowText';
import { escapeMarkdown } from '../../shared/format';
import { reconciliationText } from '../../shared/reconciliationText';
import type { Services } from '../services';
import type { Bill, BillColumns, Reconciliation } from '../../shared/bill';
import type { Disposable } from '../../shared/emitter';

/** What takes less long shows no progress. */
const patienceMs = 700;

/**
 * "Reconcile Bill": keeps a provider's bill, asking which column is what where that is not known, and opens a read-only
 * document that holds it against the ledger and follows the store.
 */
export function registerReconcileBill(services: Services): Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const renew = throttled(() => {
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === schemes.bill) changed.fire(uri);
  });
  const run = async (
    target?: BillTarget,
    columns?: BillColumns,
  ): Promise<readonly Reconciliation[] | undefined> => {
    const bill = await billFor(services, target, columns);
    if (!bill) return undefined;
    const uri = billUri(bill);
    changed.fire(uri);
    await inTurn(() => openPreview(uri));
    return reconciled(services, [bill.id]);
  };
  return vscode.Disposable.from(
    changed,
    renew,
    services.onDidChange(renew),
    vscode.workspace.registerTextDocumentContentProvider(schemes.bill, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) =>
        reconciliationText(await reconciled(services, billsOf(uri)), (text) =>
          escapeMarkdown(oneLine(text, 1_000)),
        ),
    }),
    register('traceLedger.reconcileBill', reported(services.report, run)),
  );
}

function reconciled(
  { ledger, question }: Services,
  bills: readonly number[],
): Promise<readonly Reconciliation[]> {
  const { mode, zone } = question();
  return ledger.reconcile(bills, mode, zone);
}

async function billFor(
  services: Services,
  target?: BillTarget,
  columns?: BillColumns,
): Promise<Bill | undefined> {
  const { ledger, runJob } = services;
  const chosen = target ?? (await choose(services));
  if (chosen === undefined) return undefined;
  if (isKept(chosen)) return (await ledger.bills()).find(({ id }) => id === chosen.bill);
  const path = typeof chosen === 'string' ? chosen : chosen.fsPath;
  const look = await ledger.lookIntoBill(path);
  const told = columns ?? (look.table && (await askColumns(services, path, look.table)));
  return runJob(`Reading ${basename(path)}`, (job) => ledger.importBill(job, path, told), { patienceMs });
}

/** A file, or a bill that is kept already. */
async function choose({ ledger }: Services): Promise<BillTarget | undefined> {
  const bills = await ledger.bills();
  if (bills.length === 0) return chooseFile();
  const file = { label: '$(file) Choose a File...', bill: undefined };
  const kept = { label: 'Imported bills', kind: vscode.QuickPickItemKind.Separator, bill: undefined };
  const picked = await vscode.window.showQuickPick([file, kept, ...bills.map(billItem)], {
    title: 'Reconcile Bill',
    placeHolder: 'Which bill is held against the ledger?',
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  return picked.bill ? { bill: picked.bill.id } : chooseFile();
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: "Reconcile a provider's bill: costs or usage as CSV or JSON",
      openLabel: 'Reconcile',
      canSelectMany: false,
      filters: { 'Costs or usage': ['csv', 'tsv', 'txt', 'json'], 'All files': ['*'] },
    })) ?? [];
  return file;
}
