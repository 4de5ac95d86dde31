import * as vscode from 'vscode';
import { register } from '../contributions';
import { markdownPage } from '../markdownPage';
import { reported } from '../report';
import { counted, oneLine } from '../tree/rowText';
import { escapeMarkdown, formatCount, formatTokens } from '../../shared/format';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { CollapsedRow } from '../../shared/model';
import type { Money } from '../../shared/money';

/** "Show Calls Counted Once": what is told twice, by which rule it counts once, and what it would have added. */
export function registerShowCollapsed({
  ledger,
  question,
  money,
  report,
  onDidChange,
}: Services): Disposable {
  const page = markdownPage('collapsed', 'Calls counted once', async () =>
    collapsedText(await ledger.collapsed(question().mode), money()),
  );
  return vscode.Disposable.from(
    page,
    onDidChange(page.renew),
    register('traceLedger.showCollapsed', reported(report, page.show)),
  );
}

const rules: Readonly<Record<CollapsedRow['rule'], string>> = {
  account: 'the format tells the same use more than once',
  response: 'two formats tell the same response of the provider',
};

function collapsedText(rows: readonly CollapsedRow[], { exact, note }: Money): string {
  if (rows.length === 0) return '# Calls counted once\n\nNo call in the ledger is told twice.\n';
  const sum = (of: (row: CollapsedRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const [calls, cost] = [sum((row) => row.calls), sum((row) => row.cost)];
  const lines = rows.map(({ rule, importer, counted: winner, ...row }) => [
    escapeMarkdown(oneLine(importer)),
    winner === '' ? 'a call kept as a sum' : escapeMarkdown(oneLine(winner)),
    rules[rule],
    formatCount(row.calls),
    formatTokens(row.tokens),
    `${exact(row.cost)}${row.unpricedCalls > 0 ? ` and ${formatCount(row.unpricedCalls)} unpriced` : ''}`,
  ]);
  const head = ['Told again by', 'Counted as told by', 'Rule', 'Calls', 'Tokens', 'Would have added'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `# Calls counted once

${counted(calls, formatCount(calls), 'call')} ${calls === 1 ? 'is' : 'are'} in the ledger a second time and in no total. Counted again, they would add ${exact(cost)}.${note === '' ? '' : ` Shown in ${note}.`}

${[line(head), line([':--', ':--', ':--', '--:', '--:', '--:']), ...lines.map(line)].join('\n')}

Lines that repeat a call under its own id (streamed parts, copies of a file, sessions that were resumed) are one call from the start and are not listed. When the source that counts is removed, what it was told by again counts in its stead.
`;
}
