import type { Millis } from '../shared/model';
import type { Connection } from '../sqlite/connection';

/** One saved version of a note on a model's price. */
export interface PriceNoteRecord {
  readonly kind: 'price-note';
  readonly at: Millis;
  /** Who is paid for the model; '' where nothing tells it. */
  readonly provider: string;
  readonly model: string;
  /** Blank means that the note was removed. */
  readonly text: string;
}

/** Inside a write: takes a journal line in. The last one on a model counts. */
export const recordPriceNote = (db: Connection, { provider, model, at, text }: PriceNoteRecord): void =>
  db.run('INSERT INTO price_note (provider, model, at, text) VALUES (?, ?, ?, ?)', [
    provider,
    model,
    at,
    text,
  ]);

/** Every version of every note as journal lines have them, oldest first. */
export const allPriceNotes = (db: Connection): PriceNoteRecord[] =>
  db
    .rows('SELECT provider, model, at, text FROM price_note ORDER BY id')
    .map(([provider, model, at, text]) => ({
      kind: 'price-note',
      at: at as number,
      provider: provider as string,
      model: model as string,
      text: text as string,
    }));

/** Inside a write: as if nobody had ever written one. */
export const forgetPriceNotes = (db: Connection): void => db.run('DELETE FROM price_note');
