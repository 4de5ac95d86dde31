import type { Disposable } from '../shared/emitter';

const calm = 100;
const gap = 1_000;

/**
 * `run`, at most once a second and a tenth of a second after it was asked for: one change is shown at once, a stream of
 * changes (an import) does not have every view ask all the time. The last change is never left out.
 */
export function throttled(run: () => void): Disposable & { (): void } {
  let timer: NodeJS.Timeout | undefined;
  let ranAt = -Infinity;
  const ask = () => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        ranAt = Date.now();
        run();
      },
      Math.max(calm, ranAt + gap - Date.now()),
    );
  };
  return Object.assign(ask, { dispose: () => clearTimeout(timer) });
}
