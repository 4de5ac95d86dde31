import type { LiveState, SourceWatch } from '../../shared/liveApi';

/** What the sources view says above its rows; undefined when there is nothing to say. */
export function sleepMessage({ enabled, isAsleep }: LiveState): string | undefined {
  if (!enabled)
    return 'Sources are not watched: traceLedger.live.enabled is off. Refresh imports what changed.';
  return isAsleep
    ? 'Asleep: nothing has happened for a while. The next change or action brings everything up to date.'
    : undefined;
}

/** How changes of a source come in, for its tooltip. */
export function watchText(watch: SourceWatch | undefined): string | undefined {
  switch (watch?.kind) {
    case undefined:
      return undefined;
    case 'watched':
      return 'Watched';
    case 'polled':
      return `Polled every ${seconds(watch.everyMs)}: ${watch.reason}`;
    case 'asleep':
      return `Asleep, else polled: ${watch.reason}`;
    case 'off':
      return 'Not watched: turned off in the settings';
  }
}

/** The same for a row, which says only what is not as usual. */
export function watchWords(watch: SourceWatch | undefined): string | undefined {
  if (watch?.kind === 'polled') return `polled every ${seconds(watch.everyMs)}`;
  return watch?.kind === 'asleep' ? 'asleep' : undefined;
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;
