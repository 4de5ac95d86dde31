import * as vscode from 'vscode';
import { fieldLabels, type ColumnDraft } from './askColumns';
import { counted, joined, oneLine } from '../tree/rowText';
import { messageOf } from '../../shared/errors';
import { formatCount, formatTokens } from '../../shared/format';
import { amountText, daysText } from '../../shared/reconciliationText';
import type { BillField, BillPreview } from '../../shared/bill';

export interface PreviewItem extends vscode.QuickPickItem {
  readonly goesOn?: boolean;
  readonly change?: BillField;
}

/** What would come of a table, and its columns to be changed; or why nothing would. */
export function previewItems(
  preview: BillPreview | Error,
  draft: ColumnDraft,
  fields: readonly BillField[],
): PreviewItem[] {
  const separator = (label: string): PreviewItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...(preview instanceof Error ? [problemItem(preview)] : resultItems(preview, separator)),
    separator('Change'),
    ...fields.map((change) => ({
      change,
      label: `$(edit) ${fieldLabels[change].label}`,
      description: draft.fields[change] === undefined ? 'none' : oneLine(draft.fields[change], 80),
    })),
  ];
}

const problemItem = (problem: Error): PreviewItem => ({
  label: '$(warning) It cannot be read like this',
  detail: oneLine(messageOf(problem), 300),
});

function resultItems(
  { firstDay, lastDay, lines, amounts, tokens, notes, first }: BillPreview,
  separator: (label: string) => PreviewItem,
): PreviewItem[] {
  const input = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
  return [
    {
      label: '$(check) Use these columns',
      description: daysText(firstDay, lastDay),
      detail: joined(
        ...amounts.map(({ amount, currency }) => oneLine(amountText(amount, currency), 40)),
        counted(lines, formatCount(lines), 'line'),
        input + tokens.outputTokens > 0 &&
          `${formatTokens(input)} in, ${formatTokens(tokens.outputTokens)} out`,
      ),
      goesOn: true,
    },
    ...notes.map((note): PreviewItem => ({ label: `$(info) ${oneLine(note, 120)}` })),
    separator('First lines'),
    ...first.map(({ day, model, item, amount, currency }): PreviewItem => ({
      label: joined(day, oneLine(model ?? (item || 'no model'), 60)),
      description: joined(
        model !== null && oneLine(item, 60),
        amount !== null && oneLine(amountText(amount, currency), 40),
      ),
    })),
  ];
}
