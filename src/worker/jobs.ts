import { CancellationError } from '../shared/errors';

/** A long piece of work that can be stopped between two steps. */
export interface Job {
  readonly cancelled: boolean;
  /** Lets questions be answered in between. @throws CancellationError once the job is cancelled. */
  pause(): Promise<void>;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The long jobs under way, by name. */
export class Jobs {
  private readonly running = new Map<string, { cancelled: boolean }>();

  async run<T>(name: string, work: (job: Job) => Promise<T>): Promise<T> {
    const state = { cancelled: false };
    this.running.set(name, state);
    try {
      return await work({
        get cancelled() {
          return state.cancelled;
        },
        async pause() {
          await nextTurn();
          if (state.cancelled) throw new CancellationError();
        },
      });
    } finally {
      this.running.delete(name);
    }
  }

  get isBusy(): boolean {
    return this.running.size > 0;
  }

  cancel(name: string): void {
    const state = this.running.get(name);
    if (state) state.cancelled = true;
  }
}
