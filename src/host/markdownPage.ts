import * as vscode from 'vscode';
import { schemes } from './contributions';
import type { Disposable } from '../shared/emitter';

/** A read-only Markdown document of which there is one. */
export interface MarkdownPage extends Disposable {
  /** Opens it as a preview, with what there is to say now. */
  readonly show: () => Promise<void>;
  /** What it says has changed; asked for again if it is open. */
  readonly renew: () => void;
}

/** @param name of its tab */
export function markdownPage(
  scheme: keyof typeof schemes,
  name: string,
  content: () => string | Promise<string>,
): MarkdownPage {
  const uri = vscode.Uri.from({ scheme: schemes[scheme], path: `/${name}.md` });
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const lifetime = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(uri.scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: content,
    }),
  );
  return {
    show: async () => {
      changed.fire(uri);
      await openPreview(uri);
    },
    renew: () => {
      const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.scheme === uri.scheme);
      if (isOpen) changed.fire(uri);
    },
    dispose: () => void lifetime.dispose(),
  };
}

/** Opens a document as VS Code's own Markdown preview: an editor of its own, of the same URI. */
export async function openPreview(uri: vscode.Uri, options?: vscode.TextDocumentShowOptions): Promise<void> {
  // Read it first, so that a failure is an error message and no empty editor.
  await vscode.workspace.openTextDocument(uri);
  await vscode.commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor', options);
}
