import * as vscode from 'vscode';
import { invoke, register, type SessionTarget } from '../contributions';
import { sessionOf } from '../pickSession';
import { reported } from '../report';
import { noteUri } from '../uris';
import type { Views } from '../tree/views';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

const preview = 'vscode.markdown.preview.editor';

/** "Show Note": the note as rendered Markdown; for a session without one, an offer to write it. */
export function registerShowNote(services: Services, views: Views): Disposable {
  const show = async (target?: SessionTarget) => {
    const key = await sessionOf(services, views, target);
    if (key === undefined) return;
    const note = await services.ledger.note(key);
    if (!note) return void offer(key);
    // A note of a trace file is shown as the plain text that it is, lest it fetch pictures.
    if (note.origin === 'source') return void (await invoke('traceLedger.editNote', key));
    await vscode.commands.executeCommand('vscode.openWith', noteUri(key), preview);
  };
  return register('traceLedger.showNote', reported(services.report, show));
}

async function offer(key: string): Promise<void> {
  const write = 'Write Note';
  const choice = await vscode.window.showInformationMessage('This session has no pricing note.', write);
  if (choice === write) await invoke('traceLedger.editNote', key);
}
