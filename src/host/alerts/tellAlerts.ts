import * as vscode from 'vscode';
import { raiseLimit } from './raiseLimit';
import { invoke } from '../contributions';
import { reported } from '../report';
import { oneLine, shortId } from '../tree/rowText';
import { alertText } from '../../budgets/alertText';
import { formatWhen } from '../../shared/format';
import type { Services } from '../services';
import type { Alert } from '../../shared/alerts';
import type { Disposable } from '../../shared/emitter';

/** Tells of limits that were reached: several at once in one notification. */
export function registerTellAlerts(services: Services): Disposable {
  const told = reported(services.report, (alerts: readonly Alert[]) => tell(services, alerts));
  return services.onAlerts(({ alerts }) => void told(alerts));
}

type Action = readonly [title: string, run: () => unknown];

async function tell(services: Services, alerts: readonly Alert[]): Promise<void> {
  const [first] = alerts;
  if (!first) return;
  const { zone } = services.question();
  const { format } = services.money();
  const texts = alerts.map((alert) =>
    alertText({ ...alert, label: nameOf(alert) }, format, (at) => formatWhen(at, zone)),
  );
  const isOne = alerts.length === 1;
  const message = isOne ? texts[0]! : `${alerts.length} alerts. ${texts.slice(0, 3).join(' ')}`;
  const actions = isOne ? actionsOf(first) : [showAll, snooze];
  const chosen = await vscode.window.showWarningMessage(
    `${message}${hint(alerts)}`,
    ...actions.map(([title]) => title),
  );
  await actions.find(([title]) => title === chosen)?.[1]();
}

/** Names come from foreign files, or are long. */
const nameOf = ({ rule, label }: Alert): string => (rule === 'budget' ? oneLine(label, 60) : shortId(label));

/** What somebody might expect of an editor. */
const hint = (alerts: readonly Alert[]): string =>
  alerts.some(({ rule }) => rule !== 'budget') ? ' Trace Ledger only watches; stop it where it runs.' : '';

const snooze: Action = ['Snooze…', () => invoke('traceLedger.snoozeAlerts')];
const showAll: Action = ['Show Alerts', () => invoke('traceLedger.showAlerts')];

function actionsOf(alert: Alert): readonly Action[] {
  const raise: Action = ['Raise Limit…', () => raiseLimit(alert)];
  if (alert.rule === 'budget') return [showAll, snooze, raise];
  return [
    ['Open Session', () => invoke('traceLedger.showSession', alert.subject)],
    ['Write Note', () => invoke('traceLedger.editNote', alert.subject)],
    snooze,
    raise,
  ];
}
