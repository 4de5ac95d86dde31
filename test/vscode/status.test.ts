import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { metric, platoMonth } from '../support/platoMonth';

const enabled = 'traceLedger.statusBar.enabled';
const settings = () => vscode.workspace.getConfiguration();

describe('the status bar', () => {
  let path: string;

  before(async () => {
    // 1,500 tokens each; the second is a day old.
    path = await platoMonth([
      metric({ sessionId: 'at work', cost: 1.25, timestamp: Date.now() }),
      metric({ sessionId: 'at work', cost: 2, timestamp: Date.now() - 24 * 3_600_000 }),
    ]);
  });
  after(async () => {
    await settings().update(enabled, undefined, vscode.ConfigurationTarget.Global);
    await settings().update('traceLedger.statusBar.warning', undefined, vscode.ConfigurationTarget.Global);
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  /** What it says aloud; the list that goes with it is closed. */
  async function spoken(): Promise<string> {
    const said = await invoke('traceLedger.showStatus');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    return said ?? '';
  }

  it('follows what comes in: today and the session at work', async () => {
    const before = await spoken();
    assert.doesNotMatch(before, /this session \$3\.25/);
    await invoke('traceLedger.importFiles', [path]);
    assert.match(await spoken(), /today.* \$1\.25, 1,500 tokens; this session \$3\.25; warning: /);
  });

  it('takes the limits of the settings', async () => {
    await settings().update('traceLedger.statusBar.warning', 1.3, vscode.ConfigurationTarget.Global);
    await eventually(async () => assert.match(await spoken(), /this session \$3\.25$/));
  });

  it('goes and comes by a command', async () => {
    await invoke('traceLedger.toggleStatusBar');
    assert.equal(settings().get(enabled), false);
    await invoke('traceLedger.toggleStatusBar');
    assert.equal(settings().get(enabled), true);
  });
});
