import { DateTime } from 'luxon';
import * as vscode from 'vscode';
import { resolvePeriod, type TimeSpan } from '../../shared/period';
import type { Period } from '../../shared/protocol';

const periods: readonly (readonly [Period, string])[] = [
  ['all', 'All time'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
  ['90d', 'Last 90 days'],
  ['custom', 'From … to …'],
];

/** Asks for a range of days in the zone of the viewer; undefined when the user gave up. */
export async function pickRange(zone: string): Promise<TimeSpan | undefined> {
  const picks = periods.map(([period, label]) => ({ period, label }));
  const pick = await vscode.window.showQuickPick(picks, { title: 'Export which days?' });
  if (pick?.period === 'custom') return askDates(zone);
  return pick && resolvePeriod(pick.period, undefined, undefined, Date.now(), zone);
}

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text).isValid;

async function askDates(zone: string): Promise<TimeSpan | undefined> {
  const today = DateTime.now().setZone(zone);
  const invalid = 'Enter a date as YYYY-MM-DD, such as 2026-01-31.';
  const from = await vscode.window.showInputBox({
    title: 'Export from',
    prompt: `First day (YYYY-MM-DD), in ${zone}`,
    value: today.startOf('month').toFormat('yyyy-MM-dd'),
    validateInput: (text) => (isDate(text) ? undefined : invalid),
  });
  if (from === undefined) return undefined;
  const to = await vscode.window.showInputBox({
    title: 'Export to',
    prompt: `Last day, included (YYYY-MM-DD), in ${zone}`,
    value: today.toFormat('yyyy-MM-dd'),
    validateInput: (text) => {
      if (!isDate(text)) return invalid;
      return text < from ? `The last day lies before the first, ${from}.` : undefined;
    },
  });
  return to === undefined ? undefined : resolvePeriod('custom', from, to, Date.now(), zone);
}
