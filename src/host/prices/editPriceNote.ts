import * as vscode from 'vscode';
import { modelOf } from './modelOf';
import { modelLabel } from './modelPriceItem';
import { register } from '../contributions';
import { inTurn } from '../inTurn';
import { reported } from '../report';
import { priceNoteUri } from '../uris';
import { UserError } from '../../shared/errors';
import type { PriceTarget } from './priceTarget';
import type { Services } from '../services';
import type { Views } from '../tree/views';
import type { Disposable } from '../../shared/emitter';
import type { ModelPrice } from '../../shared/modelPrices';

/** "Edit Price Note...": one line in an input box, several in an editor. A blank note is none. */
export function registerEditPriceNote(services: Services, views: Views): Disposable {
  const edit = async (target?: PriceTarget, given?: unknown): Promise<void> => {
    const row = await modelOf(services, views, target);
    if (!row) return;
    if (row.label === null)
      throw new UserError('These calls name no model that a note could be on. Choose another model.');
    // From a context menu the second argument is the list of selected rows.
    await editOf(services, row, typeof given === 'string' ? given : undefined);
  };
  return register('traceLedger.editPriceNote', reported(services.report, edit));
}

async function editOf(services: Services, row: ModelPrice, given: string | undefined): Promise<void> {
  const before = (await services.ledger.priceNote(row.name))?.text ?? '';
  if (given === undefined && before.trimEnd().includes('\n')) return open(row);
  const text = given ?? (await ask(row, before.trimEnd()));
  if (text === inEditor) return open(row);
  if (text !== undefined && text !== before) await save(services, row, before, text);
}

const open = async ({ name }: ModelPrice): Promise<void> => {
  await inTurn(() => vscode.window.showTextDocument(priceNoteUri(name), { preview: false }));
};

/** Saves, and offers the way back. */
async function save(
  { ledger, report }: Services,
  row: ModelPrice,
  before: string,
  text: string,
): Promise<void> {
  const after = await ledger.savePriceNote(row.name, text);
  const tell = async (): Promise<void> => {
    const message = `${after ? 'Saved' : 'Removed'} the note on the price of ${modelLabel(row)}.`;
    if ((await vscode.window.showInformationMessage(message, 'Undo')) !== 'Undo') return;
    if ((await ledger.priceNote(row.name))?.text !== after?.text)
      throw new UserError('The note was changed since, so it was left as it is. Edit it instead.');
    await ledger.savePriceNote(row.name, before);
  };
  void tell().catch(report);
}

const inEditor = Symbol('in an editor');

/** The line, or the wish for an editor; undefined when the user gave up. */
function ask(row: ModelPrice, value: string): Promise<string | typeof inEditor | undefined> {
  const box = vscode.window.createInputBox();
  box.title = `Note on the price of ${modelLabel(row)}`;
  box.prompt = 'Enter saves the note. An empty one removes it.';
  box.placeholder = 'negotiated 20 % off until March';
  box.value = value;
  box.buttons = [{ iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: 'Open in an Editor' }];
  return new Promise((resolve) => {
    const done = (answer: string | typeof inEditor | undefined) => {
      resolve(answer);
      box.dispose();
    };
    box.onDidTriggerButton(() => done(inEditor));
    box.onDidAccept(() => done(box.value));
    box.onDidHide(() => done(undefined));
    box.show();
  });
}
