import * as vscode from 'vscode';
import { sessionMarkdown } from './sessionMarkdown';
import { register, schemes, type SessionTarget } from '../contributions';
import { inTurn } from '../inTurn';
import { liveSettings } from '../live';
import { sessionOf } from '../pickSession';
import { reported } from '../report';
import { throttled } from '../throttled';
import { sessionKeyOf, sessionUri } from '../uris';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** VS Code's own Markdown preview, as an editor of its own: the document below it keeps its URI, so menus know it. */
const preview = 'vscode.markdown.preview.editor';

/** "Show Session": a read-only document that follows the store. */
export function registerSessionDocument(services: Services, views: Views): Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const renew = throttled(() => {
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === schemes.session) changed.fire(uri);
  });
  const show = reported(
    services.report,
    async (target?: SessionTarget, options?: { readonly preserveFocus?: boolean }) => {
      const key = await sessionOf(services, views, target);
      if (key !== undefined) await inTurn(() => open(sessionUri(key), options?.preserveFocus === true));
    },
  );
  return vscode.Disposable.from(
    changed,
    renew,
    services.onDidChange(renew),
    vscode.workspace.registerTextDocumentContentProvider(schemes.session, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => contentOf(services, uri),
    }),
    register('traceLedger.showSession', show),
  );
}

async function contentOf({ ledger, question, money }: Services, uri: vscode.Uri): Promise<string> {
  const key = sessionKeyOf(uri);
  const { mode, zone } = question();
  const detail =
    key === undefined
      ? undefined
      : await ledger.session(key, mode, liveSettings().idleTimeoutMs || undefined);
  return detail
    ? sessionMarkdown(detail, mode, zone, money())
    : 'This session is not in the ledger any more. Import its source again to see it.\n';
}

async function open(uri: vscode.Uri, preserveFocus: boolean): Promise<void> {
  // Read it first, so that a failure is an error message and no empty editor.
  const document = await vscode.workspace.openTextDocument(uri);
  const options: vscode.TextDocumentShowOptions = { preview: true, preserveFocus };
  try {
    await vscode.commands.executeCommand('vscode.openWith', uri, preview, options);
  } catch {
    await vscode.window.showTextDocument(document, options);
  }
}
