import * as vscode from 'vscode';
import type { Settings } from './contributions';

/** Tells that a setting is not used, with the way to it. */
export function warnOfSetting(key: keyof Settings, message: string): void {
  void vscode.window.showWarningMessage(message, 'Open Settings').then((choice) => {
    if (choice === undefined) return;
    const revealSetting = { key };
    void vscode.commands.executeCommand('workbench.action.openSettingsJson', { revealSetting });
  });
}
