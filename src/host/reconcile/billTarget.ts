import { basename } from 'node:path';
import * as vscode from 'vscode';
import { schemes } from '../contributions';
import { joined, oneLine } from '../tree/rowText';
import { amountText, daysText, providerName } from '../../shared/reconciliationText';
import type { Services } from '../services';
import type { Bill } from '../../shared/bill';

/** Which bill a command is about: one that is kept, or the document of one. Without one the command asks. */
export type KeptBill = { readonly bill: number } | vscode.Uri;

/** The read-only document on some bills: `trace-ledger-bill:/OpenAI bill 2026-06-01.md?[1]`. */
export const billUri = ({ id, provider, firstDay }: Bill): vscode.Uri =>
  vscode.Uri.from({
    scheme: schemes.bill,
    path: `/${oneLine(provider === null ? 'Bill' : `${providerName(provider)} bill`, 40).replaceAll('/', '-')} ${firstDay}.md`,
    query: JSON.stringify([id]),
  });

/** The bills that a document is about; none for any other URI. */
export function billsOf({ scheme, query }: vscode.Uri): readonly number[] {
  if (scheme !== schemes.bill) return [];
  try {
    const ids: unknown = JSON.parse(query);
    return Array.isArray(ids) ? ids.filter((id): id is number => Number.isInteger(id)) : [];
  } catch {
    return [];
  }
}

export const isKept = (target: unknown): target is { readonly bill: number } =>
  typeof target === 'object' && target !== null && 'bill' in target && typeof target.bill === 'number';

/** A bill in a list. */
export const billItem = (bill: Bill): vscode.QuickPickItem & { readonly bill: Bill } => ({
  bill,
  label: `${oneLine(providerName(bill.provider), 40)}, ${daysText(bill.firstDay, bill.lastDay)}`,
  description: joined(
    bill.label,
    ...bill.amounts.map(({ amount, currency }) => oneLine(amountText(amount, currency), 40)),
  ),
  detail: bill.path,
});

/** The bill that a command is about; asks when it was not told. Undefined when there is none or the user gave up. */
export async function keptBillOf(
  { ledger }: Services,
  target: KeptBill | undefined,
  title: string,
): Promise<Bill | undefined> {
  const bills = await ledger.bills();
  if (target !== undefined) {
    const ids = isKept(target) ? [target.bill] : billsOf(target);
    return bills.find(({ id }) => ids.includes(id));
  }
  if (bills.length === 0) {
    void vscode.window.showInformationMessage('No bill has been imported yet: run Reconcile Bill... first.');
    return undefined;
  }
  return (await vscode.window.showQuickPick(bills.map(billItem), { title, matchOnDetail: true }))?.bill;
}

export const fileName = ({ path }: Bill): string => oneLine(basename(path), 80);
