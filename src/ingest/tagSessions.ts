import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { giveTags } from '../store/sessionTags';
import type { Store } from '../store/store';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Gives tags to the sessions of the files that were just read, at the end of an import, a cancelled one too. */
export async function tagSessions(store: Store, paths: readonly string[]): Promise<void> {
  const steps = giveTags(store, paths, sha256);
  while (!steps.next().done) await setImmediate();
}
