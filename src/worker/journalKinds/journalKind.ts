import type { JournalRecord, LineKind } from '../../notes/journalLine';
import type { Connection } from '../../sqlite/connection';
import type { Store } from '../../store/store';

/** A kind of things that users say: how it stands in the journal, and how the store gets it from there and back. */
export interface JournalKind<R extends JournalRecord = JournalRecord> extends LineKind<R> {
  /** Inside a write: takes a line into the store. Lines come in the order of the journal. */
  take(store: Store, record: R): void;
  /** All that the store has, oldest first, as it was taken in. */
  all(db: Connection): readonly R[];
  /** Inside a write: as if no such line had ever been read. */
  forget(db: Connection): void;
}
