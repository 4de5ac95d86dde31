import * as vscode from 'vscode';
import { invoke, register } from '../contributions';
import { requireReading } from '../reading';
import { reported } from '../report';
import { formatCount } from '../../shared/format';
import { counted, joined, oneLine } from '../tree/rowText';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { ImportSummary } from '../../shared/model';

type Place = string | vscode.Uri;

/** "Import Files or Folder", from the palette, the views and the explorer. */
export function registerImportFiles(services: Services): Disposable {
  const run = async (places?: readonly Place[]) => {
    requireReading();
    const chosen = places && places.length > 0 ? places : await choose();
    return chosen && importPlaces(services, chosen);
  };
  return vscode.Disposable.from(
    register(
      'traceLedger.importFiles',
      reported(services.report, (places) => run(Array.isArray(places) ? places : undefined)),
    ),
    register(
      'traceLedger.importResource',
      reported(services.report, (file, files) => run(files ?? [file])),
    ),
  );
}

/** Imports files and folders with a progress notification, and says what came of it. */
export async function importPlaces(
  { ledger, log, runJob }: Services,
  places: readonly Place[],
  options: { readonly force?: boolean } = {},
): Promise<ImportSummary> {
  const paths = places.map((place) => (typeof place === 'string' ? place : place.fsPath));
  const summary = await runJob('Importing traces', (job) => ledger.importPaths(job, paths, options));
  for (const { path, reason } of summary.passedOver.files)
    log.info(`passed over: ${oneLine(`${path}: ${reason}`, 1000)}`);
  void tell(summary);
  return summary;
}

async function choose(): Promise<readonly vscode.Uri[] | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const here = folders.length === 1 ? `“${folders[0]?.name}”` : `${folders.length} folders`;
  const picks = [
    { label: '$(file) Files…', detail: 'Trace databases (SQLite), JSON, JSONL or CSV files', folder: false },
    {
      label: '$(folder) Folder…',
      detail: 'Everything in it that is recognised, hidden folders included',
      folder: true,
    },
    ...(folders.length > 0
      ? [{ label: '$(root-folder) This workspace', detail: `Everything recognised in ${here}` }]
      : []),
  ];
  const pick = await vscode.window.showQuickPick(picks, { title: 'Import what?' });
  if (!pick) return undefined;
  if (!('folder' in pick)) return folders.map(({ uri }) => uri);
  return vscode.window.showOpenDialog({
    canSelectFiles: !pick.folder,
    canSelectFolders: pick.folder,
    canSelectMany: true,
    openLabel: 'Import',
    title: pick.folder ? 'Import a folder' : 'Import trace files',
  });
}

async function tell(summary: ImportSummary): Promise<void> {
  const { issues, passedOver } = summary;
  const problems = issues.length > 0 ? ['Show Problems'] : [];
  const others = passedOver.count > 0 ? ['Show Files Passed Over'] : [];
  const unknown = issues.find(({ mappable }) => mappable);
  const map = unknown ? ['Import With Mapping…'] : [];
  const bill = issues.find(({ isBill }) => isBill);
  const reconcile = bill ? ['Reconcile Bill…'] : [];
  const tellIt = issues.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const choice = await tellIt(
    withoutLinks(summaryText(summary)),
    ...map,
    ...reconcile,
    ...problems,
    ...others,
  );
  if (choice === undefined) return;
  if (choice === map[0]) await invoke('traceLedger.importWithMapping', unknown!.path);
  else if (choice === reconcile[0]) await invoke('traceLedger.reconcileBill', bill!.path);
  else if (choice === problems[0]) await invoke('traceLedger.showProblems', issues);
  else await invoke('traceLedger.showPassedOver', passedOver);
}

/** A notification makes links of Markdown, and names of files and tables are anybody's text. */
const withoutLinks = (message: string): string => message.replaceAll('](', '] (');

/** One sentence on what an import did. With a single problem, that problem itself. */
export function summaryText({
  files,
  unchanged,
  newCalls,
  changedCalls,
  collapsedCalls,
  issues,
  passedOver,
  cancelled,
}: ImportSummary): string {
  const result = joined(
    `${counted(newCalls, formatCount(newCalls), 'new call')} from ${counted(files, formatCount(files), 'file')}`,
    collapsedCalls > 0 && `${formatCount(collapsedCalls)} told twice and counted once`,
    changedCalls > 0 && `${counted(changedCalls, formatCount(changedCalls), 'call')} changed`,
    unchanged > 0 && `${counted(unchanged, formatCount(unchanged), 'file')} unchanged`,
    issues.length > 0 && counted(issues.length, formatCount(issues.length), 'problem'),
    passedOver.count > 0 && `${counted(passedOver.count, formatCount(passedOver.count), 'file')} passed over`,
  );
  const [first] = issues;
  const problem = issues.length === 1 && first ? ` ${problemText(first)}` : '';
  return `${cancelled ? 'Import stopped' : 'Imported'}: ${result}.${problem}`;
}

const problemText = ({ path, message }: ImportSummary['issues'][number]): string =>
  message.includes(path) ? message : `${path}: ${message}`;
