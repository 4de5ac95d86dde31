import type { Bill, BillColumns, BillLook, BillPreview, Reconciliation } from './bill';
import type { CostMode } from './model';

/** Bills of providers: kept beside the calls, and in no total. Paths are absolute. */
export interface BillsApi {
  /** What a file is, and whether the dates of a column are clear. Rejects, saying why, what is no bill and no table. */
  lookIntoBill(path: string, dateColumn?: string): Promise<BillLook>;
  /** What would come of a table; nothing is kept. */
  previewBill(path: string, columns: BillColumns): Promise<BillPreview>;
  /**
   * Keeps a bill; the same file or content again takes the place of what it was. Columns are needed for a table of no
   * known provider unless some were chosen for its header before, and are remembered for it.
   */
  importBill(job: string, path: string, columns?: BillColumns): Promise<Bill>;
  /** The one imported last first. */
  bills(): Promise<readonly Bill[]>;
  removeBill(id: number): Promise<void>;
  /** One for each provider among these bills; those that are gone are left out. */
  reconcile(bills: readonly number[], mode: CostMode, zone: string): Promise<readonly Reconciliation[]>;
  /** The rows of the same as CSV, written beside it first and renamed. */
  exportReconciliation(
    bills: readonly number[],
    mode: CostMode,
    zone: string,
    path: string,
  ): Promise<{ readonly rows: number }>;
}
