import * as vscode from 'vscode';
import { applyCheckboxes } from './inclusion';
import { rowsInTurns } from './rowsInTurns';
import { SessionsTree } from './sessionsTree';
import { SourcesTree } from './sourcesTree';
import { PricesTree } from '../prices/pricesTree';
import { register, viewIds } from '../contributions';
import { throttled } from '../throttled';
import { userActed } from '../userActed';
import type { SessionsNode, SourcesNode } from './nodes';
import type { PricesNode } from '../prices/priceNodes';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { ModelName } from '../../shared/modelPrices';

/** The views of the sidebar, for the commands that refresh them or act on what is selected in them. */
export interface Views {
  readonly sessionsTree: SessionsTree;
  readonly sourcesTree: SourcesTree;
  readonly pricesTree: PricesTree;
  /** Key of the session selected in the tree, or whose call is selected. */
  selectedSession(): string | undefined;
  /** Name of the model selected among the prices, or one of whose details is. */
  selectedModel(): (ModelName & { readonly id: string }) | undefined;
  /** How sources are watched has changed; `message` is what to say of it, if anything. */
  tellWatching(message: string | undefined): void;
  /** What to say above all other rows, if anything is to be said of whether traces are read. */
  tellReading(message: string | undefined): void;
}

export function createViews(services: Services): Views & Disposable {
  const sessionsTree = new SessionsTree(services);
  const sourcesTree = new SourcesTree(services);
  const pricesTree = new PricesTree(services, (text) => (prices.description = text));
  const { sessions, sources, prices } = createTreeViews(sessionsTree, sourcesTree, pricesTree);
  const refresh = throttled(() => {
    // Beside the title, once for all rows.
    sessions.description = services.money().note;
    sessionsTree.refresh();
    sourcesTree.refresh();
    pricesTree.refresh();
  });
  const watching = showWatching(sources, sourcesTree);
  const follow = ({ items }: vscode.TreeCheckboxChangeEvent<SessionsNode | SourcesNode>) => {
    // A box that could not be taken over goes back to what the store says.
    applyCheckboxes(services.ledger, items).catch(services.report).finally(refresh);
  };
  const lifetime = vscode.Disposable.from(
    refresh,
    watching,
    services.onDidChange(refresh),
    sessions,
    sources,
    prices,
    sessionsTree,
    sourcesTree,
    pricesTree,
    sessions.onDidChangeCheckboxState(follow),
    sources.onDidChangeCheckboxState(follow),
    ...[sessions, sources, prices].flatMap(onDidUse),
    register('traceLedger.loadMore', (node) =>
      (node.parent?.kind === 'sourceGroup' ? sourcesTree : sessionsTree).loadMore(node),
    ),
  );
  return {
    sessionsTree,
    sourcesTree,
    pricesTree,
    selectedModel: () => modelOfNode(prices.selection[0]),
    selectedSession: () => sessionOfNode(sessions.selection[0]),
    tellWatching: watching.tell,
    tellReading: (message) => {
      for (const view of [sessions, prices]) if (view.message !== message) view.message = message;
    },
    dispose: () => void lifetime.dispose(),
  };
}

const createTreeViews = (sessions: SessionsTree, sources: SourcesTree, prices: PricesTree) => ({
  sessions: vscode.window.createTreeView(viewIds.sessions, {
    treeDataProvider: rowsInTurns(sessions),
    manageCheckboxStateManually: true,
  }),
  sources: vscode.window.createTreeView(viewIds.sources, {
    treeDataProvider: rowsInTurns(sources),
    showCollapseAll: true,
    manageCheckboxStateManually: true,
  }),
  prices: vscode.window.createTreeView(viewIds.prices, {
    treeDataProvider: rowsInTurns(prices),
    showCollapseAll: true,
  }),
});

/** Says above the sources how they are watched, and has their rows say it. */
function showWatching(view: vscode.TreeView<SourcesNode>, tree: SourcesTree) {
  const refresh = throttled(() => tree.refresh());
  const tell = (message: string | undefined) => {
    if (view.message !== message) view.message = message;
    refresh();
  };
  return { tell, dispose: () => refresh.dispose() };
}

function modelOfNode(node: PricesNode | undefined): ReturnType<Views['selectedModel']> {
  const row = node?.kind === 'priceDetail' ? node.of.row : node?.row;
  return row && { ...row.name, id: row.id };
}

/** Whoever opens a view or goes through its rows wants to see what is. */
const onDidUse = (view: vscode.TreeView<SessionsNode | SourcesNode | PricesNode>): Disposable[] => [
  view.onDidChangeVisibility(({ visible }) => visible && userActed.fire()),
  view.onDidChangeSelection(() => userActed.fire()),
  view.onDidExpandElement(() => userActed.fire()),
];

function sessionOfNode(node: SessionsNode | undefined): string | undefined {
  if (node?.kind === 'session') return node.row.key;
  return node?.kind === 'call' ? node.session.key : undefined;
}
