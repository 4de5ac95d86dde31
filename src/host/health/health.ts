import * as vscode from 'vscode';
import { diagnosticsText } from './diagnosticsText';
import { environmentOf } from './environment';
import { healthText } from './healthText';
import { register } from '../contributions';
import { markdownPage } from '../markdownPage';
import { reported } from '../report';
import { throttled } from '../throttled';
import { counted } from '../tree/rowText';
import { escapeMarkdown, formatCount } from '../../shared/format';
import { messageOf } from '../../shared/errors';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { IntegrityCheck } from '../../shared/healthApi';

/** A look at everything takes longer than one at what is shown elsewhere. */
const pace = { calm: 200, gap: 3_000 };

/** "Show Health", a document that follows changes, with "Check Integrity of the Store" and "Copy Diagnostics". */
export function registerHealth(services: Services): Disposable {
  const { report, onDidChange, onDidChangeWatching } = services;
  const page = markdownPage('health', 'Health', () => contentOf(services));
  const renew = throttled(page.renew, pace);
  return vscode.Disposable.from(
    page,
    renew,
    onDidChange(renew),
    onDidChangeWatching(renew),
    register('traceLedger.showHealth', reported(report, page.show)),
    register(
      'traceLedger.checkIntegrity',
      reported(report, async () => {
        const found = await checkIntegrity(services);
        renew();
        return found;
      }),
    ),
    register(
      'traceLedger.copyDiagnostics',
      reported(report, () => copyDiagnostics(services)),
    ),
  );
}

/** Where even the worker does not answer, that is what there is to say. */
async function contentOf(services: Services): Promise<string> {
  try {
    return healthText(await services.ledger.health(), environmentOf(services));
  } catch (error) {
    return `# Health\n\nThe ledger does not answer: ${escapeMarkdown(messageOf(error))}\n\n**Show Log** says more.\n`;
  }
}

async function checkIntegrity({ ledger, runJob }: Services): Promise<IntegrityCheck> {
  const found = await runJob('Checking the store', (job) => ledger.checkIntegrity(job), { patienceMs: 500 });
  const { problems, tables } = found;
  if (problems.length === 0)
    void vscode.window.showInformationMessage(
      `The store is whole: ${counted(tables, formatCount(tables), 'table')} checked with their indexes.`,
    );
  else
    void vscode.window.showErrorMessage(
      `The store is damaged (${counted(problems.length, formatCount(problems.length), 'problem')}): close all windows, move its file away and start again; it is rebuilt from your sources and notes.`,
    );
  return found;
}

async function copyDiagnostics(services: Services): Promise<string> {
  const { ledger } = services;
  const [health, models] = await Promise.all([ledger.health(), ledger.modelCensus()]);
  const text = diagnosticsText(health, models, environmentOf(services), vscode.env.machineId);
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage(
    'Diagnostics are in the clipboard: without paths, names or texts of yours.',
  );
  return text;
}
