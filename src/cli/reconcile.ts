import { resolve } from 'node:path';
import { printable } from './report';
import { usd } from '../exporters/amount';
import { reconciliationText } from '../shared/reconciliationText';
import { messageOf } from '../shared/errors';
import type { CommandLine } from './commandLine';
import type { ComparedSum, ComparedWhat, Reconciliation } from '../shared/bill';
import type { Ledger } from '../worker/ledger';

type Tell = (text: string) => void;

/** Keeps the bills and shows them beside the ledger. @returns the exit code: 1 where a file could not be read. */
export async function reconcile(
  ledger: Ledger,
  line: CommandLine,
  tell: Tell,
  answer: Tell,
): Promise<number> {
  const { paths, mode, zone, billColumns, json } = line;
  const ids: number[] = [];
  for (const path of paths) {
    try {
      ids.push((await ledger.api.importBill('cli', resolve(path), billColumns)).id);
    } catch (error) {
      tell(messageOf(error));
    }
  }
  const found = await ledger.api.reconcile(ids, mode, zone);
  if (found.length > 0) answer(json ? jsonOf(found) : reconciliationText(found, printable));
  return ids.length === paths.length ? 0 : 1;
}

/** The shape of docs/bills.md: amounts in USD, tokens as they are. */
function jsonOf(reconciliations: readonly Reconciliation[]): string {
  return `${JSON.stringify({ reconciliations: reconciliations.map(recordOf) })}\n`;
}

const inUnits = (value: number | null, what: ComparedWhat): number | null =>
  value === null || what !== 'cost' ? value : usd(value);

const sumOf = ({ billed, ledger, difference, calls }: ComparedSum, what: ComparedWhat) => ({
  billed: inUnits(billed, what),
  ledger: inUnits(ledger, what),
  difference: inUnits(difference, what),
  calls,
});

function recordOf({ provider, firstDay, lastDay, mode, zone, ...one }: Reconciliation) {
  return {
    ...{ provider, firstDay, lastDay, costMode: mode, zone },
    bills: one.bills.map(({ path, label, amounts, notes, ...bill }) => ({
      ...{ path, format: label, firstDay: bill.firstDay, lastDay: bill.lastDay, lines: bill.lines, notes },
      amounts: amounts.map(({ currency, amount }) => ({ currency, amount: usd(amount) })),
    })),
    comparisons: one.comparisons.map(({ kind, total, days, models, rows }) => ({
      kind,
      total: Object.fromEntries(
        (Object.entries(total) as [ComparedWhat, ComparedSum][]).map(([what, sum]) => [
          what,
          sumOf(sum, what),
        ]),
      ),
      days: days.map(({ day, ledgerLocal, ...sum }) => ({
        ...{ day, ...sumOf(sum, 'cost') },
        ledgerLocal: inUnits(ledgerLocal, 'cost'),
      })),
      models: models.map(({ model, isItem, what, ...sum }) => ({ model, isItem, what, ...sumOf(sum, what) })),
      rows: rows.map(({ day, model, item, what, ...figures }) => ({
        ...{ day, model, item, what, calls: figures.calls },
        billed: inUnits(figures.billed, what),
        ledger: inUnits(figures.ledger, what),
        difference: inUnits(figures.difference, what),
      })),
    })),
    otherCurrencies: one.otherCurrencies.map((line) => ({ ...line, amount: usd(line.amount) })),
    suspects: one.suspects.map(({ kind, calls = null, amount, message }) => ({
      ...{ kind, calls, message },
      usd: amount === undefined ? null : usd(amount),
    })),
  };
}
