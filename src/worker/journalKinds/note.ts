import { isText, isTexts } from '../../notes/journalLine';
import { UserError } from '../../shared/errors';
import { maxNoteLength } from '../../shared/model';
import { allNotes, forgetNotes, recordNote } from '../../store/notes';
import type { JournalKind } from './journalKind';
import type { Fields } from '../../notes/journalLine';
import type { NoteRecord } from '../../store/notes';

/** Notes on sessions; blank ones remove. */
export const noteKind: JournalKind<NoteRecord> = {
  kind: 'note',
  fields({ at, importer, session, scope, text, strategy, rationale }) {
    if (text.length > maxNoteLength) {
      throw new UserError(
        `A note holds at most ${maxNoteLength} characters; this one has ${text.length}, so shorten it.`,
      );
    }
    return { at, importer, session, scope, text, strategy, rationale };
  },
  read(fields) {
    if (!isNote(fields)) return 'the line lacks a field of a note';
    const { at, importer, session, scope, text, strategy, rationale } = fields;
    return {
      kind: 'note',
      at,
      importer,
      session,
      scope,
      text,
      ...(isText(strategy) ? { strategy } : {}),
      ...(isText(rationale) ? { rationale } : {}),
    };
  },
  take: (store, record) => recordNote(store.db, record),
  all: allNotes,
  forget: forgetNotes,
};

const isNote = (fields: Fields): fields is Fields & NoteRecord =>
  typeof fields.at === 'number' &&
  [fields.importer, fields.session, fields.text].every(isText) &&
  isTexts(fields.scope);
