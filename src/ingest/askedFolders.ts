import { realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

interface Folder {
  readonly path: string;
  readonly real: string;
  isHeard: boolean;
  /** Something below it, not only the folder itself. */
  isFilled: boolean;
}

export const isAtOrBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** The folders that an import was asked for, and of which of them anything was heard: a file read, or a complaint. */
export class AskedFolders {
  private constructor(private readonly folders: readonly Folder[]) {}

  static async among(paths: readonly string[]): Promise<AskedFolders> {
    const folders: Folder[] = [];
    for (const path of new Set(paths.map((given) => resolve(given)))) {
      const found = await stat(path).catch(() => undefined);
      if (!found?.isDirectory()) continue;
      const real = await realpath(path).catch(() => path);
      folders.push({ path, real, isHeard: false, isFilled: false });
    }
    return new AskedFolders(folders);
  }

  /** Something was read or complained of at `path`. Folders may overlap, and one may be a link to another. */
  hear(path: string): void {
    if (this.folders.every(({ isFilled }) => isFilled)) return;
    const above = this.folders.filter((folder) => isAtOrBelow(path, folder.path));
    const names = [path, ...above.map((folder) => folder.real + path.slice(folder.path.length))];
    for (const folder of this.folders) {
      const own = [folder.path, folder.real];
      if (!names.some((name) => own.some((one) => isAtOrBelow(name, one)))) continue;
      folder.isHeard = true;
      if (!names.some((name) => own.includes(name))) folder.isFilled = true;
    }
  }

  get paths(): string[] {
    return this.folders.map(({ path }) => path);
  }

  /** Those in which nothing was read, nor anything found to complain of. */
  get silent(): string[] {
    return this.folders.filter(({ isHeard }) => !isHeard).map(({ path }) => path);
  }

  get filled(): string[] {
    return this.folders.filter(({ isFilled }) => isFilled).map(({ path }) => path);
  }
}
