import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
    await writeFile(path, `${JSON.stringify(line)}\n`);
  });

  after(async () => {
    await set(undefined);
    await invoke('traceLedger.removeSource', path, true);
    await rm(folder, { recursive: true });
  });

  it('prices calls anew, and back when it is gone', async () => {
    assert.equal((await invoke('traceLedger.importFiles', [path]))?.newCalls, 1);
    // 1,000 x 3 + 100 x 15, a million.
    await costs(4_500_000);
    await set([{ model: 'claude-sonnet-4-5', prices: { input: 1, output: 2 } }]);
    await costs(1_200_000);
    await set([]);
    await costs(4_500_000);
  });

  it('is not taken where an entry is wrong, and is where it is put right', async () => {
    await set([{ model: 'claude-sonnet-4-5', prices: { input: 1, output: 2 } }]);
    await costs(1_200_000);
    await set([{ model: '*', prices: { input: 9, output: 9 } }]);
    // Taken in turn, so that what follows is after it.
    const { ledger } = await traceLedger();
    assert.match((await ledger.choosePrices([{ model: '*' }])).join(), /Entry 1/);
    await costs(1_200_000);
    await set([{ model: 'claude-*', prices: { input: 2, output: 2 } }]);
    await costs(2_200_000);
  });
});
