import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { pickRange } from './exportRange';
import { oneOfSeveral } from './oneOfSeveral';
import { register, type ExportChoice } from '../contributions';
import { reported } from '../report';
import { counted } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import type { SessionsNode } from '../tree/nodes';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { Filter, SessionGroup } from '../../shared/model';
import type { ExportFormat, ExportLevel } from '../../shared/protocol';

type Choice = Required<ExportChoice>;

/** "Export CSV or JSON": asks for what it was not told, writes in the worker, resolves to the number of rows. */
export function registerExport(services: Services): Disposable {
  const run = async (given: ExportChoice | SessionsNode = {}) => {
    const choice = await complete(services, 'kind' in given ? ofNode(given) : given);
    return choice && write(services, choice);
  };
  return register(
    'traceLedger.export',
    reported(services.report, (given) => run(given as ExportChoice | SessionsNode | undefined)),
  );
}

/** The calls below a row of the tree, of all time. */
function ofNode(node: SessionsNode): ExportChoice {
  if (node.kind === 'group') return { filter: filterOf(node.row) };
  return node.kind === 'session' ? { filter: { sessions: [node.row.key] } } : {};
}

/** The calls below a group of the tree. */
export function filterOf({ kind, key }: SessionGroup): Filter {
  if (kind === 'experiment') return { experiments: [key] };
  return kind === 'project'
    ? { experiments: [null], projects: [key] }
    : { experiments: [null], projects: [null] };
}

async function complete(services: Services, given: ExportChoice): Promise<Choice | undefined> {
  const level = given.level ?? (await pickLevel());
  if (!level) return undefined;
  const format = given.format ?? (await pickFormat());
  if (!format) return undefined;
  const filter = given.filter ?? (await pickRange(services.question().zone));
  if (!filter) return undefined;
  const path = given.path ?? (await pickPath(level, format));
  const { withExcluded = false } = given;
  return path === undefined ? undefined : { level, format, filter, path, withExcluded };
}

async function pickLevel(): Promise<ExportLevel | undefined> {
  const picks: (vscode.QuickPickItem & { level: ExportLevel })[] = [
    { level: 'session', label: 'Sessions', detail: 'One row a session, with its cost and note' },
    {
      level: 'call',
      label: 'Calls',
      detail: 'One row a call, with tokens, cost and the note of its session',
    },
    { level: 'day', label: 'Days and models', detail: 'One row a day and model' },
  ];
  return (await vscode.window.showQuickPick(picks, oneOfSeveral('Export what?')))?.level;
}

async function pickFormat(): Promise<ExportFormat | undefined> {
  const picks: (vscode.QuickPickItem & { format: ExportFormat })[] = [
    {
      format: 'csv',
      label: 'CSV',
      detail: 'For spreadsheets; text that looks like a formula is made harmless',
    },
    { format: 'json', label: 'JSON', detail: 'For programs; one array' },
  ];
  return (await vscode.window.showQuickPick(picks, oneOfSeveral('Export as')))?.format;
}

async function pickPath(level: ExportLevel, format: ExportFormat): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const uri = await vscode.window.showSaveDialog({
    title: 'Export to',
    saveLabel: 'Export',
    defaultUri: vscode.Uri.joinPath(folder, `trace-ledger-${level}s.${format}`),
    filters: format === 'csv' ? { CSV: ['csv'] } : { JSON: ['json'] },
  });
  return uri?.fsPath;
}

async function write({ ledger, question, runJob }: Services, choice: Choice): Promise<number> {
  const { filter, ...rest } = choice;
  const request = { question: question(filter), ...rest };
  const { rows } = await runJob('Exporting', (job) => ledger.exportTo(job, request));
  void tellExported(rows, choice.path);
  return rows;
}

/** Says what was written where, with a way to open it. */
export async function tellExported(rows: number, path: string): Promise<void> {
  const open = 'Open File';
  const message = `Exported ${counted(rows, formatCount(rows), 'row')} to ${path}.`;
  if ((await vscode.window.showInformationMessage(message, open)) === open) {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
  }
}
