import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { exportRows } from './exportRows';
import { messageOf, UserError } from '../shared/errors';
import type { ExportPlan } from './exportRows';
import type { Job } from './jobs';
import type { Store } from '../store/store';

/** Exports to a file that only its owner can read: written beside it first, so that a failure leaves what was there. */
export async function exportFile(
  store: Store,
  plan: ExportPlan & { readonly path: string },
  told: (rows: number) => void,
  job: Job,
): Promise<number> {
  const part = `${plan.path}.part-${process.pid}`;
  try {
    const rows = await writePart(store, plan, part, told, job);
    renameSync(part, plan.path);
    return rows;
  } catch (error) {
    rmSync(part, { force: true });
    throw explain(error, plan.path);
  }
}

async function writePart(
  store: Store,
  plan: ExportPlan,
  part: string,
  told: (rows: number) => void,
  job: Job,
): Promise<number> {
  const file = openSync(part, 'w', 0o600);
  try {
    const rows = await exportRows(store, plan, (text) => writeSync(file, text), told, job);
    fsyncSync(file);
    return rows;
  } finally {
    closeSync(file);
  }
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space or choose another place',
  EACCES: 'it may not be written there. Choose another place',
  EPERM: 'it may not be written there. Choose another place',
  EROFS: 'the disk is read-only. Choose another place',
  ENOENT: 'its folder does not exist. Choose another place',
  EISDIR: 'it is a folder. Choose another name',
};

function explain(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const remedy = remedies[code];
  return remedy
    ? new UserError(`${basename(path)} was not exported: ${remedy}. (${messageOf(error)})`)
    : error;
}
