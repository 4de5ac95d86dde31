import type { Disposable } from '../../shared/emitter';

/** Time as the watching sees it, so that a test can hand it its own. Milliseconds from any beginning. */
export interface Clock {
  now(): number;
  /** Never keeps the process alive. */
  after(ms: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return { dispose: () => clearTimeout(timer) };
  },
};
