import * as vscode from 'vscode';
import { register, setting } from '../contributions';
import { measured } from '../measure';
import { reported } from '../report';
import { askAgain } from './askAgain';
import { askStatus } from './liveStatus';
import { showStatus } from './showStatus';
import { marks } from './statusText';
import { statusTooltip } from './statusTooltip';
import { messageOf } from '../../shared/errors';
import type { ShownStatus } from './liveStatus';
import type { StatusLevel } from './statusText';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** Today's figures and those of the session at work in the status bar, and what belongs to them. */
export function registerStatusBar(services: Services): Disposable {
  const item = vscode.window.createStatusBarItem('traceLedger.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'Trace Ledger';
  const look = askAgain<ShownStatus>({
    ask: measured('status bar', () => askStatus(services)),
    isOn: () => setting('traceLedger.statusBar.enabled'),
    show(shown) {
      show(item, shown);
      return shown.until;
    },
    showError: (error) => showStopped(item, error),
    hide: () => item.hide(),
  });
  return vscode.Disposable.from(
    item,
    look,
    services.onDidChange(look),
    services.onDidStop((state) => state === 'failed' && look()),
    // A timer does not run while the machine sleeps.
    vscode.window.onDidChangeWindowState(({ focused }) => focused && look()),
    vscode.workspace.onDidChangeWorkspaceFolders(look),
    register(
      'traceLedger.showStatus',
      reported(services.report, () => showStatus(services)),
    ),
    register('traceLedger.toggleStatusBar', reported(services.report, toggle)),
  );
}

const backgrounds: Readonly<Record<StatusLevel, string | undefined>> = {
  normal: undefined,
  warning: 'statusBarItem.warningBackground',
  alert: 'statusBarItem.errorBackground',
};

function show(item: vscode.StatusBarItem, shown: ShownStatus): void {
  const background = backgrounds[shown.level];
  item.text = marks[shown.level] + shown.text;
  item.tooltip = statusTooltip(shown);
  item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
  // Above a limit VS Code takes the foreground that belongs to the background.
  item.color =
    background === undefined ? new vscode.ThemeColor('traceLedger.statusBar.normalForeground') : undefined;
  item.command = 'traceLedger.openCostPanel';
  item.accessibilityInformation = { label: shown.spoken, role: 'button' };
  item.show();
}

/** Figures of before would be taken for those of now. */
function showStopped(item: vscode.StatusBarItem, error: unknown): void {
  item.text = '$(debug-disconnect) Trace Ledger: no figures';
  item.tooltip = messageOf(error);
  item.backgroundColor = undefined;
  item.color = undefined;
  item.command = 'traceLedger.showLog';
  item.accessibilityInformation = {
    label: `Trace Ledger has no figures: ${messageOf(error)}`,
    role: 'button',
  };
  item.show();
}

/** Where it is set already, else for the user. */
async function toggle(): Promise<void> {
  const id = 'traceLedger.statusBar.enabled';
  const inWorkspace = vscode.workspace.getConfiguration().inspect(id)?.workspaceValue !== undefined;
  await vscode.workspace
    .getConfiguration()
    .update(
      id,
      !setting(id),
      inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
    );
}
