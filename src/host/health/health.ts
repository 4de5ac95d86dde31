import * as vscode from 'vscode';
import { diagnosticsText } from './diagnosticsText';
import { environmentOf } from './environment';
import { healthText } from './healthText';
import { register, schemes } from '../contributions';
import { reported } from '../report';
import { throttled } from '../throttled';
import { counted } from '../tree/rowText';
import { escapeMarkdown, formatCount } from '../../shared/format';
import { messageOf } from '../../shared/errors';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { IntegrityCheck } from '../../shared/healthApi';

const uri = vscode.Uri.from({ scheme: schemes.health, path: '/Health.md' });
/** A look at everything takes longer than one at what is shown elsewhere. */
const pace = { calm: 200, gap: 3_000 };

/** "Show Health", a document that follows changes, with "Check Integrity of the Store" and "Copy Diagnostics". */
export function registerHealth(services: Services): Disposable {
  const { report, onDidChange, onDidChangeWatching } = services;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const renew = throttled(() => {
    if (vscode.workspace.textDocuments.some(({ uri: { scheme } }) => scheme === schemes.health))
      changed.fire(uri);
  }, pace);
  return vscode.Disposable.from(
    changed,
    renew,
    onDidChange(renew),
    onDidChangeWatching(renew),
    vscode.workspace.registerTextDocumentContentProvider(schemes.health, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => contentOf(services),
    }),
    register(
      'traceLedger.showHealth',
      reported(report, async () => {
        changed.fire(uri);
        await vscode.workspace.openTextDocument(uri);
        await vscode.commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor');
      }),
    ),
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
