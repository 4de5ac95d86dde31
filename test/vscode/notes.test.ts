import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { noteUri } from '../../src/host/uris';
import { metric, platoMonth } from '../support/platoMonth';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';
import type { TraceLedger } from '../../src/extension';

const ids = ['note-document', 'note-line', 'note-elsewhere', 'note-removed', 'note "<b>/..\n😀'] as const;

describe('pricing notes', () => {
  let api: TraceLedger;
  let path: string;
  const keys = new Map<string, string>();
  const keyOf = (id: (typeof ids)[number]): string => {
    const key = keys.get(id);
    assert.ok(key, `the session ${id} was imported`);
    return key;
  };

  before(async () => {
    api = await traceLedger();
    // In a browser VS Code saves by itself after a second: these tests save when they mean to.
    await autoSave('off');
    path = await platoMonth(ids.map((sessionId) => metric({ sessionId })));
    await invoke('traceLedger.importFiles', [path]);
    const question = { filter: { sources: [path] }, mode: 'auto', zone: 'UTC' } as const;
    const { rows } = await api.ledger.sessions(question, undefined, { limit: 100 });
    for (const { id, key } of rows) keys.set(id, key);
  });

  after(async () => {
    await autoSave(undefined);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const key of keys.values()) await api.ledger.saveNote(key, '');
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  async function type(document: vscode.TextDocument, text: string): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    const end = document.lineAt(document.lineCount - 1).range.end;
    edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  it('are written in an editor and saved as a file is', async () => {
    const key = keyOf('note-document');
    await invoke('traceLedger.editNote', key);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.toString(), noteUri(key).toString());
    assert.equal(document.languageId, 'markdown');
    assert.equal(document.getText(), '');
    await type(document, '# Why\n\nToo many *retries*.\n');
    assert.ok(await document.save());
    assert.equal(document.isDirty, false);
    assert.equal((await api.ledger.note(key))?.text, '# Why\n\nToo many *retries*.\n');
    await type(document, 'Second thought');
    assert.ok(await document.save());
    assert.equal((await api.ledger.note(key))?.text, 'Second thought');
    const detail = await api.ledger.session(key, 'auto');
    assert.ok(detail?.noteHistory.some(({ text }) => text.includes('retries')));
  });

  it('show their first line in the tree, and are found by their words', async () => {
    const key = keyOf('note-line');
    await invoke('traceLedger.editNoteLine', key, 'cheap enough, keep gpt-4o');
    assert.equal((await api.ledger.note(key))?.text, 'cheap enough, keep gpt-4o');
    const row = (await api.ledger.findSessions('keep gpt-4o', 'auto', 10)).find((found) => found.key === key);
    assert.ok(row);
    const item = api.sessionsTree.getTreeItem({ kind: 'session', row });
    assert.match(
      String(item.description),
      /^\$0\.002 · 1 call · \[gpt-4o #\d{3,}\] · cheap enough, keep gpt-4o$/,
    );
    assert.equal(item.contextValue, 'session.tagged.noted');
  });

  it('open in an editor when they have several lines', async () => {
    const key = keyOf('note-line');
    await api.ledger.saveNote(key, 'one\ntwo');
    await invoke('traceLedger.editNoteLine', key);
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'one\ntwo');
    assert.equal((await api.ledger.note(key))?.text, 'one\ntwo');
  });

  it('change in a clean document when they are changed elsewhere', async () => {
    const key = keyOf('note-elsewhere');
    await api.ledger.saveNote(key, 'first');
    const document = await vscode.workspace.openTextDocument(noteUri(key));
    assert.equal(document.getText(), 'first');
    await api.ledger.saveNote(key, 'second, from another window');
    await eventually(() => assert.equal(document.getText(), 'second, from another window'));
  });

  it('do not overwrite what was saved elsewhere without a word', async () => {
    const key = keyOf('note-elsewhere');
    const document = await vscode.workspace.openTextDocument(noteUri(key));
    await vscode.window.showTextDocument(document);
    await type(document, 'mine, not saved yet');
    await api.ledger.saveNote(key, 'theirs, saved meanwhile');
    await eventually(async () => {
      const stat = await vscode.workspace.fs.stat(noteUri(key));
      assert.equal(stat.size, 'theirs, saved meanwhile'.length);
    });
    // VS Code refuses and offers to compare: the promise of `save` then waits for an answer or says false.
    void document.save();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal((await api.ledger.note(key))?.text, 'theirs, saved meanwhile');
    assert.equal(document.getText(), 'mine, not saved yet');
    assert.equal(document.isDirty, true);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await eventually(() => assert.equal(document.getText(), 'theirs, saved meanwhile'));
  });

  it('can be removed, and are then gone from the tree', async () => {
    const key = keyOf('note-removed');
    await api.ledger.saveNote(key, 'to go');
    await invoke('traceLedger.removeNote', key, true);
    assert.equal(await api.ledger.note(key), undefined);
    assert.equal((await api.ledger.session(key, 'auto'))?.noteLine, null);
  });

  it('survive the removal of their source and its return', async () => {
    const key = keyOf('note-document');
    const { text } = (await api.ledger.note(key))!;
    await invoke('traceLedger.removeSource', path, true);
    assert.equal(await api.ledger.session(key, 'auto'), undefined);
    await invoke('traceLedger.importFiles', [path]);
    assert.equal((await api.ledger.session(key, 'auto'))?.note?.text, text);
  });

  it('belong to their session whatever its id is', async () => {
    const key = keyOf('note "<b>/..\n😀');
    await vscode.workspace.fs.writeFile(noteUri(key), new TextEncoder().encode('odd id'));
    assert.equal((await api.ledger.note(key))?.text, 'odd id');
    const read = await vscode.workspace.fs.readFile(vscode.Uri.parse(noteUri(key).toString()));
    assert.equal(new TextDecoder().decode(read), 'odd id');
  });

  it('are not there for a session that is not', async () => {
    await assert.rejects(
      async () => vscode.workspace.fs.stat(noteUri('no:such session')),
      /FileNotFound|EntryNotFound/,
    );
  });
});

const autoSave = (value: 'off' | undefined) =>
  vscode.workspace.getConfiguration('files').update('autoSave', value, vscode.ConfigurationTarget.Global);
