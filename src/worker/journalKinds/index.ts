import { alertKind, snoozeKind } from './alert';
import { exclusionKind } from './exclusion';
import { noteKind } from './note';
import { priceNoteKind } from './priceNote';
import type { JournalKind } from './journalKind';

/** Every kind of line that the journal may hold. Lines of other kinds are a newer version's, and stay where they are. */
export const journalKinds: readonly JournalKind[] = [
  noteKind,
  exclusionKind,
  priceNoteKind,
  alertKind,
  snoozeKind,
];
