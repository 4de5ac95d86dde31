import * as vscode from 'vscode';
import { setting } from '../contributions';
import { linked, tooltipText } from './tooltipText';
import type { ShownStatus } from './liveStatus';

/** What the status bar shows, in full. */
export function statusTooltip(shown: ShownStatus): vscode.MarkdownString {
  const text = new vscode.MarkdownString(
    tooltipText(shown, {
      warning: setting('traceLedger.statusBar.warning'),
      alert: setting('traceLedger.statusBar.alert'),
    }),
  );
  // Nothing else that stands in it, such as a model's name, can be a command.
  text.isTrusted = { enabledCommands: [...linked] };
  return text;
}
