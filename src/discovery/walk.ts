import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file as its folder tells of it: nothing was opened. */
export interface SeenFile {
  readonly path: string;
  readonly bytes: number;
}

/** How much may be looked at: discovery never hangs, whatever lies on the disk. */
export interface Limits {
  readonly depth: number;
  readonly entries: number;
  readonly milliseconds: number;
}

export interface Look {
  /** More was there than could be looked at. */
  isPartial: boolean;
  /** A folder that may not be read. */
  denied?: string;
}

const skipped = new Set(['node_modules', '.git']);

/**
 * The files below `root`, or `root` itself, by name and size. Links are not followed, so nothing outside of it is seen
 * and no loop is entered. What vanishes meanwhile is left out; what stopped it stands in `look`.
 */
export async function* walk(root: string, limits: Limits, look: Look): AsyncGenerator<SeenFile> {
  const until = Date.now() + limits.milliseconds;
  let entries = 0;
  const waiting: Step[] = [{ path: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, depth } = next;
    if (++entries > limits.entries || Date.now() > until) {
      look.isPartial = true;
      return;
    }
    // The place itself may be a link: whoever made it meant what is behind it.
    const found = await (depth === 0 ? stat(path) : lstat(path)).catch(() => undefined);
    if (found?.isFile()) yield { path, bytes: found.size };
    if (found?.isDirectory()) waiting.push(...(await below(next, limits, look)));
  }
}

interface Step {
  readonly path: string;
  readonly depth: number;
}

async function below({ path, depth }: Step, limits: Limits, look: Look): Promise<Step[]> {
  if (depth > limits.depth) {
    look.isPartial = true;
    return [];
  }
  const names = await namesIn(path, limits.entries, look);
  return names
    .filter((name) => !skipped.has(name))
    .map((name) => ({ path: join(path, name), depth: depth + 1 }));
}

/** The names in a folder, sorted, so that what a limit leaves out is the same every time. */
async function namesIn(folder: string, most: number, look: Look): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      if (names.length === most) {
        look.isPartial = true;
        break;
      }
      if (!entry.isSymbolicLink()) names.push(entry.name);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') look.denied = folder;
  }
  return names.sort().reverse();
}

/** The existing paths that a path with `*` in some of its names stands for. */
export async function expand(pattern: string, limits: Limits, look: Look): Promise<string[]> {
  const parts = pattern.split(/[\\/]/);
  const star = parts.findIndex((part) => part.includes('*'));
  if (star < 0) return (await exists(pattern)) ? [pattern] : [];
  const name = new RegExp(`^${parts[star]!.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`);
  const folder = parts.slice(0, star).join('/') || '/';
  const names = (await namesIn(folder, limits.entries, look)).filter((one) => name.test(one)).reverse();
  const rest = parts.slice(star + 1);
  const found = await Promise.all(names.map((one) => expand(join(folder, one, ...rest), limits, look)));
  return found.flat();
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
