import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { Answers } from './answers';
import { amountText, foundSentence, inHome, placesText } from './foundText';
import { importPlaces, summaryText } from '../commands/importFiles';
import { register, setting } from '../contributions';
import { isReadingOn } from '../reading';
import { reported } from '../report';
import { joined } from '../tree/rowText';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { FoundTraces } from '../../shared/protocol';

/** Late enough to be in nobody's way when a window opens. */
const startDelay = 3_000;

/**
 * "Find Traces on This Machine", and the look at the start: what was agreed to is imported, what is new is asked for,
 * and nothing is opened before that.
 */
export function registerFindTraces(services: Services): Disposable {
  const answers = new Answers(services.memory);
  const look = reported(services.report, () => lookAtStart(services, answers));
  const atStart = setTimeout(() => void look(), startDelay);
  return vscode.Disposable.from(
    { dispose: () => clearTimeout(atStart) },
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('traceLedger.enabled')) void look();
    }),
    register(
      'traceLedger.findTraces',
      reported(services.report, async () => {
        const found = await services.runJob('Looking for traces', (job) =>
          services.ledger.findTraces(job, workspaceFolders()),
        );
        return choose(services, answers, found);
      }),
    ),
  );
}

const workspaceFolders = (): string[] =>
  (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);

async function lookAtStart(services: Services, answers: Answers): Promise<void> {
  if (!isReadingOn() || !setting('traceLedger.discovery.atStart')) return;
  const found = (await services.ledger.findTraces('look at start', workspaceFolders())).filter(isReadable);
  services.log.info(`Looked for traces: ${found.map(({ label }) => label).join(', ') || 'none found'}.`);
  const agreed = found.filter((traces) => answers.to(traces) === 'always');
  if (agreed.length > 0) await importSilently(services, agreed);
  const unasked = found.filter((traces) => answers.to(traces) === undefined);
  if (unasked.length > 0) await ask(services, answers, unasked);
}

const isReadable = ({ paths }: FoundTraces): boolean => paths.length > 0;

async function importSilently({ ledger, log }: Services, found: readonly FoundTraces[]): Promise<void> {
  const summary = await ledger.importPaths('import at start', pathsOf(found), {});
  log.info(summaryText(summary));
}

const pathsOf = (found: readonly FoundTraces[]): string[] => found.flatMap(({ paths }) => paths);

async function ask(services: Services, answers: Answers, found: readonly FoundTraces[]): Promise<void> {
  const choice = await vscode.window.showInformationMessage(
    foundSentence(found),
    'Always',
    'Choose…',
    'Never',
  );
  if (choice === 'Never') await answers.remember(found, 'never');
  if (choice === 'Choose…') await choose(services, answers, found);
  if (choice !== 'Always') return;
  await answers.remember(found, 'always');
  await importPlaces(services, pathsOf(found));
}

/** Lets the user check what is to be imported, now and whenever there is something new. */
async function choose(services: Services, answers: Answers, found: readonly FoundTraces[]): Promise<void> {
  if (found.length === 0) {
    const message =
      'No traces were found where tools are known to keep them. Import files or a folder by name instead.';
    const choice = await vscode.window.showInformationMessage(message, 'Import Files or Folder…');
    if (choice) await vscode.commands.executeCommand('traceLedger.importFiles');
    return;
  }
  const items = found.map((traces) => ({
    traces,
    label: traces.label,
    description: joined(isReadable(traces) && amountText(traces), words[answers.to(traces) ?? 'unasked']),
    detail: placesText(traces, traces.inWorkspace ? inWorkspace : (path) => inHome(path, homedir())),
    picked: isReadable(traces) && answers.to(traces) !== 'never',
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: 'Import which traces?',
    placeHolder: 'What is checked is imported, now and at each start',
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (!chosen) return;
  const wanted = chosen.map(({ traces }) => traces).filter(isReadable);
  await answers.remember(wanted, 'always');
  await answers.remember(
    found.filter((traces) => isReadable(traces) && !wanted.includes(traces)),
    'never',
  );
  if (wanted.length > 0) await importPlaces(services, pathsOf(wanted));
}

const words = { always: 'imported at each start', never: 'left out so far', unasked: '' } as const;

/** From the workspace folder on, with its name where there are several. */
const inWorkspace = (path: string): string => vscode.workspace.asRelativePath(path);
