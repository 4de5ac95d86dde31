// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where downloads are kept between runs: outside the checkout, so that a fresh clone finds them again. */
export const cacheFolder = () =>
  resolve(
    process.env.TRACE_LEDGER_CACHE ||
      join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'trace-ledger'),
  );

/**
 * A folder of the cache, made once: `fill` works in a folder beside it that takes the final name when it is whole, so
 * that a folder of that name is always complete.
 * @param {string} name says every version that its content depends on
 * @param {(folder: string) => Promise<void>} fill
 */
export async function cached(name, fill) {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  return withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return folder;
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await fill(partial);
    await rename(partial, folder);
    return folder;
  });
}

/**
 * One process at a time. A lock whose holder is gone is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} body
 */
export async function withLock(path, body) {
  await mkdir(dirname(path), { recursive: true });
  while (!(await claim(path))) await sleep(500);
  try {
    return await body();
  } finally {
    await rm(path, { force: true });
  }
}

/** @param {string} path */
async function claim(path) {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (await isAbandoned(path)) await rm(path, { force: true });
    return false;
  }
}

/** @param {string} path */
async function isAbandoned(path) {
  try {
    const holder = Number(await readFile(path, 'utf8'));
    // Without a number its holder is about to write it, or died before it did.
    return holder > 0 ? !isAlive(holder) : Date.now() - (await stat(path)).mtimeMs > 10_000;
  } catch {
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
