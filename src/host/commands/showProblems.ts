import { basename } from 'node:path';
import * as vscode from 'vscode';
import { revealFile } from './revealSource';
import { register } from '../contributions';
import { reported } from '../report';
import { joined, oneLine } from '../tree/rowText';
import { counted } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { Issue } from '../../shared/model';

/** More would make the list slow; the Sources view and the log have them by file. */
const listed = 500;

/** "Show Problems": what could not be read, by file and place; choosing one opens it there. */
export function registerShowProblems({ ledger, report }: Services): Disposable {
  const show = async (given?: readonly Issue[]) => {
    const issues = Array.isArray(given) ? (given as readonly Issue[]) : await allProblems(ledger);
    void list(issues).catch(report);
    return issues;
  };
  return vscode.Disposable.from(
    register('traceLedger.showProblems', reported(report, show)),
    register('traceLedger.openProblem', reported(report, openProblem)),
  );
}

const allProblems = async (ledger: Services['ledger']): Promise<readonly Issue[]> =>
  (await ledger.sources()).flatMap(({ problems }) => problems);

async function list(issues: readonly Issue[]): Promise<void> {
  if (issues.length === 0)
    return void vscode.window.showInformationMessage('All sources were read without problems.');
  const picks = issues.slice(0, listed).map((issue) => ({
    issue,
    label: `$(warning) ${oneLine(joined(basename(issue.path), issue.place))}`,
    detail: oneLine(issue.message, 300),
    description: oneLine(issue.path, 200),
  }));
  const more = issues.length > listed ? `, the first ${formatCount(listed)} listed` : '';
  const title = `${counted(issues.length, formatCount(issues.length), 'problem')}${more}`;
  const pick = await vscode.window.showQuickPick(picks, {
    title,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (pick) await openProblem(pick.issue);
}

/** Opens a text file at the place of the problem; a database is shown where it lies. */
async function openProblem({ path, place = '', message }: Issue): Promise<void> {
  const [, unit, number] = /^(line|byte) (\d+)$/.exec(place) ?? [];
  if (unit === undefined) {
    const reveal = 'Reveal File';
    const choice = await vscode.window.showWarningMessage(oneLine(joined(place, message), 500), reveal);
    return choice === reveal ? revealFile(path) : undefined;
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  const at =
    unit === 'line'
      ? new vscode.Position(Math.max(0, Number(number) - 1), 0)
      : atByte(document, Number(number));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

/** Where a byte of a UTF-8 file stands in its text; the start for a text that is too large to be counted through. */
function atByte(document: vscode.TextDocument, byte: number): vscode.Position {
  const text = document.getText();
  if (text.length > 1_000_000) return new vscode.Position(0, 0);
  return document.positionAt(Buffer.from(text).subarray(0, byte).toString().length);
}
