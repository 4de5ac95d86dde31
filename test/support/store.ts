import { testEngine } from './engine';
import { createPriceBook } from '../../src/pricing/prices';
import { Store } from '../../src/store/store';
import type { ImportBatch } from '../../src/shared/facts';
import type { Question } from '../../src/shared/model';
import type { Identity } from '../../src/store/scopes';

export const openTestStore = async (): Promise<Store> =>
  new Store((await testEngine()).openMemory(), createPriceBook());

export const globalIds: Identity = { kind: 'global' };
export const anchored = (...anchors: string[]): Identity => ({ kind: 'anchored', anchors });

/** Applies batches as one import of the file at `path`. */
export function importInto(store: Store, path: string, identity: Identity, ...batches: ImportBatch[]): void {
  const opened = store.openSource(path, 'test', identity);
  let { cursor } = opened;
  for (const batch of batches) ({ cursor } = store.apply({ ...opened, cursor }, batch));
}

export const all: Question = { filter: {}, mode: 'auto', zone: 'UTC' };
