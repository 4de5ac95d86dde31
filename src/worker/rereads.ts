import type { Jobs } from './jobs';
import type { LedgerApi } from '../shared/protocol';

/**
 * Files that are read again because of something else: a source went, a mapping changed, a reset. Nobody sees these jobs
 * by name, so that they are stopped together, when reading is turned off.
 */
export class Rereads {
  private readonly running = new Set<string>();
  private last = 0;

  constructor(
    private readonly jobs: Jobs,
    private readonly read: (job: string, paths: readonly string[]) => ReturnType<LedgerApi['importPaths']>,
  ) {}

  /** @returns whether all were read; else it was told to stop. */
  async run(paths: readonly string[]): Promise<boolean> {
    const job = `read again ${++this.last}`;
    this.running.add(job);
    try {
      return !(await this.read(job, paths)).cancelled;
    } finally {
      this.running.delete(job);
    }
  }

  stop(): void {
    for (const job of this.running) this.jobs.cancel(job);
  }
}
