import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { FileLock } from './lock';
import { lockResult } from './lock';

/** "Open and lock": O_EXLOCK | O_NONBLOCK on macOS; on Windows libuv's UV_FS_O_EXLOCK, which shares with nobody. */
const exclusiveFlag = process.platform === 'win32' ? 0x10000000 : 0x20 | 0x4;

/**
 * For systems where claims are not proven (macOS, Windows): one connection owns the store as long as it is open. The
 * kernel frees the beacon file when its owner dies. Absent when someone else owns it, or when the system does not
 * keep others out.
 */
export function soleLock(databasePath: string): FileLock | undefined {
  const directory = `${databasePath}.lock`;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const beacon = join(directory, 'owner');
  const fd = openLocked(beacon);
  if (fd === undefined) return undefined;
  const second = openLocked(beacon);
  if (second !== undefined) {
    closeSync(second);
    closeSync(fd);
    return undefined;
  }
  const nothing = () => undefined;
  let isOpen = true;
  return {
    lock: () => lockResult.ok,
    unlock: nothing,
    isReserved: () => false,
    guard: nothing,
    enqueue: nothing,
    dequeue: nothing,
    mustQueue: () => false,
    close() {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function openLocked(path: string): number | undefined {
  try {
    return openSync(path, constants.O_CREAT | constants.O_RDWR | exclusiveFlag, 0o600);
  } catch {
    return undefined;
  }
}
