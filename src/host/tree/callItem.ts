import * as vscode from 'vscode';
import { joined, oneLine } from './rowText';
import { figures, markdown, mediaFigures } from '../session/figures';
import { escapeMarkdown, formatCount, formatDuration, formatTokens, formatWhen } from '../../shared/format';
import type { CallRow, Usage } from '../../shared/model';
import type { Money } from '../../shared/money';

/** One call: its model, cost and tokens. Its tooltip comes when it is asked for. */
export function callItem(row: CallRow, zone: string, money: Money): vscode.TreeItem {
  const name = nameOf(row);
  const item = new vscode.TreeItem(name);
  item.description = joined(
    row.failed && 'failed',
    callCost(row, money),
    `${formatTokens(inputOf(row.usage))} in, ${formatTokens(row.usage.outputTokens)} out`,
    row.at === undefined ? 'no time' : formatWhen(row.at, zone),
  );
  item.contextValue = 'call';
  item.iconPath = row.failed
    ? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
    : new vscode.ThemeIcon('arrow-small-right');
  item.accessibilityInformation = { label: `Call of ${name}, ${item.description}` };
  return item;
}

const nameOf = ({ model }: CallRow): string => (model === null ? 'Unknown model' : oneLine(model));

/** `$0.12`, `$0.12 inexact`, `unpriced`, `included`. */
function callCost({ cost, state, exact }: CallRow, { format }: Money): string {
  if (state === 'included') return 'included';
  if (cost === null) return 'unpriced';
  return exact ? format(cost) : `${format(cost)} inexact`;
}

const inputOf = (usage: Usage): number => usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;

export function callTooltip(row: CallRow, zone: string, money: Money): vscode.MarkdownString {
  const name = nameOf(row);
  const { usage } = row;
  const amount = (nano: number | null) => (nano === null ? 'unknown' : money.exact(nano));
  const some = (count: number) => (count > 0 ? formatCount(count) : undefined);
  return markdown(
    `**${escapeMarkdown(name)}**${row.provider === null ? '' : ` · ${escapeMarkdown(oneLine(row.provider))}`}`,
    figures([
      [
        'Cost',
        row.cost === null ? row.state : `${amount(row.cost)} (${row.state}${row.exact ? '' : ', inexact'})`,
      ],
      ['Recorded', amount(row.recorded)],
      ['Computed', amount(row.computed)],
      ['Currency', money.note],
      ['Input', formatCount(usage.inputTokens)],
      ['Cache read', some(usage.cacheReadTokens)],
      ['Cache write', some(usage.cacheWriteTokens)],
      ['Output', formatCount(usage.outputTokens)],
      ['of it reasoning', some(usage.reasoningTokens)],
      ...mediaFigures(usage),
      ['Latency', row.latencyMs === null ? undefined : formatDuration(row.latencyMs)],
      ['Time', row.at === undefined ? 'unknown' : formatWhen(row.at, zone)],
      ['Error', row.failed ? escapeMarkdown(oneLine(row.error ?? 'failed', 200)) : undefined],
      ['Call ID', escapeMarkdown(oneLine(row.id))],
    ]),
  );
}
