import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke, schemes } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';

describe('summaries', () => {
  let path: string;
  const setFirstDay = (day: string | undefined) =>
    vscode.workspace
      .getConfiguration('traceLedger')
      .update('firstDayOfWeek', day, vscode.ConfigurationTarget.Global);

  before(async () => {
    await traceLedger();
    path = await platoMonth([
      metric({ sessionId: 'summed', cost: 0.25, timestamp: Date.UTC(2019, 5, 2, 12) }),
      metric({ sessionId: 'summed', cost: 0.5, timestamp: Date.UTC(2019, 5, 3, 12) }),
    ]);
    await invoke('traceLedger.importFiles', [path]);
  });
  after(async () => {
    await setFirstDay(undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  const shown = (title: string): string =>
    vscode.workspace.textDocuments
      .find(({ uri }) => uri.scheme === schemes.summary && uri.path.includes(title))
      ?.getText() ?? '';

  it('tell what a day cost, and those beside it by commands', async () => {
    await invoke('traceLedger.showSummary', { period: 'day', of: '2019-06-03' });
    assert.match(shown('Day 2019-06-03'), /^\| Cost \| \$0\.50 \| \$0\.25 \| \+\$0\.25 \(\+100%\) \|$/m);
    await invoke('traceLedger.showPreviousSummary');
    assert.match(shown('Day 2019-06-02'), /^\| Cost \| \$0\.25 \| \$0 \| \+\$0\.25 \|$/m);
    await invoke('traceLedger.showNextSummary');
    await invoke('traceLedger.showNextSummary');
    assert.match(shown('Day 2019-06-04'), /No call in this period\./);
  });

  it('follow the day on which weeks begin', async () => {
    await invoke('traceLedger.showSummary', { period: 'week', of: '2019-06-03' });
    assert.match(shown('Week 2019-06-03'), /^\| Cost \| \$0\.50 /m);
    await setFirstDay('sunday');
    await eventually(() => assert.match(shown('Week 2019-06-03'), /^\| Cost \| \$0\.75 /m));
  });
});
