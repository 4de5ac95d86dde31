import * as vscode from 'vscode';
import { invoke } from '../contributions';
import { counted, joined, oneLine, shortId } from '../tree/rowText';
import { budgetShort, budgetText } from '../../budgets/alertText';
import { formatCount, formatWhen } from '../../shared/format';
import { costLabel } from '../../shared/money';
import type { Money } from '../../shared/money';
import { askStatus } from './liveStatus';
import { costWord, tokensWord } from './statusText';
import type { Services } from '../services';
import type { ShownStatus } from './liveStatus';
import type { BudgetState } from '../../shared/alerts';
import type { LiveFigures } from '../../shared/statusApi';

interface StatusPick extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

/** The figures of the status bar as a list to walk through by keyboard. @returns what the status bar says aloud. */
export async function showStatus(services: Services): Promise<string> {
  const shown = await askStatus(services);
  // Whoever called it does not wait until somebody has chosen.
  void vscode.window
    .showQuickPick(picksOf(shown), { title: 'What it costs', placeHolder: shown.spoken })
    .then((choice) => choice?.run?.());
  return shown.spoken;
}

function picksOf({ figures, inWorkspace, zone, money }: ShownStatus): StatusPick[] {
  const { total, models, session, budget } = figures;
  const day: StatusPick = {
    label: `$(calendar) ${inWorkspace ? 'Today in this workspace' : 'Today'}: ${costWord(total, money)}`,
    description: joined(states(total), calls(total), `${tokensWord(total.tokens)} tokens`),
    detail: 'Opens the cost panel',
    run: () => invoke('traceLedger.openCostPanel'),
  };
  return [
    day,
    ...(session ? [sessionPick(session, zone, money)] : []),
    ...(budget ? [budgetPick(budget, zone, money)] : []),
    ...models.map((model) => ({
      label: `$(blank) ${oneLine(model.model ?? 'no model', 60)}: ${costWord(model, money)}`,
      description: joined(states(model), calls(model), `${tokensWord(model.tokens)} tokens`),
      run: () => invoke('traceLedger.openCostPanel', { models: [model.model] }),
    })),
    {
      label: '$(eye-closed) Show or hide the status bar item',
      run: () => invoke('traceLedger.toggleStatusBar'),
    },
  ];
}

const budgetPick = (budget: BudgetState, zone: string, money: Money): StatusPick => ({
  label: `$(target) ${oneLine(budget.budget.name, 60)}: ${budgetShort(budget, money.format)}`,
  description: budgetText(budget, money.format, (at) => formatWhen(at, zone)),
  detail: 'Shows the alerts',
  run: () => invoke('traceLedger.showAlerts'),
});

const sessionPick = (
  session: NonNullable<ShownStatus['figures']['session']>,
  zone: string,
  money: Money,
): StatusPick => ({
  label: `$(comment-discussion) Session ${shortId(session.id)}: ${costWord(session, money)}`,
  description: joined(
    states(session),
    calls(session),
    `${tokensWord(session.tokens)} tokens`,
    `last call ${formatWhen(session.lastAt, zone).slice(-5)}`,
  ),
  detail: 'Shows the session',
  run: () => invoke('traceLedger.showSession', session.key),
});

const calls = (figures: LiveFigures): string => counted(figures.calls, formatCount(figures.calls), 'call');

/** What the cost is not made of. */
const states = (figures: LiveFigures): string =>
  costLabel(figures, () => '')
    .split(' · ')
    .filter(Boolean)
    .join(' · ');
