import { closeSync, openSync } from 'node:fs';
import { readFully } from './sharedFile';

/** What the writers of a database in WAL mode tell each other in its `-shm` file (https://sqlite.org/walformat.html). */
export interface WalIndexState {
  readonly salt: string;
  /** Frames that a checkpoint has copied, or begun to copy, into the database file. */
  readonly checkpointed: number;
}

const headerSize = 48;
const readSize = 136;
const version = 3_007_000;

/**
 * The present state of the `-shm` file; undefined if there is none, or it cannot be read whole. Native byte order: the
 * file never leaves its machine.
 */
export function readWalIndex(databasePath: string): WalIndexState | undefined {
  for (let attempt = 0; attempt < 3; attempt++) {
    const bytes = readStart(`${databasePath}-shm`);
    if (!bytes) return undefined;
    const isWhole = bytes.subarray(0, headerSize).equals(bytes.subarray(headerSize, 2 * headerSize));
    if (isWhole && bytes.readUInt32LE(0) === version)
      return {
        salt: bytes.toString('hex', 32, 40),
        checkpointed: Math.max(bytes.readUInt32LE(96), bytes.readUInt32LE(128)),
      };
  }
  return undefined;
}

function readStart(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined; // absent, or not for us: the other checks decide
  }
  try {
    const bytes = Buffer.alloc(readSize);
    return readFully(fd, bytes, 0, readSize, 0) === readSize ? bytes : undefined;
  } finally {
    closeSync(fd);
  }
}
