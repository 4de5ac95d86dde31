import { figures, markdown, timesOf, totalsFigures } from './figures';
import { oneLine } from '../tree/rowText';
import { escapeMarkdown, firstLine, formatCount, formatDuration } from '../../shared/format';
import type { SessionDetail } from '../../shared/model';
import type { Money } from '../../shared/money';
import type * as vscode from 'vscode';

/** The most important of what is known of a session. */
export function sessionTooltip(detail: SessionDetail, zone: string, money: Money): vscode.MarkdownString {
  const { durationMs, firstToken, functionCalls, labels, latency, note } = detail;
  return markdown(
    `**${escapeMarkdown(oneLine(detail.id))}**`,
    note === null ? '' : `_${escapeMarkdown(firstLine(note.text, 200))}_`,
    detail.excluded ? 'Excluded from analytics' : '',
    figures([
      [
        'Experiment',
        detail.experimentName === null ? undefined : escapeMarkdown(oneLine(detail.experimentName)),
      ],
      ['Project', detail.project === null ? undefined : escapeMarkdown(oneLine(detail.project))],
      ['Branch', detail.branch === null ? undefined : escapeMarkdown(oneLine(detail.branch))],
      ['Tag', detail.tag === null ? undefined : escapeMarkdown(oneLine(detail.tag))],
      ...totalsFigures(detail, money),
      [
        'Own cost',
        detail.byAgent ? `${money.exact(detail.byAgent.own.cost)}, the rest by agents` : undefined,
      ],
      ['Models', detail.models.map((model) => escapeMarkdown(oneLine(model, 60))).join(', ')],
      [
        'Latency',
        latency ? `p50 ${formatDuration(latency.p50)}, p95 ${formatDuration(latency.p95)}` : undefined,
      ],
      ['First token', firstToken ? `p50 ${formatDuration(firstToken.p50)}` : undefined],
      ['Function calls', functionCalls === null ? undefined : formatCount(functionCalls)],
      ['Duration', durationMs === null ? undefined : formatDuration(durationMs)],
      ['Labels', escapeMarkdown(oneLine(labels.join(', ')))],
      ...timesOf(detail.at, detail.lastAt, zone),
    ]),
  );
}
