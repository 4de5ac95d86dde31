/** The longest time that code of ours kept the extension host busy without a pause. */
export interface Run {
  readonly name: string;
  readonly ms: number;
}

const none: Run = { name: 'none', ms: 0 };
let longest = none;

/** The longest run since the start or the last `resetLongestRun`, for tests and benchmarks. */
export const longestRun = (): Run => longest;

export function resetLongestRun(): void {
  longest = none;
}

function record(name: string, startedAt: number): void {
  const ms = performance.now() - startedAt;
  if (ms > longest.ms) longest = { name, ms };
}

/** `run`, with the time it holds the thread recorded: up to its first await, if it is async. */
export function measured<Args extends unknown[], R>(
  name: string,
  run: (...args: Args) => R,
): (...args: Args) => R {
  return (...args) => {
    const startedAt = performance.now();
    try {
      return run(...args);
    } finally {
      record(name, startedAt);
    }
  };
}

/**
 * `run`, with everything recorded that it sets off before the thread is free again. For the answers of the worker: the
 * code that waited for them goes on in microtasks, and a tick asked for in a microtask runs when all of them are done.
 */
export function measuredTurn<Args extends unknown[]>(
  name: string,
  run: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    const startedAt = performance.now();
    run(...args);
    queueMicrotask(() => process.nextTick(() => record(name, startedAt)));
  };
}
