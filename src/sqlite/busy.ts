import { messageOf } from '../shared/errors';
import { backOff } from './pause';

export const isBusy = (error: unknown): boolean => messageOf(error).includes('database is locked');

/** Runs `work` again while it is told that the database is busy, until `end` (of `performance.now()`). */
export function retry<T>(work: () => T, end: number, mayRetry: () => boolean = () => true): T {
  for (let attempt = 0; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || !mayRetry() || performance.now() >= end) throw error;
      backOff(attempt);
    }
  }
}

/** As `retry`, in the order in which the writers of all windows came. */
export function waitForTurn(
  begin: () => void,
  queue: { enqueue(): void; dequeue(): void; mustQueue(): boolean } | undefined,
  end: number,
): void {
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        begin();
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() >= end) throw error;
        queue?.enqueue();
        backOff(queue?.mustQueue() ? attempt : 0); // the one who has waited longest looks most often
      }
    }
  } finally {
    queue?.dequeue();
  }
}
