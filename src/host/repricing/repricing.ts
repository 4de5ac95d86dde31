import * as vscode from 'vscode';
import { registerCostMode } from './costMode';
import { registerPriceChangesDocument } from './priceChangesDocument';
import { priceRules, pricesFile, restoreSettings } from './priceRules';
import { register, setContext } from '../contributions';
import { reported } from '../report';
import { warnOfSetting } from '../settingWarning';
import { throttled } from '../throttled';
import { counted } from '../tree/rowText';
import { formatCount } from '../../shared/format';
import { changeText, proposalText } from '../../shared/priceDifferenceText';
import type { PriceChangesDocument } from './priceChangesDocument';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { PriceAnswer, PriceProposal, PriceView } from '../../shared/repricing';

/** What takes less long shows no progress. */
const patienceMs = 700;
const settingsOfPrices = ['traceLedger.pricesFile', 'traceLedger.prices', 'traceLedger.included'] as const;
const ofPrices = [...settingsOfPrices, 'traceLedger.priceSet'];

/**
 * Prices of the settings are handed to the worker as they change. What would change known calls is shown first, and
 * applied when the user says so: to all calls or to new ones, and with a way back.
 */
export function registerRepricing(services: Services): Disposable {
  const document = registerPriceChangesDocument(services);
  const flow = flowOf(services, document);
  const propose = throttled(() => void flow.propose());
  const commands = {
    'traceLedger.reviewPrices': flow.review,
    'traceLedger.applyPrices': () => flow.apply(true),
    'traceLedger.applyPricesToNewCalls': () => flow.apply(false),
    'traceLedger.undoPrices': flow.undo,
  } as const;
  return vscode.Disposable.from(
    document,
    propose,
    vscode.workspace.onDidChangeConfiguration(
      (event) => ofPrices.some((name) => event.affectsConfiguration(name)) && propose(),
    ),
    vscode.window.onDidChangeWindowState(({ focused }) => focused && flow.isDue() && propose()),
    watchFile(propose),
    registerCostMode(services, document),
    ...(Object.keys(commands) as (keyof typeof commands)[]).map((id) =>
      register(id, reported(services.report, commands[id])),
    ),
    services.onReady(propose),
  );
}

/** What the steps of a change of prices have in common. */
interface Flow {
  readonly services: Services;
  readonly document: PriceChangesDocument;
  /** What waits for the user's word has changed. */
  readonly renewed: (proposal: PriceProposal | undefined) => void;
  readonly view: () => PriceView;
}

function flowOf(services: Services, document: PriceChangesDocument) {
  const { ledger, runJob, report, log } = services;
  let said = '';
  let due = false;
  const flow: Flow = {
    services,
    document,
    renewed(proposal) {
      setContext('traceLedger.pricesWait', proposal !== undefined);
      document.renew();
    },
    view() {
      const { mode, zone } = services.question();
      return { mode, zone };
    },
  };
  const propose = async (): Promise<void> => {
    const ask = (job: string): Promise<PriceAnswer> => ledger.proposePrices(job, priceRules(), flow.view());
    try {
      const { problems, proposal } = await runJob('Comparing prices', ask, { patienceMs });
      const all = problems.join('\n');
      if (all !== '' && all !== said) tellProblems(problems, log);
      said = all;
      flow.renewed(proposal);
      // Of several windows the one asks that somebody looks at.
      due = proposal !== undefined && !vscode.window.state.focused;
      if (proposal && !due) askWhether(flow, proposal).catch(report);
    } catch (error) {
      report(error);
    }
  };
  return {
    propose,
    review: () => review(flow),
    apply: (known: boolean) => apply(flow, known),
    undo: () => undo(flow),
    isDue: () => due,
  };
}

async function askWhether(flow: Flow, { why, difference }: PriceProposal): Promise<void> {
  const choice = await vscode.window.showInformationMessage(
    proposalText(why, difference, flow.services.money()),
    'Apply',
    'Show Difference',
    'New Calls Only',
  );
  if (choice === 'Show Difference') await flow.document.showPrices();
  else if (choice !== undefined) await apply(flow, choice === 'Apply');
}

async function apply(flow: Flow, known: boolean): Promise<void> {
  const { ledger, runJob, report } = flow.services;
  const proposal = await ledger.proposedPrices();
  if (!proposal) return void vscode.window.showInformationMessage('No prices wait for your word.');
  await runJob('Pricing calls anew', (job) => ledger.applyPrices(job, proposal.id, known), { patienceMs });
  flow.renewed(undefined);
  if (!known) return;
  const { calls } = proposal.difference;
  const message = `${counted(calls, formatCount(calls), 'call')} priced anew: ${changeText(proposal.difference, flow.services.money())}.`;
  void vscode.window
    .showInformationMessage(message, 'Undo')
    .then((choice) => choice && undo(flow).catch(report));
}

async function review(flow: Flow): Promise<void> {
  const { ledger, runJob } = flow.services;
  const ask = (job: string): Promise<PriceAnswer> => ledger.reviewPrices(job, flow.view());
  const waiting = await ledger.proposedPrices();
  const proposal = waiting ?? (await runJob('Comparing prices', ask, { patienceMs })).proposal;
  flow.renewed(proposal);
  if (proposal) return flow.document.showPrices();
  void vscode.window.showInformationMessage("Every known call costs what today's prices say.");
}

async function undo(flow: Flow): Promise<void> {
  const { ledger, runJob } = flow.services;
  const last = await ledger.lastRepricing();
  const rules = last && (await runJob('Taking prices back', (job) => ledger.undoPrices(job), { patienceMs }));
  if (!rules) return void vscode.window.showInformationMessage('There is no repricing to take back.');
  await restoreSettings(rules);
  // At once, so that whoever wants the same again is asked again.
  const ask = (job: string): Promise<PriceAnswer> => ledger.proposePrices(job, priceRules(), flow.view());
  flow.renewed((await runJob('Comparing prices', ask, { patienceMs })).proposal);
  const [cost, they] = last.calls === 1 ? ['costs', 'it'] : ['cost', 'they'];
  void vscode.window.showInformationMessage(
    `${counted(last.calls, formatCount(last.calls), 'call')} ${cost} what ${they} did before.`,
  );
}

/** Prices that are refused are told once, with the reason and the way to them. */
function tellProblems(problems: readonly string[], log: vscode.LogOutputChannel): void {
  for (const problem of problems) log.warn(problem);
  const others = problems.length > 1 ? ` ${problems.length - 1} more like it are in the log.` : '';
  const message = `${problems[0]}${others} The prices from before stay in force.`;
  warnOfSetting(settingsOfPrices.find((id) => problems[0]?.includes(id)) ?? 'traceLedger.prices', message);
}

/** Says when the file of prices changes; watches another when the setting names one. */
function watchFile(changed: () => void): Disposable {
  let watcher: Disposable | undefined;
  const watch = (): void => {
    watcher?.dispose();
    const path = pricesFile();
    watcher = path === undefined ? undefined : watcherOf(vscode.Uri.file(path), changed);
  };
  watch();
  const settings = vscode.workspace.onDidChangeConfiguration(
    (event) => event.affectsConfiguration('traceLedger.pricesFile') && watch(),
  );
  return { dispose: () => [watcher, settings].forEach((one) => one?.dispose()) };
}

function watcherOf(file: vscode.Uri, changed: () => void): Disposable {
  const name = file.path.split('/').pop() ?? '';
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(file, '..'), name);
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(changed),
    watcher.onDidCreate(changed),
    watcher.onDidDelete(changed),
  );
}
