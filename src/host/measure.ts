/** How long code of ours kept the extension host busy without a pause. */
export interface Run {
  readonly name: string;
  /** By the clock: with what other processes took of the processor meanwhile. */
  readonly ms: number;
  /** What the thread itself used; the same as by the clock where Node does not tell. */
  readonly cpuMs: number;
}

const none: Run = { name: 'none', ms: 0, cpuMs: 0 };
let longest = none;
let busiest = none;

/** The longest run by the clock since the start or the last `resetLongestRun`, for tests and benchmarks. */
export const longestRun = (): Run => longest;

/** The same by what it used of the processor, which a crowded machine does not change. */
export const busiestRun = (): Run => busiest;

export function resetLongestRun(): void {
  longest = busiest = none;
}

/** Since Node 23.9; older types do not know it. */
const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };

function cpuNow(): number | undefined {
  const used = threadCpuUsage?.call(process);
  return used && (used.user + used.system) / 1000;
}

interface Start {
  readonly at: number;
  readonly cpu: number | undefined;
}

const start = (): Start => ({ at: performance.now(), cpu: cpuNow() });

function record(name: string, started: Start): void {
  const ms = performance.now() - started.at;
  // Shorter ones cannot be the longest of either kind.
  if (ms <= longest.ms && ms <= busiest.cpuMs) return;
  const cpuMs = started.cpu === undefined ? ms : Math.min(ms, cpuNow()! - started.cpu);
  if (ms > longest.ms) longest = { name, ms, cpuMs };
  if (cpuMs > busiest.cpuMs) busiest = { name, ms, cpuMs };
}

/** `run`, with the time it holds the thread recorded: up to its first await, if it is async. */
export function measured<Args extends unknown[], R>(
  name: string,
  run: (...args: Args) => R,
): (...args: Args) => R {
  return (...args) => {
    const started = start();
    try {
      return run(...args);
    } finally {
      record(name, started);
    }
  };
}

/**
 * `run`, with everything recorded that it sets off before the thread is free again. For the answers of the worker: the
 * code that waited for them goes on in microtasks, and a tick asked for in a microtask runs when all of them are done.
 */
export function measuredTurn<Args extends unknown[]>(
  name: string | ((...args: Args) => string),
  run: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    const called = typeof name === 'string' ? name : name(...args);
    const started = start();
    run(...args);
    queueMicrotask(() => process.nextTick(() => record(called, started)));
  };
}
