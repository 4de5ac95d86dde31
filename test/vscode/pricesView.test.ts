import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { explanationUri, priceNoteUri } from '../../src/host/uris';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';
import type { ModelPriceNode, PricesNode } from '../../src/host/prices/priceNodes';
import type { ModelPrice } from '../../src/shared/modelPrices';

const ours = 'house-model-7';
const line = (model: string, id: string) => ({
  ...{
    type: 'assistant',
    sessionId: 'prices-view',
    cwd: '/srv/prices-view',
    timestamp: '2026-01-02T03:04:05Z',
  },
  ...{ requestId: `req-${id}`, uuid: id, version: '2.0.0' },
  message: { id: `msg-${id}`, role: 'assistant', model, usage: { input_tokens: 1000, output_tokens: 100 } },
});

describe('the view of prices', () => {
  let folder: string;
  let path: string;

  const written = () =>
    vscode.workspace.getConfiguration().inspect<readonly unknown[]>('traceLedger.prices')?.globalValue ?? [];
  const set = (value: unknown) =>
    vscode.workspace
      .getConfiguration()
      .update('traceLedger.prices', value, vscode.ConfigurationTarget.Global);

  async function nodeOf(label: string): Promise<ModelPriceNode> {
    const { pricesTree } = await traceLedger();
    const found = (await pricesTree.getChildren()).find(
      (node): node is ModelPriceNode => node.kind === 'modelPrice' && node.row.label === label,
    );
    assert.ok(found, label);
    return found;
  }
  const rowOf = async (label: string): Promise<ModelPrice> => (await nodeOf(label)).row;
  const itemOf = async (node: PricesNode) => (await traceLedger()).pricesTree.getTreeItem(node);
  async function detailsOf(label: string): Promise<ReadonlyMap<string, string>> {
    const { pricesTree } = await traceLedger();
    const nodes = await pricesTree.getChildren(await nodeOf(label));
    return new Map(
      nodes.flatMap((node) => (node.kind === 'priceDetail' ? [[node.label, node.description]] : [])),
    );
  }
  const costs = (nano: number) =>
    eventually(async () => {
      const { cost, unpricedCalls } = await rowOf(ours);
      assert.deepEqual([cost, unpricedCalls], [nano, 0]);
    });

  /** Prices that change a known call wait for a word. */
  const applied = async (): Promise<void> => {
    const { ledger } = await traceLedger();
    await eventually(async () => assert.equal((await ledger.proposedPrices())?.difference.calls, 1));
    await invoke('traceLedger.applyPrices');
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-prices-view-'));
    path = join(folder, 'session.jsonl');
    await writeFile(
      path,
      [line(ours, 'a'), line('claude-sonnet-4-5', 'b')].map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
    assert.equal((await invoke('traceLedger.importFiles', [path]))?.newCalls, 2);
  });

  after(async () => {
    await set(undefined);
    await invoke('traceLedger.editPriceNote', (await rowOf('claude-sonnet-4-5')).name, '');
    await invoke('traceLedger.removeSource', path, true);
    await rm(folder, { recursive: true });
  });

  it('lists unpriced models first, marked, and says what a known price is made of', async () => {
    const { pricesTree } = await traceLedger();
    const nodes = await pricesTree.getChildren();
    const unpriced = nodes.map((node) => node.kind === 'modelPrice' && node.row.unpricedCalls > 0);
    assert.deepEqual(
      unpriced,
      [...unpriced].sort((a, b) => Number(b) - Number(a)),
    );
    const item = await itemOf(await nodeOf(ours));
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'warning');
    assert.match(item.description as string, /^no price · 1 call unpriced/);
    assert.equal(item.contextValue, 'model.unpriced');
    assert.match((await detailsOf(ours)).get('No price') ?? '', /no list price/);

    const known = await itemOf(await nodeOf('claude-sonnet-4-5'));
    assert.match(known.description as string, /^\$3 \/ \$15 · \$0\.0045 · 1 call · anthropic/);
    const details = await detailsOf('claude-sonnet-4-5');
    assert.equal(details.get('Input'), '$3 per million tokens');
    assert.equal(details.get('Cache read'), '$0.3 per million tokens');
    assert.match(details.get('Where from') ?? '', /genai-prices|correction/);
    assert.equal(details.get('Provider'), 'anthropic, as the name tells');
    assert.equal(details.get('Recorded as'), 'claude-sonnet-4-5');
  });

  it('prices a model as another, then at a price of its own, in one entry of the settings', async () => {
    const node = await nodeOf(ours);
    await invoke('traceLedger.thisIsModel', node, 'anthropic/claude-sonnet-4-5');
    await applied();
    // 1,000 x 3 + 100 x 15, a million.
    await costs(4_500_000);
    assert.match(
      (await detailsOf(ours)).get('Where from') ?? '',
      /the price of anthropic\/claude-sonnet-4-5/,
    );
    await invoke('traceLedger.setPrice', node, { input: 1, output: 2, cacheRead: 0.1 });
    await applied();
    await costs(1_200_000);
    await invoke('traceLedger.undoPrices');
    await costs(4_500_000);
    assert.equal((written()[0] as { sameAs?: string }).sameAs, 'anthropic/claude-sonnet-4-5');
    await invoke('traceLedger.setPrice', node, { input: 1, output: 2, cacheRead: 0.1 });
    await applied();
    await costs(1_200_000);
    const [entry, ...others] = written() as readonly Record<string, unknown>[];
    assert.equal(others.length, 0);
    assert.equal(entry?.model, ours);
    assert.deepEqual(
      Object.entries(entry?.prices as object).filter(([name]) =>
        ['input', 'output', 'cacheRead'].includes(name),
      ),
      [
        ['input', 1],
        ['output', 2],
        ['cacheRead', 0.1],
      ],
    );
    await invoke('traceLedger.setPrice', node, { input: 5, output: 5, from: '2026-02-01' });
    assert.equal(written().length, 2);
    await costs(1_200_000);
  });

  it('writes nothing that would be refused', async () => {
    const before = written();
    await invoke('traceLedger.thisIsModel', await nodeOf(ours), 'nobody/sells-this');
    assert.deepEqual(written(), before);
  });

  it('keeps a note on a price, shown with the price wherever that is, edited as a line or as a file', async () => {
    const { name } = await rowOf('claude-sonnet-4-5');
    await invoke('traceLedger.editPriceNote', name, 'negotiated 20 % off');
    assert.equal((await rowOf('claude-sonnet-4-5')).note?.text, 'negotiated 20 % off');
    const item = await itemOf(await nodeOf('claude-sonnet-4-5'));
    assert.match(item.description as string, /negotiated 20 % off$/);

    const uri = priceNoteUri(name);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), 'negotiated 20 % off');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'From Ana:\n');
    await vscode.workspace.applyEdit(edit);
    assert.ok(await document.save());
    assert.equal((await rowOf('claude-sonnet-4-5')).note?.text, 'From Ana:\nnegotiated 20 % off');
    assert.equal((await detailsOf('claude-sonnet-4-5')).get('Price note'), 'From Ana:');

    const explained = await vscode.workspace.openTextDocument(
      explanationUri({ subject: { filter: { sources: [path] } }, title: 'all' }),
    );
    assert.match(explained.getText(), /Price note: From Ana: negotiated 20 % off/);
    await invoke('traceLedger.editPriceNote', name, ' ');
    assert.equal((await rowOf('claude-sonnet-4-5')).note, null);
  });
});
