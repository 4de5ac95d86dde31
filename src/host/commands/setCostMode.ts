import * as vscode from 'vscode';
import { register, setting } from '../contributions';
import { reported } from '../report';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { CostMode } from '../../shared/model';

const modes: Readonly<Record<CostMode, readonly [label: string, detail: string]>> = {
  auto: ['Automatic', 'Exact recorded cost, else tokens times list price, else inexact recorded cost'],
  recorded: ['Recorded', 'Only what the source itself recorded'],
  computed: ['Computed', 'Only tokens times the list price in force at the time of the call'],
};

/** "Set Cost Mode": changes the setting where it is set already, else for the user. */
export function registerSetCostMode({ report }: Services): Disposable {
  const set = async (given?: CostMode) => {
    const mode = given !== undefined && given in modes ? given : await pick();
    if (mode === undefined) return;
    const configuration = vscode.workspace.getConfiguration('traceLedger');
    const inWorkspace = configuration.inspect('costMode')?.workspaceValue !== undefined;
    const { Workspace, Global } = vscode.ConfigurationTarget;
    await configuration.update('costMode', mode, inWorkspace ? Workspace : Global);
  };
  return register('traceLedger.setCostMode', reported(report, set));
}

async function pick(): Promise<CostMode | undefined> {
  const now = setting('traceLedger.costMode');
  const items = (Object.keys(modes) as CostMode[]).map((mode) => {
    const [label, detail] = modes[mode];
    return { mode, label, detail, ...(mode === now ? { description: 'in use' } : {}) };
  });
  const title = 'Which cost counts?';
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.mode;
}
