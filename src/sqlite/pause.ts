const cell = new Int32Array(new SharedArrayBuffer(4));

/** Puts the calling thread to sleep. Never call it in the extension host. */
export function pauseThread(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}

/** Between two attempts to get a lock: 0.25 to 4.5 ms, longer after several attempts, random so that two do not dance. */
export function backOff(attempt: number): void {
  pauseThread(Math.min(0.5 + attempt * 0.25, 3) * (0.5 + Math.random()));
}
