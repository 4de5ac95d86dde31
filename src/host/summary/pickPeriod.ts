import { DateTime } from 'luxon';
import * as vscode from 'vscode';
import { askDays } from '../askDays';
import type { SummaryQuery } from '../../shared/summary';

interface PeriodPick extends vscode.QuickPickItem {
  readonly query: SummaryQuery;
}

/** Asks which period to sum up, in the zone of the viewer; undefined when the user gave up. */
export async function pickPeriod(zone: string): Promise<SummaryQuery | undefined> {
  const now = DateTime.now().setZone(zone);
  const last = (unit: 'day' | 'week' | 'month'): SummaryQuery => ({
    period: unit,
    of: now.minus({ [unit]: 1 }).toFormat('yyyy-MM-dd'),
  });
  const items: readonly PeriodPick[] = [
    { label: 'Today', query: { period: 'day' } },
    { label: 'Yesterday', query: last('day') },
    { label: 'This week', query: { period: 'week' } },
    { label: 'Last week', query: last('week') },
    { label: 'This month', query: { period: 'month' } },
    { label: 'Last month', query: last('month') },
    { label: 'From … to …', query: { period: 'custom' } },
  ];
  const pick = await vscode.window.showQuickPick(items, { title: 'Sum up which period?' });
  if (pick?.query.period !== 'custom') return pick?.query;
  const days = await askDays(zone, 'Sum up');
  return days && { period: 'custom', ...days };
}
