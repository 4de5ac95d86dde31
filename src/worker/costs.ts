import { priceNotes } from './priceNotes';
import { ExplanationSum } from '../pricing/explanation';
import { otherModels, WhatIfSum } from '../pricing/whatIf';
import { accountedCalls } from '../store/queries/accountedCalls';
import { summedUpOf } from '../store/queries/summedUp';
import { modelsByUse } from '../store/queries/sources';
import type { Job } from './jobs';
import type { PriceNotes } from './priceNotes';
import type { PriceBook } from '../pricing/prices';
import type { CostSubject, Explanation } from '../shared/explanation';
import type { CostMode } from '../shared/model';
import type { WhatIf } from '../shared/whatIf';
import type { Store } from '../store/store';

/** What costs are explained from: the calls, and the prices with which they are priced. */
export interface Costs {
  readonly store: Store;
  readonly book: PriceBook;
}

/** Where the cost of a call, a session or a total comes from; undefined without any call. */
export async function explain(
  { store, book }: Costs,
  subject: CostSubject,
  mode: CostMode,
  job: Job,
): Promise<Explanation | undefined> {
  const sum = new ExplanationSum(mode, book);
  for (const calls of accountedCalls(store, subject)) {
    for (const call of calls) sum.add(call);
    await job.pause();
  }
  const explained = sum.result(
    'call' in subject && subject.call !== undefined,
    summedUpOf(store, subject, mode),
  );
  return explained && { ...explained, models: withNotes(explained.models, priceNotes(store.db)) };
}

/** What the same tokens would have cost on the models that were met and on current ones. */
export async function whatIf(
  { store, book }: Costs,
  subject: CostSubject,
  mode: CostMode,
  job: Job,
): Promise<WhatIf> {
  const sum = new WhatIfSum(mode, book, otherModels(modelsByUse(store), book));
  for (const calls of accountedCalls(store, subject)) {
    for (const call of calls) sum.add(call);
    await job.pause();
  }
  const answer = sum.result(summedUpOf(store, subject, mode)?.calls);
  return { ...answer, alternatives: withNotes(answer.alternatives, priceNotes(store.db)) };
}

type Noted<M> = M & { readonly priceNote?: string };

/** Models with what the user wrote on their prices. */
const withNotes = <M extends { readonly provider: string | null; readonly model: string | null }>(
  models: readonly M[],
  notes: PriceNotes,
): readonly Noted<M>[] =>
  models.map((one) => {
    const note = notes(one.provider, one.model);
    return note ? { ...one, priceNote: note.text } : one;
  });
