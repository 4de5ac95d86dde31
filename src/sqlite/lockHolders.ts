import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, pidOf } from './owner';
import type { LockHolder } from '../shared/healthApi';

/**
 * Processes that hold the lock of a database right now, by their claims. Only looks: claims of the dead are left for
 * whoever locks next. Empty where the system keeps locks in another way.
 */
export function lockHolders(databasePath: string): readonly LockHolder[] {
  if (process.platform !== 'linux') return [];
  const directory = directoryOf(databasePath);
  const kinds = new Map<string, string>();
  for (const name of namesIn(directory)) {
    const [, kind, owner] = /^([SRP])-(.+)$/.exec(name) ?? [];
    if (kind !== undefined && owner !== undefined && isAlive(owner, join(directory, name)))
      kinds.set(owner, (kinds.get(owner) ?? '') + kind);
  }
  return [...kinds].map(([owner, held]) => ({
    pid: pidOf(owner),
    kinds: [...held].sort((a, b) => 'SRP'.indexOf(a) - 'SRP'.indexOf(b)).join(''),
    isOwn: pidOf(owner) === process.pid,
  }));
}

/** Beside the file itself, whatever links lead to it. */
function directoryOf(databasePath: string): string {
  try {
    return `${realpathSync(databasePath)}.lock`;
  } catch {
    return `${databasePath}.lock`;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
