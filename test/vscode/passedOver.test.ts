import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { invoke, schemes } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';

/** A link that a notification would follow. */
const hostile = '[x](command:workbench.action.quit) \u202e.json';

describe('files of a folder that are passed over', () => {
  let folder: string;

  before(async () => {
    await traceLedger();
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-passed-'));
    await writeFile(join(folder, 'notes.txt'), 'dear diary');
    await writeFile(join(folder, hostile), '{"recipe": 1}');
    await writeFile(join(folder, 'metric.csv'), 'timestamp,sessionId,model,inputTokens,outputTokens,cost\n');
  });

  after(async () => {
    await invoke('traceLedger.removeSource', join(folder, 'metric.csv'), true);
    await rm(folder, { recursive: true });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const shownText = (): string => {
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, schemes.passedOver);
    return document.getText();
  };

  it('are counted in the summary, whose button lists them with their reasons', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    const summary = await invoke('traceLedger.importFiles', [folder]);
    assert.equal(summary?.passedOver.count, 2);
    assert.deepEqual(summary.issues, []);
    const text = await eventually(async () => {
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      return shownText();
    });
    const entries = text.split('\n\n').map((entry) => entry.trimEnd());
    assert.equal(entries[0], '2 files were passed over: nothing in them can be imported.');
    assert.deepEqual(entries.slice(1).sort(), [
      `${join(folder, '[x](command:workbench.action.quit) .json')}\n    It is JSON of no known format, with the keys: recipe.`,
      `${join(folder, 'notes.txt')}\n    It is text of no known format.`,
    ]);
  });

  it('are shown anew by the next import', async () => {
    const path = '/elsewhere/x.txt';
    await invoke('traceLedger.showPassedOver', { count: 1, files: [{ path, reason: 'It is empty.' }] });
    const expected = `1 file was passed over: nothing in it can be imported.\n\n${path}\n    It is empty.\n`;
    await eventually(() => assert.equal(shownText(), expected));
  });
});
