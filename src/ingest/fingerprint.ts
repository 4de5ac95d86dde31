import { stat } from 'node:fs/promises';

/** Belong to a database and change with it. `-shm` holds locks only. */
const companions = ['-wal', '-journal'];

/**
 * Tells, for a few stats, whether a file has changed: size, time of change and inode, its own and those of the
 * write-ahead log and rollback journal beside it. Undefined if there is no such file.
 */
export async function fingerprint(path: string): Promise<string | undefined> {
  const own = await printOf(path);
  if (own === undefined) return undefined;
  const others = await Promise.all(companions.map((suffix) => printOf(path + suffix)));
  return [own, ...others.map((print) => print ?? '-')].join(' ');
}

async function printOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found?.isFile()
    ? `${found.size}:${found.mtimeNs}:${found.ctimeNs}:${found.dev}:${found.ino}`
    : undefined;
}
