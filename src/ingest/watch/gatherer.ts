import type { Clock } from './clock';
import type { Disposable } from '../../shared/emitter';

/** A commit is several writes: the first event of one waits for the others. */
const settle = 8;
const shortestPause = 15;
/** Under load a lot begins so often, work and pause together, as long as that leaves a third of the time to others. */
const beat = 100;
/** Beside a job of the user, so much of the time is the job's. */
const crowded = 3;

interface Surroundings {
  /** Whether others are at work that must get on. */
  readonly isCrowded?: () => boolean;
  /** What the first event waits beyond the usual. */
  readonly patience?: () => number;
}

/**
 * Hands changed paths on, each once however often it changed, and never two lots at a time: at once when it was quiet,
 * under load with pauses of twice the work, so that a lot begins every tenth of a second at the least, and of half the
 * work where that alone takes longer.
 */
export class Gatherer implements Disposable {
  private readonly waiting = new Set<string>();
  private readonly later = new Map<string, Disposable>();
  private timer: Disposable | undefined;
  private isRunning = false;
  private isClosed = false;
  private freeAt = -Infinity;

  /** @param take must not reject. */
  constructor(
    private readonly clock: Clock,
    private readonly take: (paths: readonly string[]) => Promise<void>,
    private readonly surroundings: Surroundings = {},
  ) {}

  add(path: string): void {
    this.waiting.add(path);
    this.schedule();
  }

  /** Adds it after a while; the first that was said holds. */
  addLater(path: string, ms: number): void {
    if (this.isClosed || this.later.has(path)) return;
    const timer = this.clock.after(ms, () => {
      this.later.delete(path);
      this.add(path);
    });
    this.later.set(path, timer);
  }

  /** Whether it was added and has not been handed on. */
  isWaiting(path: string): boolean {
    return this.waiting.has(path) || this.later.has(path);
  }

  dispose(): void {
    this.isClosed = true;
    this.timer?.dispose();
    for (const timer of this.later.values()) timer.dispose();
    this.later.clear();
    this.waiting.clear();
  }

  private schedule(): void {
    if (this.isClosed || this.isRunning || this.timer || this.waiting.size === 0) return;
    const patience = settle + (this.surroundings.patience?.() ?? 0);
    this.timer = this.clock.after(Math.max(patience, this.freeAt - this.clock.now()), () => {
      this.timer = undefined;
      void this.run();
    });
  }

  private async run(): Promise<void> {
    const paths = [...this.waiting];
    this.waiting.clear();
    this.isRunning = true;
    const startedAt = this.clock.now();
    await this.take(paths);
    this.isRunning = false;
    this.freeAt = this.clock.now() + this.pauseAfter(this.clock.now() - startedAt);
    this.schedule();
  }

  private pauseAfter(work: number): number {
    if (this.surroundings.isCrowded?.()) return Math.max(beat, crowded * work);
    return Math.max(shortestPause, Math.min(2 * work, beat - work), work / 2);
  }
}
