import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { codeOf, whyUnreadable } from './sourceIoErrors';
import type { Dirent } from 'node:fs';
import type { Issue } from '../shared/model';

/** A file that may be a source, as an absolute path. */
export interface FoundFile {
  readonly path: string;
  /** The PATH that it was found by: itself, or a folder above it. */
  readonly root: string;
  /** Named itself, so that the user wants to hear if it cannot be read. */
  readonly given: boolean;
}

export type Discovery = FoundFile | { readonly issue: Issue };

const skippedFolders = new Set(['node_modules', '.git']);

/** Whether a search goes into folders of that name. */
export const isSearched = (name: string): boolean => !skippedFolders.has(name);

const companion = /-(?:wal|shm|journal)$/;

/**
 * The files at and below `paths`, one by one: to any depth, hidden folders included, without `node_modules`, `.git`
 * and links to folders; a link given as path is followed. Each file comes once, whatever the paths overlap. Nothing
 * is opened, nothing throws; memory is bounded by the folders still to be searched.
 */
export async function* discover(paths: readonly string[]): AsyncGenerator<Discovery> {
  const files = new Set<string>();
  const folders: Folder[] = [];
  for (const path of new Set(paths.map((given) => resolve(given)))) {
    const found = await classify(path);
    if (found === 'file' && !(await isCompanion(path))) files.add(path);
    else if (found === 'file') yield { issue: { path, message: belongsTo(path) } };
    else if (found === 'folder') folders.push({ path, real: await realpath(path).catch(() => path) });
    else yield { issue: found };
  }
  for (const path of files) yield { path, root: path, given: true };
  for (const [index, folder] of folders.entries()) {
    if (!folders.some((other, at) => covers(other, folder) && (other.real !== folder.real || at < index))) {
      yield* searchOther(folder.path, files);
    }
  }
}

interface Folder {
  readonly path: string;
  readonly real: string;
}

/** What to say of a folder in which nothing was recognised. */
export const nothingReadable = (path: string): Issue => ({
  path,
  message: 'Nothing in this folder can be imported: choose the folder or file that holds the traces.',
});

async function classify(path: string): Promise<'file' | 'folder' | Issue> {
  try {
    const found = await stat(path);
    if (found.isFile()) return 'file';
    if (found.isDirectory()) return 'folder';
    return { path, message: 'It is neither a file nor a folder: choose a file or a folder.' };
  } catch (error) {
    return { path, message: whyUnreadable(error, path) };
  }
}

/** Whether searching `outer` comes upon `inner` too. */
function covers(outer: Folder, inner: Folder): boolean {
  if (outer.real === inner.real) return true;
  const above = outer.real.endsWith(sep) ? outer.real : outer.real + sep;
  if (!inner.real.startsWith(above)) return false;
  return !inner.real
    .slice(above.length)
    .split(sep)
    .some((part) => skippedFolders.has(part));
}

async function* searchOther(root: string, given: ReadonlySet<string>): AsyncGenerator<Discovery> {
  for await (const one of search(root)) {
    if (!('folder' in one) && !('path' in one && given.has(one.path))) yield one;
  }
}

/** What is at and below one folder, by the rules of `discover`; each folder comes before it is opened. */
export async function* search(root: string): AsyncGenerator<Discovery | { readonly folder: string }> {
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    yield { folder };
    try {
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
          if (isSearched(entry.name)) waiting.push(path);
        } else if (await isSource(entry, path)) {
          yield { path, root, given: false };
        }
      }
    } catch (error) {
      // A folder that vanished while others were searched holds nothing any more.
      if (codeOf(error) !== 'ENOENT' || folder === root)
        yield { issue: { path: folder, message: whyUnreadable(error, folder) } };
    }
  }
}

const isSource = async (entry: Dirent, path: string): Promise<boolean> =>
  (entry.isFile() || (entry.isSymbolicLink() && (await linksToFile(path)))) && !(await isCompanion(path));

const linksToFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** A write-ahead log, its index or a rollback journal, if the database that it belongs to is there. */
const isCompanion = async (path: string): Promise<boolean> =>
  companion.test(path) && (await linksToFile(path.replace(companion, '')));

const belongsTo = (path: string): string => {
  const database = join(dirname(path), basename(path).replace(companion, ''));
  return `It belongs to the database ${database}: import that file instead.`;
};
