import { isText } from '../../notes/journalLine';
import { UserError } from '../../shared/errors';
import { maxNoteLength } from '../../shared/model';
import { allPriceNotes, forgetPriceNotes, recordPriceNote } from '../../store/priceNotes';
import type { JournalKind } from './journalKind';
import type { PriceNoteRecord } from '../../store/priceNotes';

/** Notes on what a model costs; blank ones remove. */
export const priceNoteKind: JournalKind<PriceNoteRecord> = {
  kind: 'price-note',
  fields({ at, provider, model, text }) {
    if (text.length > maxNoteLength) {
      throw new UserError(
        `A note holds at most ${maxNoteLength} characters; this one has ${text.length}, so shorten it.`,
      );
    }
    return { at, provider, model, text };
  },
  read({ at, provider, model, text }) {
    if (typeof at !== 'number' || !isText(provider) || !isText(model) || !isText(text))
      return 'the line lacks a field of a price note';
    return { kind: 'price-note', at, provider, model, text };
  },
  take: (store, record) => recordPriceNote(store.db, record),
  all: allPriceNotes,
  forget: forgetPriceNotes,
};
