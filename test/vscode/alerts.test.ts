import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { invoke, schemes } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';
import type { AlertRow } from '../../src/shared/alerts';

describe('alerts', () => {
  const paths: string[] = [];
  const set = (id: string, value: unknown) =>
    vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Global);

  async function comeIn(session: string, usd: number, at = Date.now()): Promise<void> {
    const path = await platoMonth([metric({ sessionId: session, cost: usd, timestamp: at })]);
    paths.push(path);
    await invoke('traceLedger.importFiles', [path]);
  }

  async function logged(label: string): Promise<AlertRow[]> {
    const { ledger } = await traceLedger();
    return (await ledger.alertLog(100)).filter((alert) => alert.label === label);
  }

  before(async () => {
    // A call of before the limits were set is not told.
    const { ledger } = await traceLedger();
    await set('traceLedger.budgets', [{ name: 'Everything | all', limit: 1000, period: 'day' }]);
    await eventually(async () => assert.equal((await ledger.budgets()).length, 1));
  });
  after(async () => {
    await set('traceLedger.budgets', undefined);
    await invoke('traceLedger.snoozeAlerts', 0);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const path of paths) {
      await invoke('traceLedger.removeSource', path, true);
      await rm(dirname(path), { recursive: true });
    }
  });

  it('tell of a call that comes in and brings its session over 1 USD; the status bar follows', async function () {
    // Another test may have made it tell of something less than a minute ago.
    this.timeout(100_000);
    await comeIn('dear', 1.02);
    await eventually(async () => {
      const [alert] = (await logged('dear')).filter(({ level }) => level === 'alert');
      assert.deepEqual([alert?.cost, alert?.limit], [1_020_000_000, 1_000_000_000]);
      assert.ok(alert?.toldAt !== undefined, 'told');
    }, 80_000);
    const spoken = await invoke('traceLedger.showStatus');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.match(spoken ?? '', /this session \$1\.02/);
  });

  it('say nothing of history and while snoozed', async () => {
    await invoke('traceLedger.snoozeAlerts', 15);
    await comeIn('history', 3, Date.now() - 3_600_000);
    await comeIn('quiet', 0.7);
    await eventually(async () => {
      const why = (await logged('history')).map(({ why }) => why);
      assert.deepEqual(why, Array<string>(2).fill('more than 10 minutes old when it came in'));
      assert.deepEqual(
        (await logged('quiet')).map(({ why }) => why),
        ['snoozed'],
      );
    });
  });

  it('count by the settings of the user: those of a workspace are for its own windows', async () => {
    const { ledger } = await traceLedger();
    const zone = (name: string | undefined, target: vscode.ConfigurationTarget) =>
      vscode.workspace.getConfiguration().update('traceLedger.timeZone', name, target);
    const { Global, Workspace } = vscode.ConfigurationTarget;
    const dayBegins = async (): Promise<string> =>
      new Date((await ledger.budgets())[0]!.start).toISOString().slice(11);
    try {
      // Midnight in Kathmandu is 18:15 in UTC, in Brisbane 14:00, the year round.
      await zone('Pacific/Kiritimati', Workspace);
      await zone('Asia/Kathmandu', Global);
      await eventually(async () => assert.equal(await dayBegins(), '18:15:00.000Z'));
      await zone('Pacific/Fakaofo', Workspace);
      await zone('Australia/Brisbane', Global);
      await eventually(async () => assert.equal(await dayBegins(), '14:00:00.000Z'));
    } finally {
      await zone(undefined, Workspace);
      await zone(undefined, Global);
      await rm(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, '.vscode'), {
        recursive: true,
        force: true,
      });
    }
  });

  it('stand in a log with the budgets', async () => {
    await invoke('traceLedger.showAlerts');
    await eventually(() => {
      const log = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === schemes.alerts);
      const text = log?.getText() ?? '';
      assert.match(text, /^None are told until .*snoozed/m);
      assert.match(text, /^\| Everything \\\| all \| .* of \\\$1,000 this day \(0 %\)/m);
      assert.match(text, /Session dear has cost \\\$1\.02; its alert is at \\\$1\.00\. \| told /);
    });
  });
});
