import * as vscode from 'vscode';
import { register } from '../contributions';
import { markdownPage } from '../markdownPage';
import { reported } from '../report';
import { oneLine } from '../tree/rowText';
import { alertText, budgetText } from '../../budgets/alertText';
import { escapeMarkdown, formatWhen } from '../../shared/format';
import type { Services } from '../services';
import type { AlertRow, BudgetState } from '../../shared/alerts';
import type { Disposable } from '../../shared/emitter';

const maxRows = 500;

/** "Show Alerts": how budgets stand, and every limit that was reached: when, what, and whether it was told or why not. */
export function registerShowAlerts(services: Services): Disposable {
  const { report, onDidChange } = services;
  const page = markdownPage('alerts', 'Alerts', () => alertsText(services));
  return vscode.Disposable.from(
    page,
    onDidChange(page.renew),
    register('traceLedger.showAlerts', reported(report, page.show)),
  );
}

async function alertsText({ ledger, question, money }: Services): Promise<string> {
  const [budgets, alerts, snoozed] = await Promise.all([
    ledger.budgets(),
    ledger.alertLog(maxRows),
    ledger.snoozedUntil(),
  ]);
  const { zone } = question();
  const { format, note } = money();
  const when = (at: number): string => formatWhen(at, zone);
  return [
    '# Alerts',
    snoozed === undefined ? '' : `None are told until ${when(snoozed)}: they are snoozed.`,
    '## Budgets',
    budgets.length === 0
      ? 'There are none. Set them in `traceLedger.budgets`.'
      : table(
          ['Budget', 'How it stands'],
          budgets.map((state) => budgetRow(state, format, when)),
        ),
    '## Log',
    alerts.length === 0
      ? 'No limit has been reached.'
      : table(
          ['When', 'What', ''],
          alerts.map((alert) => alertRow(alert, format, when)),
        ),
    alerts.length === maxRows ? `Only the newest ${maxRows} are listed.` : '',
    note,
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

type Format = (nano: number) => string;
type When = (at: number) => string;

const budgetRow = (state: BudgetState, format: Format, when: When): readonly string[] => [
  escapeMarkdown(oneLine(state.budget.name)),
  escapeMarkdown(budgetText(state, format, when)),
];

const alertRow = (alert: AlertRow, format: Format, when: When): readonly string[] => [
  when(alert.callAt),
  escapeMarkdown(alertText({ ...alert, label: oneLine(alert.label) }, format, when)),
  alert.toldAt !== undefined ? `told ${when(alert.toldAt)}` : `not told: ${alert.why ?? 'it is about to be'}`,
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => ':--'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
