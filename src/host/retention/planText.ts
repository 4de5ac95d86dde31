import { counted } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import type { CompactionPlan, CompactionResult } from '../../shared/retentionApi';
import type { Millis } from '../../shared/model';

/** Days are counted in UTC here. */
const day = (at: Millis): string => new Date(at).toISOString().slice(0, 10);
const calls = (count: number): string => counted(count, formatCount(count), 'call');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Whether anything would happen. */
export const isEmpty = ({ calls: old, dailyCalls, deletedCalls }: CompactionPlan): boolean =>
  old + dailyCalls + deletedCalls === 0;

/** One sentence: what would become of what. */
export function planSentence(plan: CompactionPlan): string {
  const { before, daysBefore, deleteBefore } = plan;
  const parts = [
    plan.calls > 0 &&
      `${calls(plan.calls)} of ${counted(plan.sessions, formatCount(plan.sessions), 'session')} before ${day(before!)} become sums`,
    plan.dailyCalls > 0 && `sums of ${calls(plan.dailyCalls)} before ${day(daysBefore!)} become sums by day`,
    plan.deletedCalls > 0 &&
      `${calls(plan.deletedCalls)} before ${day(deleteBefore!)} are deleted from all totals`,
  ].filter((part) => part !== false);
  return `${parts.join(', ')}.`;
}

/** What goes and what stays. */
export const planDetail = (plan: CompactionPlan): string =>
  [
    'Stays: every total by session, model, provider, source, day, experiment, user, tag, project, branch and agent, to the billionth of a dollar; sessions, tags and notes.',
    'Goes: the list of single calls with their times, latency and error texts, and with it what explains or compares their costs one by one. Sums are by quarter hour, older ones by day.',
    plan.deletedCalls > 0
      ? `Deleted: ${calls(plan.deletedCalls)} are in no total any more, and sessions without a note of which nothing is left.`
      : '',
    'Importing the same files again does not bring the calls back. It cannot be undone; "Export First..." writes these calls to a file, those that are excluded from analytics, too.',
  ]
    .filter((line) => line !== '')
    .join('\n\n');

/** What was done. */
export const resultText = ({ calls: done, bytesBefore, bytesAfter }: CompactionResult): string =>
  `${calls(done)} ${done === 1 ? 'is' : 'are'} kept as sums now; the ledger takes ${megabytes(bytesAfter)}, before ${megabytes(bytesBefore)}.`;
