import assert from 'node:assert/strict';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { invoke, schemes, setting } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';
import type { TraceLedger } from '../../src/extension';
import type { PanelData } from '../../src/shared/protocol';

describe('health', () => {
  let api: TraceLedger;
  let path: string;
  const paths: string[] = [];
  const month = (sessionId: string, cost: number) =>
    metric({ sessionId, cost, timestamp: Date.UTC(2018, 5, 3) });
  const setEnabled = (value: boolean | undefined) =>
    vscode.workspace
      .getConfiguration()
      .update('traceLedger.enabled', value, vscode.ConfigurationTarget.Global);
  const shown = (): string =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === schemes.health)?.getText() ?? '';
  const panelOf = (...sources: string[]): Promise<PanelData> =>
    api.ledger.panel({ filter: { sources }, mode: 'auto', zone: 'UTC' }, 'day');

  before(async () => {
    api = await traceLedger();
    paths.push((path = await platoMonth([month('healthy', 0.25)], '2018-06.json')));
    await invoke('traceLedger.importFiles', [path]);
  });
  after(async () => {
    await setEnabled(undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const one of paths) {
      await invoke('traceLedger.removeSource', one, true);
      await rm(dirname(one), { recursive: true, force: true });
    }
  });

  it('opens as a document that follows what is imported', async () => {
    await invoke('traceLedger.showHealth');
    assert.match(shown(), /^# Health\n/);
    assert.match(shown(), new RegExp(`/${basename(path)} \\| imported \\|`));
    assert.match(shown(), /^\| Trace\u00a0Ledger \| \d+\.\d+\.\d+/m);
    const another = await platoMonth([month('another', 0.5)], '2018-07.json');
    paths.push(another);
    await invoke('traceLedger.importFiles', [another]);
    await eventually(() => assert.match(shown(), new RegExp(`/${basename(another)} \\| imported \\|`)));
  });

  it('says whether the store is whole once it was checked', async () => {
    const check = await invoke('traceLedger.checkIntegrity');
    assert.deepEqual(check?.problems, []);
    await eventually(() => assert.match(shown(), /Integrity \| \d+ tables and their indexes are whole/));
  });

  it('is copied without the path of a source', async () => {
    const copied = await invoke('traceLedger.copyDiagnostics');
    assert.equal(await vscode.env.clipboard.readText(), copied);
    assert.match(copied!, /plato/);
    assert.ok(!copied!.includes(dirname(path)) && !copied!.includes(api.storePath));
  });

  it('of a dead source empties neither the tree nor the panel', async () => {
    const dead = await platoMonth([month('dead', 1)], '2018-08.json');
    paths.push(dead);
    await invoke('traceLedger.importFiles', [dead]);
    await writeFile(dead, '{"version": "1.0", "metrics": [{{{');
    const gone = await platoMonth([month('gone', 2)], '2018-09.json');
    paths.push(gone);
    await invoke('traceLedger.importFiles', [gone]);
    await rm(gone);
    const folder = join(dirname(gone), 'folder.json');
    await mkdir(folder);
    await invoke('traceLedger.importFiles', [dead, gone, folder]);
    const total = (await panelOf(path, dead, gone)).total;
    assert.ok(total.calls >= 2 && total.cost >= 1_250_000_000, JSON.stringify(total));
    const rows = await api.ledger.sources();
    for (const one of [path, dead, gone]) assert.ok(rows.some((row) => row.path === one));
    assert.ok((await api.sourcesTree.getChildren()).length > 0);
    assert.ok((await api.sessionsTree.getChildren()).length > 0);
    await invoke('traceLedger.showHealth');
    await eventually(() =>
      assert.match(shown(), new RegExp(`/${basename(gone)} \\| gone, its figures stay \\|`)),
    );
  });

  it('says that reading is off, and nothing is read then; both ways at once', async () => {
    assert.equal(setting('traceLedger.enabled'), true);
    await setEnabled(false);
    await eventually(async () => assert.equal((await api.ledger.liveState()).enabled, false));
    const calls = (await panelOf(path)).total.calls;
    const unread = await platoMonth([month('unread', 4)], '2018-10.json');
    paths.push(unread);
    assert.equal(await invoke('traceLedger.importFiles', [unread]), undefined);
    await assert.rejects(api.ledger.importPaths('x', [unread], {}), /traceLedger\.enabled/);
    await assert.rejects(api.ledger.findTraces('x', []), /traceLedger\.enabled/);
    await writeFile(
      path,
      JSON.stringify({
        version: '1.0',
        month: '2018-06',
        metrics: [month('healthy', 0.25), month('later', 8)],
      }),
    );
    await appendFile(path, '\n');
    await invoke('traceLedger.refresh');
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal((await panelOf(path)).total.calls, calls, 'what is known can still be looked at');
    await eventually(() => assert.match(shown(), /Reading is off/));
    await invoke('traceLedger.enable');
    assert.equal(setting('traceLedger.enabled'), true);
    await eventually(async () => assert.equal((await panelOf(path)).total.calls, calls + 1));
    assert.equal((await invoke('traceLedger.importFiles', [unread]))?.newCalls, 1);
    await eventually(() => assert.doesNotMatch(shown(), /Reading is off/));
  });
});
