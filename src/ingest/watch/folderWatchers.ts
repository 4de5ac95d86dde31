import { watch } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { late } from './answers';
import { remoteFileSystemOf } from '../../sqlite/fileSystem';
import { codeOf } from '../sourceIoErrors';
import type { Answers } from './answers';
import type { FSWatcher } from 'node:fs';
import type { Disposable } from '../../shared/emitter';

export interface FolderEvents {
  /** Something happened to what is called `name` in the folder; to anything in it where the name is not told. */
  readonly changed: (folder: string, name: string | undefined) => void;
  /** The folder is not watched any more: it went, or the system gave up. */
  readonly lost: (folder: string) => void;
}

/** Said of a folder on a disk that is asleep, or on a share that is gone. */
export const silent = 'its folder does not answer';
/** Beyond that many folders others on this machine might find no watch left. */
const mostFolders = 4096;

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the system allows no more watches',
  EMFILE: 'the system allows no more watches',
  ENFILE: 'the system allows no more watches',
  ENOENT: 'its folder is not there',
  EACCES: 'its folder may not be read',
  EPERM: 'its folder may not be read',
};

/** One watcher of the system for each folder, not for each file: they are few, and see files come and go. */
export class FolderWatchers implements Disposable {
  private readonly open = new Map<string, FSWatcher>();

  constructor(
    private readonly events: FolderEvents,
    private readonly answers: Answers,
    private readonly limit = mostFolders,
  ) {}

  has(folder: string): boolean {
    return this.open.has(folder);
  }

  /** @returns why the folder cannot be watched; undefined when it is. */
  async watch(folder: string): Promise<string | undefined> {
    if (this.open.has(folder)) return undefined;
    try {
      const system = await this.answers.of(folder, () => statfs(folder));
      if (system === late) return silent;
      const remote = remoteFileSystemOf(folder, system.type);
      if (remote !== undefined) return `${remote} tells of no changes`;
      if (this.open.has(folder)) return undefined;
      if (this.open.size >= this.limit) return `more than ${this.limit} folders would be watched`;
      this.open.set(folder, this.start(folder));
      return undefined;
    } catch (error) {
      return reasons[codeOf(error) ?? ''] ?? 'the system does not watch its folder';
    }
  }

  unwatch(folder: string): void {
    this.open.get(folder)?.close();
    this.open.delete(folder);
  }

  dispose(): void {
    for (const watcher of this.open.values()) watcher.close();
    this.open.clear();
  }

  private start(folder: string): FSWatcher {
    const watcher = watch(folder, { persistent: false }, (type, name) => {
      // Of itself a folder tells by its own name, when it is moved or removed.
      if (type === 'rename' && name === basename(folder)) this.events.lost(folder);
      this.events.changed(folder, name ?? undefined);
    });
    watcher.on('error', () => {
      this.unwatch(folder);
      this.events.lost(folder);
    });
    return watcher;
  }
}
