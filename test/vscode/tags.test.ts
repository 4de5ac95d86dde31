import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { sessionUri } from '../../src/host/uris';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';
import type { TraceLedger } from '../../src/extension';
import type { SessionNode } from '../../src/host/tree/nodes';

/** The first six digits of sha256(':tagged-model'), worked out with Python. */
const hex = '454ee4';

describe('session tags', () => {
  let api: TraceLedger;
  let path: string;

  before(async () => {
    api = await traceLedger();
    path = await platoMonth([
      metric({ sessionId: 'tags-later', model: 'tagged-model', timestamp: Date.UTC(2025, 5, 4) }),
      metric({ sessionId: 'tags-first', model: 'tagged-model', timestamp: Date.UTC(2025, 5, 3) }),
    ]);
    await invoke('traceLedger.importFiles', [path]);
  });

  after(async () => {
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  async function nodeOf(id: string): Promise<SessionNode> {
    for (const experiment of await api.sessionsTree.getChildren()) {
      for (const node of await api.sessionsTree.getChildren(experiment)) {
        if (node.kind === 'session' && node.row.id === id) return node;
      }
    }
    throw new Error(`no session ${id} in the tree`);
  }

  it('stand as badges in the tree, in the order of the first calls', async () => {
    const described = async (id: string) => api.sessionsTree.getTreeItem(await nodeOf(id)).description;
    assert.equal(await described('tags-first'), '$0.002 · 1 call · [tagged-model #001]');
    assert.equal(await described('tags-later'), '$0.002 · 1 call · [tagged-model #002]');
  });

  it('stand in whole in the tooltip and in Show Session', async () => {
    const node = await nodeOf('tags-later');
    const { tooltip } = await api.sessionsTree.resolveTreeItem(api.sessionsTree.getTreeItem(node), node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    // Escaped for Markdown.
    const written = new RegExp(`\\| Tag \\| chat\\\\_model\\\\_${hex}\\\\_002 \\|`);
    assert.match(tooltip.value, written);
    const document = await vscode.workspace.openTextDocument(sessionUri(node.row.key));
    assert.match(document.getText(), written);
  });

  it('are copied', async () => {
    await vscode.env.clipboard.writeText('');
    await invoke('traceLedger.copySessionTag', await nodeOf('tags-first'));
    assert.equal(await vscode.env.clipboard.readText(), `chat_model_${hex}_001`);
  });

  it('are found', async () => {
    const found = async (text: string) =>
      (await api.ledger.findSessions(text, 'auto', 10)).map(({ id }) => id);
    assert.deepEqual(await found(`chat_model_${hex}_002`), ['tags-later']);
    assert.deepEqual(await found(hex), ['tags-later', 'tags-first']);
  });

  it('stay when the source is read again, and when it comes back', async () => {
    const tags = async () =>
      Promise.all(['tags-first', 'tags-later'].map(async (id) => (await nodeOf(id)).row.tag));
    const before = await tags();
    await invoke('traceLedger.reimportSource', path);
    assert.deepEqual(await tags(), before);
    await invoke('traceLedger.removeSource', path, true);
    await invoke('traceLedger.importFiles', [path]);
    assert.deepEqual(await tags(), before);
  });
});
