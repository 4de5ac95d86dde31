import * as vscode from 'vscode';
import { setting } from '../contributions';
import type { RetentionAges } from '../../shared/retentionApi';

const days = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.floor(value) : 0);

/** As the settings have them; what is no number of days is off. */
export const retentionAges = (): RetentionAges => ({
  compactAfterDays: days(setting('traceLedger.retention.compactAfterDays')),
  dailyAfterDays: days(setting('traceLedger.retention.dailyAfterDays')),
  deleteAfterDays: days(setting('traceLedger.retention.deleteAfterDays')),
});

export const openRetentionSettings = (): Thenable<unknown> =>
  vscode.commands.executeCommand('workbench.action.openSettings', 'traceLedger.retention');

/** Nothing is summed up or deleted by itself any more, in the settings of the user. */
export async function turnRetentionOff(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('traceLedger.retention');
  for (const [name, value] of Object.entries(retentionAges()))
    if (value > 0) await settings.update(name, 0, vscode.ConfigurationTarget.Global);
}
