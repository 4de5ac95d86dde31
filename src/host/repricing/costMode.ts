import * as vscode from 'vscode';
import { invoke, register, setting } from '../contributions';
import { reported } from '../report';
import { formatCount } from '../../shared/format';
import { changeText } from '../../shared/priceDifferenceText';
import type { PriceChangesDocument } from './priceChangesDocument';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { CostMode } from '../../shared/model';
import type { PriceDifference } from '../../shared/repricing';

const modes: Readonly<Record<CostMode, readonly [label: string, detail: string]>> = {
  auto: ['Automatic', 'Exact recorded cost, else tokens times list price, else inexact recorded cost'],
  recorded: ['Recorded', 'Only what the source itself recorded'],
  computed: ['Computed', 'Only tokens times the list price in force at the time of the call'],
};

/** "Set Cost Mode": shows what would change, changes the setting where it is set already, else for the user, and back. */
export function registerCostMode(services: Services, document: PriceChangesDocument): Disposable {
  const set = async (given?: CostMode, options?: { readonly preview?: boolean }): Promise<void> => {
    const before = setting('traceLedger.costMode');
    const isGiven = given !== undefined && given in modes;
    const mode = isGiven ? given : await pick(services);
    if (mode === undefined || mode === before) return;
    const difference = isGiven && !options?.preview ? undefined : await differenceOf(services, mode);
    if (
      difference &&
      difference.changes.length > 0 &&
      !(await confirm(document, mode, changeText(difference, services.money()), difference))
    )
      return;
    await update(mode);
    if (difference) tellChanged(mode, before, changeText(difference, services.money()));
  };
  return register('traceLedger.setCostMode', reported(services.report, set));
}

const differenceOf = ({ ledger, question }: Services, mode: CostMode): Promise<PriceDifference> => {
  const { mode: now, zone } = question();
  return ledger.modeDifference('compare cost modes', { mode: now, zone }, mode);
};

async function update(mode: CostMode): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('traceLedger');
  const inWorkspace = configuration.inspect('costMode')?.workspaceValue !== undefined;
  const { Workspace, Global } = vscode.ConfigurationTarget;
  await configuration.update('costMode', mode, inWorkspace ? Workspace : Global);
}

async function pick({ ledger, question, money }: Services): Promise<CostMode | undefined> {
  const now = setting('traceLedger.costMode');
  const items = Promise.all(
    (Object.keys(modes) as CostMode[]).map(async (mode) => {
      const [label, detail] = modes[mode];
      const { total } = await ledger.report({ ...question(), mode }, null);
      const unpriced = total.unpricedCalls > 0 ? `, ${formatCount(total.unpricedCalls)} unpriced` : '';
      const description = `${money().format(total.cost)}${unpriced}${mode === now ? ' · in use' : ''}`;
      return { mode, label, detail, description };
    }),
  );
  const title = 'Which cost counts?';
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.mode;
}

/** Resolves to true when it is to be changed. */
async function confirm(
  document: PriceChangesDocument,
  mode: CostMode,
  change: string,
  difference: PriceDifference,
): Promise<boolean> {
  const [label] = modes[mode];
  const apply = { label: `Count by ${label}`, detail: change };
  const show = { label: 'Show the difference first', detail: 'By model and month, in an editor' };
  const title = `Cost mode ${label}: what changes`;
  const choice = await vscode.window.showQuickPick([apply, show], { title });
  if (choice === show) {
    await document.showMode(`From the present cost mode to ${label}`, difference);
    const answer = await vscode.window.showInformationMessage(
      `Count by ${label}? ${change}.`,
      `Count by ${label}`,
    );
    return answer !== undefined;
  }
  return choice === apply;
}

function tellChanged(mode: CostMode, before: CostMode, change: string): void {
  const message = `The cost mode is ${modes[mode][0]} now: ${change}.`;
  void vscode.window
    .showInformationMessage(message, 'Undo')
    .then((choice) => choice && invoke('traceLedger.setCostMode', before));
}
