import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { exportRows } from './exportRows';
import { messageOf, UserError } from '../shared/errors';
import type { ExportPlan } from './exportRows';
import type { Job } from './jobs';
import type { Store } from '../store/store';

/** Exports to a file that only its owner can read: written beside it first, so that a failure leaves what was there. */
export const exportFile = (
  store: Store,
  plan: ExportPlan & { readonly path: string },
  told: (rows: number) => void,
  job: Job,
): Promise<number> => writeExport(plan.path, (write) => exportRows(store, plan, write, told, job));

/** The same for whatever `rows` writes; it gives back how many it wrote. */
export async function writeExport(
  path: string,
  rows: (write: (text: string) => void) => number | Promise<number>,
): Promise<number> {
  const part = `${path}.part-${process.pid}`;
  try {
    const count = await writePart(part, rows);
    renameSync(part, path);
    return count;
  } catch (error) {
    rmSync(part, { force: true });
    throw explain(error, path);
  }
}

async function writePart(
  part: string,
  rows: (write: (text: string) => void) => number | Promise<number>,
): Promise<number> {
  const file = openSync(part, 'w', 0o600);
  try {
    const count = await rows((text) => writeSync(file, text));
    fsyncSync(file);
    return count;
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
