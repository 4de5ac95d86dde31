import * as vscode from 'vscode';
import { register } from '../contributions';
import { reported } from '../report';
import { formatWhen } from '../../shared/format';
import { resolvePeriod } from '../../shared/period';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Snooze Alerts": nothing is told for a while, in no window; the log goes on. */
export function registerSnoozeAlerts(services: Services): Disposable {
  const { ledger, report, question } = services;
  const snooze = async (minutes?: number) => {
    const until = minutes === undefined ? await pick(services) : Date.now() + minutes * 60_000;
    if (until === undefined) return;
    await ledger.snoozeAlerts(until);
    const { zone } = question();
    if (until > Date.now())
      vscode.window.setStatusBarMessage(
        `Trace Ledger tells no alerts until ${formatWhen(until, zone)}`,
        5_000,
      );
  };
  return register('traceLedger.snoozeAlerts', reported(report, snooze));
}

async function pick({ ledger, question }: Services): Promise<number | undefined> {
  const now = Date.now();
  const { zone } = question();
  const snoozed = await ledger.snoozedUntil();
  const items = [
    ...(snoozed === undefined ? [] : [{ label: 'Tell alerts again now', until: now }]),
    { label: '15 minutes', until: now + 15 * 60_000 },
    { label: '1 hour', until: now + 60 * 60_000 },
    { label: 'Today', until: resolvePeriod('today', undefined, undefined, now, zone).until! },
  ];
  const title = 'For how long to tell no alerts?';
  const placeHolder = snoozed === undefined ? '' : `None are told until ${formatWhen(snoozed, zone)}`;
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.until;
}
