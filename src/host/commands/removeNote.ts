import * as vscode from 'vscode';
import { register, type SessionTarget } from '../contributions';
import { sessionOf } from '../pickSession';
import { reported } from '../report';
import { firstLine } from '../../shared/format';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Remove Note": asks first, and leaves the text in the history of the session. */
export function registerRemoveNote(services: Services, views: Views): Disposable {
  const remove = async (target?: SessionTarget, confirmed?: unknown) => {
    const key = await sessionOf(services, views, target);
    if (key === undefined) return;
    const note = await services.ledger.note(key);
    if (!note) return void vscode.window.showInformationMessage('This session has no pricing note.');
    if (confirmed !== true && !(await confirm(note.text))) return;
    await services.ledger.saveNote(key, '');
  };
  return register('traceLedger.removeNote', reported(services.report, remove));
}

async function confirm(text: string): Promise<boolean> {
  const yes = 'Remove Note';
  const detail = `“${firstLine(text, 120)}”\n\nIts text stays in the history of the session, under Show Session.`;
  return (
    (await vscode.window.showWarningMessage('Remove this pricing note?', { modal: true, detail }, yes)) ===
    yes
  );
}
