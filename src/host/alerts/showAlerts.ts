import * as vscode from 'vscode';
import { register, schemes } from '../contributions';
import { reported } from '../report';
import { oneLine } from '../tree/rowText';
import { alertText, budgetText } from '../../budgets/alertText';
import { escapeMarkdown, formatWhen } from '../../shared/format';
import type { Services } from '../services';
import type { AlertRow, BudgetState } from '../../shared/alerts';
import type { Disposable } from '../../shared/emitter';

const uri = vscode.Uri.from({ scheme: schemes.alerts, path: '/Alerts.md' });
const maxRows = 500;

/** "Show Alerts": how budgets stand, and every limit that was reached: when, what, and whether it was told or why not. */
export function registerShowAlerts(services: Services): Disposable {
  const { report, onDidChange } = services;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const isOpen = (): boolean =>
    vscode.workspace.textDocuments.some(({ uri: { scheme } }) => scheme === schemes.alerts);
  return vscode.Disposable.from(
    changed,
    onDidChange(() => isOpen() && changed.fire(uri)),
    vscode.workspace.registerTextDocumentContentProvider(schemes.alerts, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => alertsText(services),
    }),
    register(
      'traceLedger.showAlerts',
      reported(report, async () => {
        changed.fire(uri);
        await vscode.workspace.openTextDocument(uri);
        await vscode.commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor');
      }),
    ),
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
