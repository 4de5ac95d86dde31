import * as vscode from 'vscode';
import { register, type SessionTarget } from '../contributions';
import { inTurn } from '../inTurn';
import { sessionOf } from '../pickSession';
import { reported } from '../report';
import { noteUri } from '../uris';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

const open = async (key: string): Promise<void> => {
  await inTurn(() => vscode.window.showTextDocument(noteUri(key), { preview: false }));
};

/** "Edit Pricing Note" in an editor, and "Edit Note in One Line" in an input box. Both save through the ledger. */
export function registerEditNote(services: Services, views: Views): Disposable {
  const { report } = services;
  const edit = async (target?: SessionTarget) => {
    const key = await sessionOf(services, views, target);
    if (key !== undefined) await open(key);
  };
  const editLine = async (target?: SessionTarget, text?: unknown) => {
    const key = await sessionOf(services, views, target);
    // From a context menu the second argument is the list of selected rows.
    if (key !== undefined) await saveLine(services, key, typeof text === 'string' ? text : undefined);
  };
  return vscode.Disposable.from(
    register('traceLedger.editNote', reported(report, edit)),
    register('traceLedger.editNoteLine', reported(report, editLine)),
  );
}

async function saveLine({ ledger }: Services, key: string, given: string | undefined): Promise<void> {
  const before = (await ledger.note(key))?.text ?? '';
  if (given === undefined && before.trimEnd().includes('\n')) {
    void vscode.window.showInformationMessage('This note has several lines, so it is opened in an editor.');
    return open(key);
  }
  const text = given ?? (await ask(before.trimEnd()));
  if (text === undefined || text === before) return;
  await ledger.saveNote(key, text);
}

const ask = (value: string): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: 'Pricing note',
    prompt: 'Enter saves the note. An empty one removes it.',
    placeHolder: 'Why it cost what it cost, or what to try next',
    value,
  });
