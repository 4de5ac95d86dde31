import * as vscode from 'vscode';
import { plainSetting } from '../contributions';
import { budgetsWith } from '../../budgets/raised';
import { decimalUsd } from '../../shared/format';
import type { Settings } from '../contributions';
import type { Alert } from '../../shared/alerts';

/** Asks for another limit, beginning with the present one, and writes it into the user's settings. */
export async function raiseLimit(alert: Alert): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: `Limit of ${alert.rule === 'budget' ? alert.label : titles[alert.rule]}`,
    prompt: 'US dollars. 0 is no limit.',
    value: decimalUsd(alert.limit),
    validateInput: (value) =>
      amountIn(value) === undefined ? 'Enter an amount in US dollars, such as 2.50.' : undefined,
  });
  const usd = text === undefined ? undefined : amountIn(text);
  if (usd === undefined) return;
  const value = alert.rule === 'budget' ? budgetsWith(plainSetting('traceLedger.budgets'), alert, usd) : usd;
  await vscode.workspace
    .getConfiguration()
    .update(settingOf(alert), value, vscode.ConfigurationTarget.Global);
}

const titles = { session: 'a session', call: 'a call', burnRate: 'a session, a minute' } as const;

function amountIn(text: string): number | undefined {
  const usd = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(usd) && usd >= 0 ? usd : undefined;
}

function settingOf({ rule, level }: Alert): keyof Settings {
  if (rule === 'budget') return 'traceLedger.budgets';
  if (rule === 'call') return 'traceLedger.alerts.call';
  if (rule === 'burnRate') return 'traceLedger.alerts.burnRate';
  return level === 'alert' ? 'traceLedger.alerts.session.alert' : 'traceLedger.alerts.session.warning';
}
