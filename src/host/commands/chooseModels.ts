import * as vscode from 'vscode';
import { register } from '../contributions';
import { reported } from '../report';
import { counted, joined, oneLine } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { ModelRow } from '../../shared/protocol';

/** "Choose Models in Analytics": calls of the models that are not chosen stay, and are counted as excluded alone. */
export function registerChooseModels({ ledger, report }: Services): Disposable {
  const choose = async (given?: readonly string[]) => {
    const models = await ledger.models();
    if (models.length === 0) {
      void vscode.window.showInformationMessage('No model has been met yet. Import something first.');
      return;
    }
    const included = given ?? (await pick(models));
    if (!included) return;
    for (const { name, excluded } of models) {
      const exclude = !included.includes(name);
      if (exclude !== excluded) await ledger.setExcluded('model', name, exclude);
    }
  };
  return register('traceLedger.chooseModels', reported(report, choose));
}

async function pick(models: readonly ModelRow[]): Promise<readonly string[] | undefined> {
  const items = models.map(({ name, calls, excluded }) => ({
    name,
    label: oneLine(name),
    description: joined(excluded && 'excluded', counted(calls, formatCount(calls), 'call')),
    picked: !excluded,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    // Boxes that were taken are not lost when the window loses the focus for a moment.
    ignoreFocusOut: true,
    title: 'Choose models in analytics',
    placeHolder: 'Calls of models without a check mark are counted in no total',
  });
  return chosen?.map(({ name }) => name);
}
