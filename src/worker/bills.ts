import { reconciliationOf } from './reconciliation';
import { writeExport } from './exportFile';
import { named, readBill } from './readBill';
import { lookAtBill, parseBill } from '../bills/parse';
import { addTokens, noTokens } from '../bills/line';
import { reconciliationColumns, reconciliationRecords } from '../exporters/reconciliation';
import { exporterOf } from '../exporters';
import { columnsFor, keepBill, listBills, removeBill, rememberColumns } from '../store/bills';
import type { Jobs } from './jobs';
import type { ParsedBill } from '../bills/line';
import type { Bill, BillColumns, BillPreview, Reconciliation } from '../shared/bill';
import type { BillsApi } from '../shared/billsApi';
import type { CostMode } from '../shared/model';
import type { Store } from '../store/store';

const previewed = 5;

/** Where the bills are kept. `tellChanges` after what was committed. */
export interface BillKeeper {
  readonly store: () => Store;
  readonly jobs: Jobs;
  readonly tellChanges: () => void;
}

/** Bills of providers in a store. */
export function billsApi({ store, jobs, tellChanges }: BillKeeper): BillsApi {
  const write = <T>(work: () => T): T => {
    const result = store().write(work);
    tellChanges();
    return result;
  };
  return {
    lookIntoBill: async (path, dateColumn) => {
      const { text } = await readBill(path);
      return inFile(path, () => lookAtBill(text, rememberedIn(store()), dateColumn));
    },
    previewBill: async (path, columns) => {
      const { text } = await readBill(path);
      return inFile(path, () => previewOf(parseBill(text, columns).bill));
    },
    importBill: (name, path, chosen) =>
      jobs.run(name, async (job) => {
        const { text, hash } = await readBill(path);
        await job.pause();
        const { bill, header, columns } = inFile(path, () => parseBill(text, chosen, rememberedIn(store())));
        await job.pause();
        const id = write(() => {
          const { db } = store();
          if (header !== undefined && columns) rememberColumns(db, header, columns);
          return keepBill(db, { ...bill, path, hash, importedAt: Date.now() });
        });
        return billsIn(store()).find((kept) => kept.id === id)!;
      }),
    bills: async () => billsIn(store()),
    removeBill: async (id) => write(() => removeBill(store().db, id)),
    reconcile: async (ids, mode, zone) => reconcile(store(), ids, mode, zone),
    exportReconciliation: async (ids, mode, zone, path) => ({
      rows: await exportCsv(reconcile(store(), ids, mode, zone), path),
    }),
  };
}

const billsIn = ({ db }: Store): Bill[] => db.read(() => listBills(db));

const rememberedIn =
  ({ db }: Store) =>
  (header: string): BillColumns | undefined =>
    db.read(() => columnsFor(db, header));

function reconcile(store: Store, ids: readonly number[], mode: CostMode, zone: string): Reconciliation[] {
  const all = billsIn(store);
  const wanted = all.filter(({ id }) => ids.includes(id));
  const providers = [...new Set(wanted.map(({ provider }) => provider))].sort();
  return providers.map((provider) => {
    const isTheirs = (bill: Bill): boolean => bill.provider === provider;
    const bills = { wanted: wanted.filter(isTheirs), all: all.filter(isTheirs) };
    return reconciliationOf(store, { provider, ...bills, mode, zone });
  });
}

function exportCsv(reconciliations: readonly Reconciliation[], path: string): Promise<number> {
  const records = reconciliations.flatMap(reconciliationRecords);
  const csv = exporterOf('csv');
  return writeExport(path, (write) => {
    write(csv.open(reconciliationColumns) + csv.chunk(records, true) + csv.close());
    return records.length;
  });
}

/** `work`, with what is wrong with the bill told with the name of its file. */
function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(error, path);
  }
}

function previewOf({ firstDay, lastDay, lines, notes }: ParsedBill): BillPreview {
  const amounts = new Map<string, number>();
  for (const { currency, amount } of lines)
    if (amount !== null) amounts.set(currency, (amounts.get(currency) ?? 0) + amount);
  return {
    ...{ firstDay, lastDay, notes },
    lines: lines.length,
    amounts: [...amounts].map(([currency, amount]) => ({ currency, amount })),
    tokens: lines.reduce((sum, { tokens }) => addTokens(sum, tokens), noTokens),
    first: lines
      .slice(0, previewed)
      .map(({ day, model, item, currency, amount }) => ({ day, model, item, currency, amount })),
  };
}
