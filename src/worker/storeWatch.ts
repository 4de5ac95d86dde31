import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { FSWatcher } from 'node:fs';
import type { Disposable } from '../shared/emitter';

/** How often the store is looked at for commits of other windows, in ms. One four-byte read. */
const every = 200;

/** Looks for commits of other windows: five times a second, and in sleep when the system tells of one. */
export class StoreWatch implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private watcher: FSWatcher | undefined;

  constructor(
    private readonly path: string,
    private readonly look: () => void,
  ) {}

  start(): void {
    this.dispose();
    this.timer = setInterval(this.look, every);
  }

  sleep(): void {
    this.dispose();
    const name = basename(this.path);
    try {
      this.watcher = watch(dirname(this.path), { persistent: false }, (_type, changed) => {
        if (changed === null || changed === name) this.look();
      });
      this.watcher.on('error', () => this.start());
    } catch {
      this.start();
    }
  }

  dispose(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.watcher?.close();
    this.watcher = undefined;
  }
}
