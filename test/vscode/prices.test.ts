import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';

const line = {
  ...{ type: 'assistant', sessionId: 'own-prices', cwd: '/srv/prices', timestamp: '2026-01-02T03:04:05Z' },
  ...{ requestId: 'req-own-prices', uuid: 'u-1', version: '2.0.0' },
  message: {
    ...{ id: 'msg-own-prices', role: 'assistant', model: 'claude-sonnet-4-5' },
    usage: { input_tokens: 1000, output_tokens: 100 },
  },
};

const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

describe('the setting of prices', () => {
  let folder: string;
  let path: string;
  const set = (value: unknown) =>
    vscode.workspace
      .getConfiguration()
      .update('traceLedger.prices', value, vscode.ConfigurationTarget.Global);

  async function costs(nano: number): Promise<void> {
    const { ledger } = await traceLedger();
    await eventually(async () => {
      const question = { filter: { sources: [path] }, mode: 'computed', zone: 'UTC' } as const;
      assert.equal((await ledger.report(question, null)).total.cost, nano);
    });
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-prices-'));
    path = join(folder, 'session.jsonl');
    await writeFile(path, jsonLine(line));
  });

  after(async () => {
    await set(undefined);
    await proposal(2);
    await invoke('traceLedger.applyPrices');
    await invoke('traceLedger.removeSource', path, true);
    await rm(folder, { recursive: true });
  });

  /** Waits until the worker has looked at what the setting says. */
  async function proposal(calls: number): Promise<void> {
    const { ledger } = await traceLedger();
    await eventually(async () => {
      assert.equal((await ledger.proposedPrices())?.difference.calls, calls);
    });
  }
  const setting = () => vscode.workspace.getConfiguration().get('traceLedger.prices');

  it('shows what prices change of known calls, applies them when told, and takes them back with the setting', async () => {
    assert.equal((await invoke('traceLedger.importFiles', [path]))?.newCalls, 1);
    // 1,000 x 3 + 100 x 15, a million.
    await costs(4_500_000);
    await set([{ model: 'claude-sonnet-4-5', prices: { input: 1, output: 2 } }]);
    await proposal(1);
    await costs(4_500_000);
    await invoke('traceLedger.reviewPrices');
    const shown = vscode.workspace.textDocuments.find(
      ({ uri }) => uri.scheme === 'trace-ledger-price-changes',
    );
    assert.match(shown?.getText() ?? '', /\$0\.0045 becomes \$0\.0012 \(−\$0\.0033\)/);
    assert.match(
      shown?.getText() ?? '',
      /\| 2026-01 \| claude-sonnet-4-5 at anthropic \| 1 \| \$0\.0045 \| \$0\.0012 \| −\$0\.0033 \|/,
    );
    await invoke('traceLedger.applyPrices');
    await costs(1_200_000);
    await invoke('traceLedger.undoPrices');
    await costs(4_500_000);
    assert.deepEqual(setting(), []);
  });

  it('leaves known calls alone where they are for new ones only', async () => {
    await set([{ model: 'claude-sonnet-4-5', prices: { input: 1, output: 2 } }]);
    await proposal(1);
    await invoke('traceLedger.applyPricesToNewCalls');
    await appendFile(
      path,
      jsonLine({ ...line, requestId: 'req-new', message: { ...line.message, id: 'msg-new' } }),
    );
    assert.equal((await invoke('traceLedger.importFiles', [path]))?.newCalls, 1);
    await costs(4_500_000 + 1_200_000);
  });

  it('is not taken where an entry is wrong, and is where it is put right', async () => {
    await set([{ model: '*', prices: { input: 9, output: 9 } }]);
    await set([{ model: 'claude-*', prices: { input: 2, output: 2 } }]);
    await proposal(2);
    await invoke('traceLedger.applyPrices');
    await costs(2 * 2_200_000);
  });

  it('tells what a subscription pays, and takes that back', async () => {
    const { ledger } = await traceLedger();
    const configuration = vscode.workspace.getConfiguration();
    await configuration.update(
      'traceLedger.included',
      { 'source:claude-code': true },
      vscode.ConfigurationTarget.Global,
    );
    await proposal(2);
    await invoke('traceLedger.applyPrices');
    const question = { filter: { sources: [path] }, mode: 'auto', zone: 'UTC' } as const;
    const { total } = await ledger.report(question, null);
    assert.deepEqual([total.cost, total.includedCalls, total.included], [0, 2, 4_400_000]);
    await invoke('traceLedger.undoPrices');
    const { globalValue } = vscode.workspace.getConfiguration().inspect('traceLedger.included') ?? {};
    assert.equal(globalValue, undefined);
    assert.equal((await ledger.report(question, null)).total.cost, 4_400_000);
  });
});
