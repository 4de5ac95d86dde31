import * as vscode from 'vscode';
import { subjectOf } from './subject';
import { register, schemes, type CostTarget } from '../contributions';
import { inTurn } from '../inTurn';
import { openPreview } from '../markdownPage';
import { reported } from '../report';
import { throttled } from '../throttled';
import { oneLine } from '../tree/rowText';
import { explanationUri, namedSubjectOf } from '../uris';
import { explanationText } from '../../shared/explanationText';
import { escapeMarkdown } from '../../shared/format';
import type { NamedSubject } from './subject';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** What takes less long shows no progress. */
const patienceMs = 700;

/** "Explain This Cost": a read-only document on a call, an agent, a session, a group or what the panel shows. */
export function registerExplainCost(services: Services, views: Views): Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const renew = throttled(() => {
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === schemes.explanation && isQuick(uri)) changed.fire(uri);
  });
  const show = async (target?: CostTarget): Promise<void> => {
    const named = await subjectOf(services, views, target);
    if (!named) return;
    const uri = explanationUri(named);
    changed.fire(uri);
    await inTurn(() => openPreview(uri));
  };
  return vscode.Disposable.from(
    changed,
    renew,
    services.onDidChange(renew),
    vscode.workspace.registerTextDocumentContentProvider(schemes.explanation, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => contentOf(services, namedSubjectOf(uri)),
    }),
    register('traceLedger.explainCost', reported(services.report, show)),
  );
}

/** A session is told anew at every change; a filter may match a million calls, and is told when it is asked for. */
const isQuick = (uri: vscode.Uri): boolean => {
  const named = namedSubjectOf(uri);
  return named !== undefined && 'session' in named.subject;
};

async function contentOf(
  { ledger, question, money, runJob }: Services,
  named: NamedSubject | undefined,
): Promise<string> {
  const { mode, zone } = question();
  const explained =
    named &&
    (await runJob('Explaining the cost', (job) => ledger.explain(job, named.subject, mode), { patienceMs }));
  return explained
    ? explanationText(explained, {
        title: named.title,
        zone,
        money: money(),
        escape: (text) => escapeMarkdown(oneLine(text, 1_000)),
      })
    : 'There is no call in the ledger any more whose cost this could explain.\n';
}
