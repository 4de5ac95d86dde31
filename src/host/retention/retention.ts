import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { openRetentionSettings, retentionAges, turnRetentionOff } from './ages';
import { isEmpty, planDetail, planSentence, resultText } from './planText';
import { invoke, register } from '../contributions';
import { isCancelled, reported } from '../report';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { CompactionPlan, RetentionAges } from '../../shared/retentionApi';

const firstLookMs = 90_000;
const lookEveryMs = 3_600_000;
const [compact, exportFirst, notNow, never] = ['Compact', 'Export First...', 'Not Now', 'Never'] as const;

/**
 * Old calls become sums, once a day in all windows together and quietly, after the user has seen and agreed to what would
 * go. "Compact Old Calls..." does it at once.
 */
export function registerRetention(services: Services): Disposable {
  const look = () =>
    turn(services).catch((error: unknown) => {
      // Nobody asked for it: tomorrow is another day.
      if (!isCancelled(error)) services.log.warn(`Old calls were not compacted: ${String(error)}`);
    });
  const first = setTimeout(() => void look(), firstLookMs);
  const again = setInterval(() => void look(), lookEveryMs);
  return vscode.Disposable.from(
    { dispose: () => (clearTimeout(first), clearInterval(again)) },
    register(
      'traceLedger.compactHistory',
      reported(services.report, (confirmed) => compactNow(services, confirmed === true)),
    ),
  );
}

async function turn(services: Services): Promise<void> {
  const { ledger, log } = services;
  const ages = retentionAges();
  const next = await ledger.retentionTurn(ages);
  if (next.kind === 'ask') await ask(services, next.plan, ages);
  if (next.kind === 'run') log.info(resultText(await ledger.compact(randomUUID(), ages)));
}

async function ask(services: Services, plan: CompactionPlan, ages: RetentionAges): Promise<void> {
  const message = `Keep the ledger small: ${planSentence(plan)} Totals, sessions, tags and notes stay; single calls go.`;
  const choice = await vscode.window.showInformationMessage(message, compact, exportFirst, notNow, never);
  if (choice === never) await turnRetentionOff();
  if (choice === exportFirst) await exportCalls(plan);
  if (choice !== compact) return services.ledger.answerRetention('later');
  await services.ledger.answerRetention(ages);
  await run(services);
}

async function compactNow(services: Services, confirmed: boolean): Promise<number | undefined> {
  const ages = retentionAges();
  const plan = await services.ledger.compactionPlan(ages);
  if (isEmpty(plan)) {
    if (!confirmed) void tellNothing(plan);
    return 0;
  }
  if (!confirmed && !(await confirm(plan))) return undefined;
  return run(services);
}

async function tellNothing({ before }: CompactionPlan): Promise<void> {
  const settings = 'Open Settings';
  const message =
    before === undefined
      ? 'Compacting is off: set after how many days calls become sums.'
      : 'No call is to become a sum yet.';
  if ((await vscode.window.showInformationMessage(message, settings)) === settings)
    await openRetentionSettings();
}

async function confirm(plan: CompactionPlan): Promise<boolean> {
  const message = `Compact old calls? ${planSentence(plan)}`;
  const options = { modal: true, detail: planDetail(plan) };
  const choice = await vscode.window.showWarningMessage(message, options, compact, exportFirst);
  if (choice === exportFirst) await exportCalls(plan);
  return choice === compact;
}

/** All that would go: excluded calls become sums, too. */
const exportCalls = ({ before }: CompactionPlan) =>
  invoke('traceLedger.export', { level: 'call', withExcluded: true, filter: { until: before! } });

async function run({ ledger, runJob }: Services): Promise<number> {
  const result = await runJob('Compacting old calls', (job) => ledger.compact(job, retentionAges()));
  void vscode.window.showInformationMessage(resultText(result));
  return result.calls;
}
