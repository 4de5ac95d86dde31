import * as vscode from 'vscode';
import { setting } from '../contributions';
import { parseLimits } from '../../budgets/limits';
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
  const [id, value] = alert.rule === 'budget' ? budgetsWith(alert, usd) : ([settingOf(alert), usd] as const);
  await vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Global);
}

const titles = { session: 'a session', call: 'a call', burnRate: 'a session, a minute' } as const;

function amountIn(text: string): number | undefined {
  const usd = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(usd) && usd >= 0 ? usd : undefined;
}

function settingOf({ rule, level }: Alert): keyof Settings {
  if (rule === 'call') return 'traceLedger.alerts.call';
  if (rule === 'burnRate') return 'traceLedger.alerts.burnRate';
  return level === 'alert' ? 'traceLedger.alerts.session.alert' : 'traceLedger.alerts.session.warning';
}

/** The entry that the alert is of, by its name, period and limit; one without a limit goes. */
function budgetsWith(alert: Alert, usd: number): readonly [keyof Settings, unknown] {
  const entries = JSON.parse(JSON.stringify(setting('traceLedger.budgets'))) as object[];
  const isMeant = (entry: object): boolean => {
    const [budget] = parseLimits({ ...none, budgets: [entry] }).limits.budgets;
    return budget?.name === alert.subject && budget.period === alert.period && budget.limit === alert.limit;
  };
  const changed = entries.flatMap((entry) =>
    !isMeant(entry) ? [entry] : usd === 0 ? [] : [{ ...entry, limit: usd }],
  );
  return ['traceLedger.budgets', changed];
}

const none = { warning: 0, alert: 0, call: 0, burnRate: 0 };
