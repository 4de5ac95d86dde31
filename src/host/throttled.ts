import type { Disposable } from '../shared/emitter';

/** Milliseconds: how long after it was asked for, and how long after the run before. */
export interface Pace {
  readonly calm: number;
  readonly gap: number;
}

/**
 * `run`, at most once a second and a tenth of a second after it was asked for, unless another pace is named: one change
 * is shown at once, a stream of changes (an import) does not have every view ask all the time. The last change is never
 * left out.
 */
export function throttled(
  run: () => void,
  { calm, gap }: Pace = { calm: 100, gap: 1_000 },
): Disposable & { (): void } {
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
