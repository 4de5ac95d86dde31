import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke, schemes } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';
import type { TraceLedger } from '../../src/extension';

describe('the setting of a currency', () => {
  let api: TraceLedger;
  let path: string;
  const set = (value: unknown) =>
    vscode.workspace
      .getConfiguration()
      .update('traceLedger.currency', value, vscode.ConfigurationTarget.Global);

  before(async () => {
    api = await traceLedger();
    path = await platoMonth([metric({ sessionId: 'in-euros', cost: 0.0125 })]);
    await invoke('traceLedger.importFiles', [path]);
  });
  after(async () => {
    await set(undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  async function rowOf(): Promise<string> {
    for (const group of await api.sessionsTree.getChildren())
      for (const node of await api.sessionsTree.getChildren(group))
        if (node.kind === 'session' && node.row.id === 'in-euros')
          return String(api.sessionsTree.getTreeItem(node).description);
    throw new Error('the session is not in the tree');
  }
  const shown = (): string =>
    vscode.workspace.textDocuments
      .find(({ uri }) => uri.scheme === schemes.session && uri.path.includes('in-euros'))
      ?.getText() ?? '';

  /** The tree is told to ask again, and what it answers then. */
  async function follows(value: unknown, row: RegExp, cost: RegExp): Promise<void> {
    let refreshed = 0;
    const listening = api.sessionsTree.onDidChangeTreeData(() => refreshed++);
    try {
      await set(value);
      await eventually(async () => {
        assert.ok(refreshed > 0, 'the tree asks again');
        assert.match(await rowOf(), row);
        assert.match(shown(), cost);
      });
    } finally {
      listening.dispose();
    }
  }

  it('is followed by the tree and by open documents at once, and back', async () => {
    const [row] = await api.ledger.findSessions('in-euros', 'auto', 1);
    await invoke('traceLedger.showSession', row!.key);
    await eventually(async () => assert.match(shown(), /^\| Cost \| \$0\.0125 \|$/m));
    // 0.0125 x 0.92 = 0.0115
    await follows(
      { code: 'EUR', perUsd: 0.92, asOf: '2026-11-01' },
      /^€0\.012 · 1 call/,
      /^\| Cost \| \$0\.0125 ≈ €0\.012 \|$[^]*^\| Currency \| EUR at 0\.92 per USD, 2026-11-01 \|$/m,
    );
    // 0.0125 x 150 = 1.875
    await follows(
      { code: 'JPY', perUsd: 150, asOf: '2026-11-02' },
      /^¥1\.9 · 1 call/,
      /\$0\.0125 ≈ ¥1\.9 \|$/m,
    );
    await follows(
      { code: 'EUR', perUsd: -1, asOf: '2026-11-01' },
      /^\$0\.013 · 1 call/,
      /^\| Cost \| \$0\.0125 \|$/m,
    );
    await follows({ code: 'EUR', perUsd: 0.92, asOf: '2026-11-01' }, /^€0\.012/, /€0\.012 \|$/m);
    await follows(undefined, /^\$0\.013 · 1 call/, /^\| Cost \| \$0\.0125 \|$/m);
  });

  it('leaves what is counted and looked for in US dollars', async () => {
    await set({ code: 'JPY', perUsd: 150, asOf: '2026-11-02' });
    const { total } = await api.ledger.report(
      { filter: { sources: [path] }, mode: 'auto', zone: 'UTC' },
      null,
    );
    assert.equal(total.cost, 12_500_000);
    assert.ok((await api.ledger.findSessions('$0.0125', 'auto', 9)).some(({ id }) => id === 'in-euros'));
  });
});
