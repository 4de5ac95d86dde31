import { stat } from 'node:fs/promises';

/** Belong to a database and change with it. `-shm` holds locks only. */
const companions = ['-wal', '-journal'];

/** The database that a file is a log or journal of, if there is one; an index of locks (`-shm`) tells of no change. */
export const ofDatabase = (path: string): string | undefined => {
  const companion = companions.find((suffix) => path.endsWith(suffix));
  return companion === undefined ? undefined : path.slice(0, -companion.length);
};

/** Of a file that is there and holds nothing: it was just created or cut, and is written in a moment. */
export const isOfEmpty = (print: string): boolean => print.startsWith('0:');

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
