/** Commands of the status bar. */
export interface StatusCommands {
  /** The figures as a list, for the keyboard. Resolves at once to what the status bar says aloud. */
  'traceLedger.showStatus'(): string;
  'traceLedger.toggleStatusBar'(): void;
}

export interface StatusSettings {
  'traceLedger.statusBar.enabled': boolean;
  /** What it shows, with placeholders such as `${cost}`: see `statusText`. */
  'traceLedger.statusBar.format': string;
  /** Whose calls of today it sums up. */
  'traceLedger.statusBar.scope': 'today' | 'workspace';
  /** US dollars a day; 0 is no limit. */
  'traceLedger.statusBar.warning': number;
  'traceLedger.statusBar.alert': number;
}
