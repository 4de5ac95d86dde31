import * as vscode from 'vscode';
import { pickPeriod } from './pickPeriod';
import { register, schemes, setting } from '../contributions';
import { inTurn } from '../inTurn';
import { openPreview } from '../markdownPage';
import { reported } from '../report';
import { table } from '../session/figures';
import { throttled } from '../throttled';
import { oneLine } from '../tree/rowText';
import { summaryQueryOf, summaryUri } from '../uris';
import { UserError } from '../../shared/errors';
import { escapeMarkdown } from '../../shared/format';
import { neighbour, summarySpan } from '../../shared/summary';
import { summaryText, summaryTitle } from '../../shared/summaryText';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { SummaryQuery, SummarySpan } from '../../shared/summary';

/** "Show Summary": what a day, week or month cost, as a read-only document that follows the store. */
export function registerSummaryDocument(services: Services): Disposable {
  const { report, question } = services;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const renew = throttled(() => {
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === schemes.summary) changed.fire(uri);
  });
  const show = async (query?: SummaryQuery): Promise<void> => {
    const wanted = query ?? (await pickPeriod(question().zone));
    if (wanted) await inTurn(() => openPreview(summaryUri(spanOf(services, wanted)), { preview: true }));
  };
  const step = (by: -1 | 1) => async (target?: vscode.Uri) => {
    const query = summaryQueryOf(target instanceof vscode.Uri ? target : shownUri());
    if (!query) throw new UserError('No summary is open. "Show Summary..." opens one.');
    await show(neighbour(spanOf(services, query), by));
  };
  return vscode.Disposable.from(
    changed,
    renew,
    services.onDidChange(renew),
    vscode.workspace.registerTextDocumentContentProvider(schemes.summary, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => contentOf(services, uri),
    }),
    register('traceLedger.showSummary', reported(report, show)),
    register('traceLedger.showPreviousSummary', reported(report, step(-1))),
    register('traceLedger.showNextSummary', reported(report, step(1))),
  );
}

const spanOf = ({ question }: Services, query: SummaryQuery): SummarySpan =>
  summarySpan(query, Date.now(), question().zone, setting('traceLedger.firstDayOfWeek'));

/** What the editor in front shows, be it text or the preview of it. */
function shownUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const shown = input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText;
  return shown ? input.uri : undefined;
}

async function contentOf(services: Services, uri: vscode.Uri): Promise<string> {
  const query = summaryQueryOf(uri);
  if (!query) return 'This is no summary. "Show Summary..." opens one.\n';
  const asked = services.question();
  const summary = await services.ledger.summary(spanOf(services, query), asked);
  const text = summaryText(summary, {
    zone: asked.zone,
    mode: asked.mode,
    money: services.money(),
    heading: (words) => `## ${words}`,
    table,
    escape: (words) => escapeMarkdown(oneLine(words, 1_000)),
  });
  return `# ${summaryTitle(summary)}\n\n${text}`;
}
