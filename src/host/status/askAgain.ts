import { throttled } from '../throttled';
import type { Disposable } from '../../shared/emitter';
import type { Millis } from '../../shared/model';

/** A question that is asked again whenever something changes, and how its answer is shown. */
export interface Asked<Answer> {
  readonly ask: () => Promise<Answer>;
  readonly isOn: () => boolean;
  /** @returns when the answer changes although nothing happens. */
  readonly show: (answer: Answer) => Millis;
  readonly showError: (error: unknown) => void;
  readonly hide: () => void;
}

/** At once when it is quiet, ten times a second at most. */
const pace = { calm: 0, gap: 100 };
const soonestMs = 1_000;
/** After a question that failed: nothing else may tell that it would be answered now. */
const pauseMs = 5_000;

/** Asks one question at a time; what changes meanwhile is asked for afterwards, and what time changes at its time. */
export function askAgain<Answer>(asked: Asked<Answer>): Disposable & { (): void } {
  let asking = false;
  let stale = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const ask = async () => {
    clearTimeout(timer);
    if (!asked.isOn()) return asked.hide();
    stale = asking;
    if (asking) return;
    asking = true;
    const showIt = await answered(asked);
    asking = false;
    if (ended) return;
    // It may have been switched off meanwhile.
    if (!asked.isOn()) return asked.hide();
    timer = setTimeout(look, showIt());
    if (stale) look();
  };
  const look = throttled(() => void ask(), pace);
  const dispose = () => {
    look.dispose();
    clearTimeout(timer);
    ended = true;
  };
  return Object.assign(() => look(), { dispose });
}

/** What shows the answer or the error, and says in how many milliseconds to ask again. */
async function answered<Answer>({ ask, show, showError }: Asked<Answer>): Promise<() => number> {
  try {
    const answer = await ask();
    return () => Math.max(soonestMs, show(answer) - Date.now());
  } catch (error) {
    return () => {
      showError(error);
      return pauseMs;
    };
  }
}
