import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { applyCheckboxes } from '../../src/host/tree/inclusion';
import { sessionUri } from '../../src/host/uris';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';
import type { TraceLedger } from '../../src/extension';
import type { SessionNode, SourceNode } from '../../src/host/tree/nodes';
import type { Totals } from '../../src/shared/model';

const { Checked, Unchecked } = vscode.TreeItemCheckboxState;

describe('what is excluded from analytics', () => {
  let api: TraceLedger;
  let path: string;
  let whole: Totals;

  before(async () => {
    api = await traceLedger();
    // Two calls, 2,000 and 1,000 tokens and $0.005 in one session; one call for $0.01 in the other.
    path = await platoMonth([
      metric({ sessionId: 'exclude-a', model: 'exclude-m1', cost: 0.002, timestamp: Date.UTC(2025, 5, 3) }),
      metric({ sessionId: 'exclude-a', model: 'exclude-m1', cost: 0.003, timestamp: Date.UTC(2025, 5, 4) }),
      metric({ sessionId: 'exclude-b', model: 'exclude-m2', cost: 0.01, timestamp: Date.UTC(2025, 5, 5) }),
    ]);
    await invoke('traceLedger.importFiles', [path]);
    whole = await totals();
  });

  after(async () => {
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  // What one test leaves excluded must not fail the next.
  afterEach(async () => {
    await api.ledger.setExcluded('session', (await sessionNode('exclude-a')).row.key, false);
    await api.ledger.setExcluded('model', 'exclude-m1', false);
    await api.ledger.setExcluded('source', path, false);
  });

  const totals = async (): Promise<Totals> =>
    (await api.ledger.report({ filter: {}, mode: 'auto', zone: 'UTC' }, null)).total;

  /** What is missing from the whole, and how many more calls are said to be excluded. */
  async function missing() {
    const now = await totals();
    return {
      calls: whole.calls - now.calls,
      nano: whole.cost - now.cost,
      input: whole.inputTokens - now.inputTokens,
      output: whole.outputTokens - now.outputTokens,
      sessions: whole.sessions - now.sessions,
      excluded: now.excludedCalls - whole.excludedCalls,
    };
  }
  const sessionA = { calls: 2, nano: 5_000_000, input: 2000, output: 1000, sessions: 1, excluded: 2 };

  async function sessionNode(id: string): Promise<SessionNode> {
    for (const experiment of await api.sessionsTree.getChildren()) {
      for (const node of await api.sessionsTree.getChildren(experiment)) {
        if (node.kind === 'session' && node.row.id === id) return node;
      }
    }
    throw new Error(`no session ${id} in the tree`);
  }

  async function sourceNode(): Promise<SourceNode> {
    for (const node of await api.sourcesTree.getChildren())
      if (node.kind === 'source' && node.row.path === path) return node;
    throw new Error(`${path} is not among the sources`);
  }

  const checkbox = ({ checkboxState }: vscode.TreeItem) => {
    assert.ok(typeof checkboxState === 'object');
    return checkboxState;
  };

  it('is unchecked on its row, and counted nowhere but in a line of its own', async () => {
    const node = await sessionNode('exclude-a');
    const { state, tooltip, accessibilityInformation } = checkbox(api.sessionsTree.getTreeItem(node));
    assert.deepEqual([state, tooltip], [Checked, 'Include in Analytics']);
    assert.equal(accessibilityInformation?.label, 'Include session exclude-a in Analytics');

    await applyCheckboxes(api.ledger, [[node, Unchecked]]);
    assert.deepEqual(await missing(), sessionA);
    const excluded = await sessionNode('exclude-a');
    const item = api.sessionsTree.getTreeItem(excluded);
    assert.equal(checkbox(item).state, Unchecked);
    assert.match(String(item.description), /^excluded · \$0\.005 · 2 calls/);
    const document = await vscode.workspace.openTextDocument(sessionUri(node.row.key));
    assert.match(document.getText(), /^Excluded from analytics/m);

    await applyCheckboxes(api.ledger, [[excluded, Checked]]);
    assert.deepEqual(await totals(), whole);
    const again = await sessionNode('exclude-a');
    assert.doesNotMatch(String(api.sessionsTree.getTreeItem(again).description), /excluded/);
  });

  it('changes by a command, from whatever it is now', async () => {
    const node = await sessionNode('exclude-a');
    await invoke('traceLedger.toggleIncluded', node);
    assert.deepEqual(await missing(), sessionA);
    await invoke('traceLedger.toggleIncluded', node);
    assert.deepEqual(await totals(), whole);
  });

  it('stays excluded when its source is read again', async () => {
    await invoke('traceLedger.toggleIncluded', await sessionNode('exclude-a'));
    await invoke('traceLedger.reimportSource', path);
    assert.deepEqual(await missing(), sessionA);
    await invoke('traceLedger.toggleIncluded', await sessionNode('exclude-a'));
    assert.deepEqual(await totals(), whole);
  });

  it('is said in the row of the experiment, and in the row of a session of which some calls are excluded', async () => {
    const experimentOf = async (id: string) => {
      for (const node of await api.sessionsTree.getChildren())
        for (const child of await api.sessionsTree.getChildren(node))
          if (child.kind === 'session' && child.row.id === id)
            return String(api.sessionsTree.getTreeItem(node).description);
      throw new Error(`no session ${id} in the tree`);
    };
    assert.doesNotMatch(await experimentOf('exclude-a'), /excluded/);
    await invoke('traceLedger.toggleIncluded', await sessionNode('exclude-a'));
    assert.match(await experimentOf('exclude-a'), / · 2 calls excluded · /);
    await invoke('traceLedger.toggleIncluded', await sessionNode('exclude-a'));
    await api.ledger.setExcluded('model', 'exclude-m2', true);
    assert.match(await experimentOf('exclude-b'), / · 1 call excluded · /);
    const { description } = api.sessionsTree.getTreeItem(await sessionNode('exclude-b'));
    assert.match(String(description), /^\$0 · 0 calls · 1 excluded/);
    await api.ledger.setExcluded('model', 'exclude-m2', false);
  });

  it('may be a model', async () => {
    const models = await api.ledger.models();
    assert.equal(models.find(({ name }) => name === 'exclude-m1')?.calls, 2);
    const included = models.filter(({ excluded }) => !excluded).map(({ name }) => name);
    const rest = included.filter((name) => name !== 'exclude-m1');
    assert.equal(rest.length, included.length - 1);
    await invoke('traceLedger.chooseModels', rest);
    assert.deepEqual(await missing(), sessionA);
    const now = (await api.ledger.models()).find(({ name }) => name === 'exclude-m1');
    assert.deepEqual(now, { name: 'exclude-m1', calls: 2, excluded: true });
    await invoke('traceLedger.chooseModels', included);
    assert.deepEqual(await totals(), whole);
  });

  it('may be a source', async () => {
    const node = await sourceNode();
    assert.equal(checkbox(api.sourcesTree.getTreeItem(node)).state, Checked);
    await applyCheckboxes(api.ledger, [[node, Unchecked]]);
    assert.deepEqual(await missing(), {
      calls: 3,
      nano: 15_000_000,
      input: 3000,
      output: 1500,
      sessions: 2,
      excluded: 3,
    });
    const item = api.sourcesTree.getTreeItem(await sourceNode());
    assert.equal(checkbox(item).state, Unchecked);
    assert.match(String(item.description), /^excluded · 2 sessions · 3 calls/);
    await invoke('traceLedger.toggleIncluded', await sourceNode());
    assert.deepEqual(await totals(), whole);
  });
});
