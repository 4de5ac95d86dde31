import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { register, viewIds } from '../contributions';
import { reported } from '../report';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Refresh": looks whether the known sources grew, and has the views ask again. Problems show in Sources. */
export function registerRefresh({ ledger, report }: Services, views: Views): Disposable {
  const refresh = async () => {
    try {
      const paths = await ledger.sourcePaths();
      if (paths.length > 0) {
        const location = { viewId: viewIds.sources };
        await vscode.window.withProgress({ location }, () => ledger.importPaths(randomUUID(), paths, {}));
      }
    } finally {
      views.sessionsTree.refresh();
      views.sourcesTree.refresh();
      views.pricesTree.refresh();
    }
  };
  return register('traceLedger.refresh', reported(report, refresh));
}
