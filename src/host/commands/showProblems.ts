import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { revealFile } from './revealSource';
import { register } from '../contributions';
import { reported } from '../report';
import { counted, joined, oneLine } from '../tree/rowText';
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
    placeHolder: 'Choose one to open its file at the place',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (pick) await openProblem(pick.issue);
}

/** Opens a text file, at the place of the problem where that is a line or a byte; a database is shown where it lies. */
async function openProblem({ path, place = '', message }: Issue): Promise<void> {
  const kind = await kindOf(path);
  const reveal = 'Reveal File';
  if (kind !== 'text') {
    const choices = kind === 'database' ? [reveal] : [];
    const choice = await vscode.window.showWarningMessage(oneLine(joined(place, message), 500), ...choices);
    return choice === reveal ? revealFile(path) : undefined;
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  const at = positionOf(document, place);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

/** `other` is a folder, a file that is gone or one that may not be read: there is nothing to open. */
async function kindOf(path: string): Promise<'text' | 'database' | 'other'> {
  const file = await open(path).catch(() => undefined);
  try {
    const { buffer } = (await file?.read(Buffer.alloc(16), 0, 16, 0)) ?? {};
    if (!buffer) return 'other';
    return buffer.toString('latin1').startsWith('SQLite format 3') ? 'database' : 'text';
  } catch {
    return 'other';
  } finally {
    await file?.close();
  }
}

function positionOf(document: vscode.TextDocument, place: string): vscode.Position {
  const [, unit, number] = /^(line|byte) (\d+)$/.exec(place) ?? [];
  if (unit === 'line') return new vscode.Position(Math.max(0, Number(number) - 1), 0);
  return unit === 'byte' ? atByte(document, Number(number)) : new vscode.Position(0, 0);
}

/** Where a byte of a UTF-8 file stands in its text; the start for a text that is too large to be counted through. */
function atByte(document: vscode.TextDocument, byte: number): vscode.Position {
  const text = document.getText();
  if (text.length > 1_000_000) return new vscode.Position(0, 0);
  return document.positionAt(Buffer.from(text).subarray(0, byte).toString().length);
}
