import { identityKey, modelIdentity } from '../pricing/modelIdentity';
import { UserError } from '../shared/errors';
import { allPriceNotes } from '../store/priceNotes';
import type { Notebook } from './notebook';
import type { PriceNoteRecord } from '../store/priceNotes';
import type { ModelName, PriceNote } from '../shared/modelPrices';
import type { Connection } from '../sqlite/connection';

/** The note on a model however a trace spells it; undefined where there is none. */
export type PriceNotes = (
  provider: string | null | undefined,
  model: string | null | undefined,
) => PriceNote | undefined;

/** The notes in force now. There are few: whoever asks of many calls asks once for all notes. */
export function priceNotes(db: Connection): PriceNotes {
  const notes = new Map<string, PriceNote>();
  for (const { provider, model, text, at } of db.read(() => allPriceNotes(db)))
    notes.set(keyOf(provider, model), { text, at });
  const known = new Map<string, PriceNote | undefined>();
  return (provider, model) => {
    if (notes.size === 0 || !model) return undefined;
    const name = `${provider ?? ''}\n${model}`;
    if (!known.has(name)) known.set(name, notes.get(keyOf(provider, model)));
    const note = known.get(name);
    return note?.text === '' ? undefined : note;
  };
}

const keyOf = (provider: string | null | undefined, model: string): string =>
  identityKey(modelIdentity(provider ?? undefined, model));

/** @returns the note in force afterwards. @throws UserError for a text that is too long, or where no model is named. */
export function savePriceNote(
  notebook: Notebook,
  db: Connection,
  { provider, model }: ModelName,
  text: string,
): PriceNote | undefined {
  const identity = modelIdentity(provider, model);
  if (identity.model === '')
    throw new UserError('These calls name no model. Choose a model that has a name.');
  const kept = text.trim() === '' ? '' : text;
  notebook.add(() => {
    const before = priceNotes(db)(identity.provider, identity.model);
    if ((before?.text ?? '') === kept) return [];
    // Versions are told apart by their time.
    const at = Math.max(Date.now(), (before?.at ?? 0) + 1);
    const record: PriceNoteRecord = { kind: 'price-note', at, ...identity, text: kept };
    return [record];
  });
  return priceNotes(db)(identity.provider, identity.model);
}
