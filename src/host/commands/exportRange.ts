import * as vscode from 'vscode';
import { oneOfSeveral } from './oneOfSeveral';
import { askDays } from '../askDays';
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
  const pick = await vscode.window.showQuickPick(picks, oneOfSeveral('Export which days?'));
  if (!pick) return undefined;
  if (pick.period !== 'custom') return resolvePeriod(pick.period, undefined, undefined, Date.now(), zone);
  const days = await askDays(zone, 'Export');
  return days && resolvePeriod('custom', days.from, days.to, Date.now(), zone);
}
