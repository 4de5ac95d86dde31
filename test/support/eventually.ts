import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until `look` stops throwing; its last error is the error. */
export async function eventually<T>(look: () => T | Promise<T>, limitMs = 10_000): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(50);
    }
  }
}
