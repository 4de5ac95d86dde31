import * as vscode from 'vscode';
import { subjectOf } from './subject';
import { invoke, register, type CostTarget, type WhatIfChoice } from '../contributions';
import { reported } from '../report';
import { oneLine } from '../tree/rowText';
import { UserError } from '../../shared/errors';
import { alternativeDetail, difference, whatIfLine, whatIfSummary } from '../../shared/whatIfText';
import type { NamedSubject } from './subject';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';
import type { Money } from '../../shared/money';
import type { Alternative, WhatIf } from '../../shared/whatIf';

const patienceMs = 700;

/** "What If This Had Run On...": the same tokens at the prices of other models, ranked; one line of it into the note. */
export function registerWhatIf(services: Services, views: Views): Disposable {
  const run = async (target?: CostTarget, given?: unknown): Promise<string | undefined> => {
    const named = await subjectOf(services, views, target);
    if (!named) return undefined;
    const answer = await ask(services, named);
    const money = services.money();
    const choice = choiceOf(given);
    const other = choice
      ? answer.alternatives.find(({ model }) => model === choice.model)
      : await pick(answer, named, money);
    if (choice && !other)
      throw new UserError(
        `There is no price of ${oneLine(choice.model)} for what was used. Choose another model.`,
      );
    if (!other) return undefined;
    const line = plain(whatIfLine(answer, other, money));
    const action = choice ? choice.action : await pickAction(line, named);
    await act(services, named, line, action);
    return line;
  };
  return register('traceLedger.whatIf', reported(services.report, run));
}

/** From a context menu the second argument is the list of selected rows. */
const choiceOf = (given: unknown): WhatIfChoice | undefined =>
  typeof given === 'object' && given !== null && 'model' in given ? (given as WhatIfChoice) : undefined;

async function ask({ ledger, question, runJob }: Services, { subject }: NamedSubject): Promise<WhatIf> {
  const { mode } = question();
  const answer = await runJob('Comparing models', (job) => ledger.whatIf(job, subject, mode), { patienceMs });
  if (answer.alternatives.length === 0)
    throw new UserError(
      'None of these calls tells its tokens, so there is nothing to price at other models.',
    );
  return answer;
}

async function pick(answer: WhatIf, { title }: NamedSubject, money: Money): Promise<Alternative | undefined> {
  const picks = answer.alternatives.map((other) => ({ other, ...pickItem(other, answer, money) }));
  const picked = await vscode.window.showQuickPick(picks, {
    title: `What if ${title} had run on ...?`,
    placeHolder: whatIfSummary(answer, money),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.other;
}

function pickItem(other: Alternative, answer: WhatIf, money: Money): vscode.QuickPickItem {
  const share = difference(other, answer);
  const change = share === undefined ? '' : ` · ${money.signed(other.compared - answer.baseline)}, ${share}`;
  const cost = share === undefined ? other.cost : other.compared;
  return {
    label: oneLine(other.model),
    description: `${money.format(cost)}${change}`,
    detail: [oneLine(other.provider), alternativeDetail(other, answer, money)].filter(Boolean).join(' · '),
  };
}

type Action = WhatIfChoice['action'];

async function pickAction(line: string, { subject }: NamedSubject): Promise<Action | undefined> {
  const write = { label: '$(note) Write into the note', detail: line, action: 'note' } as const;
  const copy = { label: '$(copy) Copy the line', detail: line, action: 'copy' } as const;
  const actions = 'session' in subject ? [write, copy] : [copy];
  return (await vscode.window.showQuickPick(actions, { title: 'What to do with it?' }))?.action;
}

async function act(
  services: Services,
  { subject }: NamedSubject,
  line: string,
  action: Action | undefined,
): Promise<void> {
  if (action === 'copy') await vscode.env.clipboard.writeText(line);
  if (action !== 'note') return;
  if (!('session' in subject))
    throw new UserError('Only a session has a pricing note. Choose one, or copy the line instead.');
  await write(services, subject.session, line);
}

async function write({ ledger, report }: Services, session: string, line: string): Promise<void> {
  const before = (await ledger.note(session))?.text ?? '';
  const after = await ledger.appendToNote(session, line);
  const tell = async () => {
    const message = 'Written into the pricing note.';
    const answer = await vscode.window.showInformationMessage(message, 'Open Note', 'Undo');
    if (answer === 'Open Note') await invoke('traceLedger.editNote', session);
    if (answer !== 'Undo') return;
    if ((await ledger.note(session))?.text !== after?.text)
      throw new UserError('The note was changed since, so it was left as it is. Edit it instead.');
    await ledger.saveNote(session, before);
  };
  void tell().catch(report);
}

/** Names of models come from foreign files: one line, and no Markdown. */
const plain = (line: string): string => oneLine(line.replace(/[`*<>[\]|\\]/g, ''), 1_000);
