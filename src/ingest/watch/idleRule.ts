import type { Clock } from './clock';
import type { Disposable } from '../../shared/emitter';

/** Falls asleep when nothing was done or changed for a while, and wakes when something is. */
export class IdleRule implements Disposable {
  private timer: Disposable | undefined;
  private lastAt: number;
  private asleep = false;
  private isClosed = false;

  /** @param timeoutMs 0: never asleep. */
  constructor(
    private readonly clock: Clock,
    private timeoutMs: number,
    private readonly onChange: (isAsleep: boolean) => void,
  ) {
    this.lastAt = clock.now();
    this.arm();
  }

  get isAsleep(): boolean {
    return this.asleep;
  }

  /** A change, or an action of the user. */
  touch(): void {
    this.lastAt = this.clock.now();
    if (!this.asleep || this.isClosed) return;
    this.asleep = false;
    this.arm();
    this.onChange(false);
  }

  setTimeout(timeoutMs: number): void {
    if (timeoutMs === this.timeoutMs) return;
    this.timeoutMs = timeoutMs;
    this.timer?.dispose();
    this.timer = undefined;
    this.touch();
    this.arm();
  }

  dispose(): void {
    this.isClosed = true;
    this.timer?.dispose();
  }

  /** One timer at a time: changes come by the hundred a second. */
  private arm(): void {
    if (this.timeoutMs <= 0 || this.timer || this.isClosed) return;
    const rest = this.lastAt + this.timeoutMs - this.clock.now();
    this.timer = this.clock.after(rest, () => {
      this.timer = undefined;
      if (this.clock.now() - this.lastAt < this.timeoutMs) return this.arm();
      this.asleep = true;
      this.onChange(true);
    });
  }
}
