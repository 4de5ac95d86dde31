import { UserError } from '../shared/errors';
import { isPageSize } from './overlay';

export const databaseHeaderSize = 100;
const magic = 'SQLite format 3\0';

export interface DatabaseHeader {
  readonly pageSize: number;
  /** Pages of the whole database; undefined where an old writer has left it out of date. */
  readonly pageCount?: number;
}

/** Whether a file that starts so is a SQLite database. */
export const isSqlite = (start: Buffer): boolean => start.toString('latin1', 0, 16) === magic;

/**
 * Reads the header (https://sqlite.org/fileformat2.html#the_database_header) from the first bytes of a file.
 * @throws UserError when this is no database that can be read.
 */
export function parseDatabaseHeader(start: Buffer, size: number, path: string): DatabaseHeader {
  if (size === 0)
    throw new UserError(`${path} is empty: choose the database that the traces were written to.`);
  if (!isSqlite(start)) throw new UserError(notSqlite(start, size, path));
  const raw = start.length >= databaseHeaderSize ? start.readUInt16BE(16) : 0;
  const pageSize = raw === 1 ? 65_536 : raw;
  if (start.length < databaseHeaderSize || size < 512)
    throw new UserError(`${path} is cut off after ${size} bytes: copy the whole file again.`);
  if (!isPageSize(pageSize))
    throw new UserError(`${path} has a damaged header: restore it from a backup or copy it again.`);
  const isCurrent = start.readUInt32BE(24) === start.readUInt32BE(92) && start.readUInt32BE(28) > 0;
  return { pageSize, pageCount: isCurrent ? start.readUInt32BE(28) : undefined };
}

/** Ciphertext is a whole number of pages, and every byte value is equally frequent in it. */
function notSqlite(start: Buffer, size: number, path: string): string {
  return size % 512 === 0 && start.length >= 1024 && entropy(start) > 7.7
    ? `${path} seems to be encrypted: export it without a password and import that file.`
    : `${path} is not a SQLite database: choose the database that the traces were written to.`;
}

/** Bits a byte. */
function entropy(bytes: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / bytes.length;
    return sum - share * Math.log2(share);
  }, 0);
}
