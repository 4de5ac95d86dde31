import { features } from './host/features';
import { busiestRun, longestRun, measured, resetLongestRun, type Run } from './host/measure';
import { startServices } from './host/services';
import { createViews } from './host/tree/views';
import type { PricesTree } from './host/prices/pricesTree';
import type { SessionsTree } from './host/tree/sessionsTree';
import type { SourcesTree } from './host/tree/sourcesTree';
import type { Event } from './shared/emitter';
import type { LedgerApi } from './shared/protocol';
import type * as vscode from 'vscode';

/** What `activate` returns: for our own tests and benchmarks, without promise to anybody else. */
export interface TraceLedger {
  readonly sessionsTree: SessionsTree;
  readonly sourcesTree: SourcesTree;
  readonly pricesTree: PricesTree;
  readonly ledger: LedgerApi;
  readonly onDidChange: Event<number>;
  /** Absolute path of the store. */
  readonly storePath: string;
  /** The longest time that our code held the extension host, by entry point. */
  longestRun(): Run;
  /** The same by what it used of the processor. */
  busiestRun(): Run;
  resetLongestRun(): void;
}

/** Builds the services, starts the views and features, and waits for nothing. */
export const activate = measured('activate', (context: vscode.ExtensionContext): TraceLedger => {
  const services = startServices(context);
  const views = createViews(services);
  context.subscriptions.push(services, views, ...features.map((start) => start(services, views)));
  const { ledger, storePath, onDidChange } = services;
  const { sessionsTree, sourcesTree, pricesTree } = views;
  const trees = { sessionsTree, sourcesTree, pricesTree };
  return { ...trees, ledger, onDidChange, storePath, longestRun, busiestRun, resetLongestRun };
});
