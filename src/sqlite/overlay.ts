/** Pages that stand in another file (a write-ahead log, a rollback journal) instead of the database itself. */
export interface Overlay {
  readonly fd: number;
  readonly pageSize: number;
  /** Size of the whole database in its last committed state. */
  readonly pageCount: number;
  /** Where the image of a page (from 1) starts; undefined if the database file holds it. */
  offsetOf(page: number): number | undefined;
}

export const isPageSize = (size: number): boolean =>
  size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
