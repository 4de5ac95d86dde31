/** What the settings say about watching. */
export interface LiveSettings {
  readonly enabled: boolean;
  /** After so long without a change or an action of the user nothing is polled any more; 0: it always is. */
  readonly idleTimeoutMs: number;
}

/** How changes of a source come to be known. */
export type SourceWatch =
  | { readonly kind: 'watched' }
  /** The system does not tell of them, and it is looked at now and then. */
  | { readonly kind: 'polled'; readonly everyMs: number; readonly reason: string }
  /** It would be polled, and is not until something happens. */
  | { readonly kind: 'asleep'; readonly reason: string }
  | { readonly kind: 'off' };

export interface LiveState {
  readonly enabled: boolean;
  /** Nothing is polled until the next change or action. */
  readonly isAsleep: boolean;
  /** Folders of which the system tells changes. */
  readonly watchedFolders: number;
  /** Folders that are polled instead. */
  readonly polledFolders: number;
}

/** Watching, as far as the host has a say in it. */
export interface LiveApi {
  /** Watches all sources from now on, or none. Resolves when they are watched, and what changed before is on its way in. */
  watchSources(settings: LiveSettings): Promise<void>;
  /** The user did something: what is asleep wakes, and everything is brought up to date. */
  wake(): Promise<void>;
  /** While an alert or a budget is on, what can only be polled is looked at every 30 s in sleep, too. */
  keepWatch(on: boolean): Promise<void>;
  liveState(): Promise<LiveState>;
  /** Reading was turned off: files that are being read again because of something else are left, too. */
  stopReading(): Promise<void>;
}

export interface LiveEvents {
  /** How sources are watched is not what it was: whoever shows it asks again. */
  watching: Readonly<Record<string, never>>;
}
