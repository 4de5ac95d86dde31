import * as vscode from 'vscode';
import { fileName, keptBillOf } from './billTarget';
import { register } from '../contributions';
import { reported } from '../report';
import { daysText } from '../../shared/reconciliationText';
import type { KeptBill } from './billTarget';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { Bill } from '../../shared/bill';

/** "Remove Bill": forgets a bill; its file and every call stay. */
export function registerRemoveBill(services: Services): Disposable {
  const run = async (target?: KeptBill, confirmed?: unknown): Promise<void> => {
    const bill = await keptBillOf(services, target, 'Remove which bill?');
    if (bill && (confirmed === true || (await confirm(bill)))) await services.ledger.removeBill(bill.id);
  };
  return register('traceLedger.removeBill', reported(services.report, run));
}

async function confirm(bill: Bill): Promise<boolean> {
  const yes = 'Remove Bill';
  const message = `Remove ${fileName(bill)} (${daysText(bill.firstDay, bill.lastDay)}) from the ledger?`;
  const detail =
    'No call and no total changes, since a bill is in none. The file itself is not touched: reconcile it again to have it back.';
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
