import { systemClock } from '../ingest/watch/clock';
import { IdleRule } from '../ingest/watch/idleRule';
import { Watching } from '../ingest/watch/watching';
import type { WatchingParts } from '../ingest/watch/watching';
import type { LiveApi, LiveSettings, SourceWatch } from '../shared/liveApi';

interface LiveParts extends Omit<WatchingParts, 'idleTimeoutMs' | 'slept'> {
  /** Reading was turned off. */
  readonly stopped: () => void;
  /** Nothing is polled from now on, or it is again. */
  readonly slept: (isAsleep: boolean) => void;
}

/** The watching of all sources, while the settings want it. Nothing happens before `watchSources`. */
export class Live {
  private watching: Watching | undefined;
  /** While nothing is watched: other windows are looked for no longer than somebody is about. */
  private idle: IdleRule | undefined;
  private isKept = false;
  private isOff = false;
  private isClosed = false;

  constructor(private readonly parts: LiveParts) {}

  readonly api: LiveApi = {
    watchSources: (settings) => this.choose(settings),
    wake: async () => (this.watching ?? this.idle)?.touch(),
    keepWatch: async (on) => {
      this.isKept = on;
      this.watching?.keepWatch(on);
    },
    stopReading: async () => this.parts.stopped(),
    liveState: async () => ({
      enabled: !this.isOff,
      isAsleep: this.watching?.isAsleep ?? false,
      watchedFolders: this.watching?.counts.watched ?? 0,
      polledFolders: this.watching?.counts.unwatched ?? 0,
    }),
  };

  /** Undefined where it is not known, or nobody has said yet whether to watch. */
  stateOf(path: string): SourceWatch | undefined {
    return this.isOff ? { kind: 'off' } : this.watching?.stateOf(path);
  }

  /** The store changed, here or in another window: sources may have come or gone. */
  storeChanged(): void {
    this.watching?.storeChanged();
    this.idle?.touch();
  }

  close(): void {
    this.isClosed = true;
    this.watching?.dispose();
    this.watching = undefined;
    this.idle?.dispose();
    this.idle = undefined;
  }

  private async choose({ enabled, idleTimeoutMs }: LiveSettings): Promise<void> {
    if (this.isClosed) return;
    this.isOff = !enabled;
    if (!enabled && this.idle) {
      this.idle.setTimeout(idleTimeoutMs);
      return;
    }
    this.idle?.dispose();
    this.idle = undefined;
    if (!enabled) {
      this.watching?.dispose();
      this.watching = undefined;
      this.parts.slept(false);
      this.idle = new IdleRule(this.parts.clock ?? systemClock, idleTimeoutMs, this.parts.slept);
      this.parts.told();
    } else if (this.watching) {
      this.watching.setIdleTimeout(idleTimeoutMs);
    } else {
      this.watching = new Watching({ ...this.parts, idleTimeoutMs });
      this.watching.keepWatch(this.isKept);
      await this.watching.start();
    }
  }
}
