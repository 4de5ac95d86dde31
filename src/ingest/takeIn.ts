import { clearClaims } from '../store/claims';
import { clearProblems, hasProblems } from '../store/sources';
import type { ImportTally } from './importTally';
import type { Importer } from '../importers/importer';
import type { Cursor, ImportBatch } from '../shared/facts';
import type { SourceState } from '../shared/model';
import type { OpenedSource, Store } from '../store/store';

/** From where an importer goes on; by force from the beginning, unless only the cursor tells what was counted. */
export function startOf(cursor: string | null, importer: Importer, force: boolean): Cursor | undefined {
  const anew = force && importer.cumulative !== true;
  return cursor === null || anew ? undefined : (JSON.parse(cursor) as Cursor);
}

/** What the last reading of a source complained of, and what it claimed, is told again if it still holds. */
export function beginSource(store: Store, { source, cursor }: OpenedSource, force: boolean): void {
  const fresh = cursor === null || force;
  store.write(() => {
    clearProblems(store.db, source, fresh ? 'all' : 'wholeFile');
    if (fresh) clearClaims(store.db, source);
  });
}

/** Commits one batch and counts it. @returns the source with the cursor that stands now. */
export function takeInBatch(
  store: Store,
  opened: OpenedSource,
  batch: ImportBatch,
  tally: ImportTally,
): OpenedSource {
  const { added, changed, cursor } = store.apply(opened, batch);
  for (const issue of batch.issues ?? []) tally.issue(issue);
  tally.batch(added, changed, batch.sessions?.length ?? 0, batch.share);
  return { ...opened, cursor };
}

/** Of a source that was read to its end. Problems of rows that were read before count as well. */
export const stateOf = (store: Store, source: number): SourceState =>
  store.db.read(() => hasProblems(store.db, source)) ? 'partial' : 'imported';
