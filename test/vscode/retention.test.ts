import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { metric, platoMonth } from '../support/platoMonth';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';

describe('old calls in VS Code', () => {
  let path: string;
  const zone = 'UTC';
  const settings = () => vscode.workspace.getConfiguration('traceLedger.retention');
  const question = () => ({ filter: { sources: [path] }, mode: 'auto', zone }) as const;
  const total = async () => (await (await traceLedger()).ledger.report(question(), 'session')).total;

  before(async () => {
    path = await platoMonth(
      Array.from({ length: 12 }, (_, n) =>
        metric({ sessionId: `old-${n % 2}`, timestamp: Date.UTC(2025, 5, 3, n) }),
      ),
    );
    assert.equal((await invoke('traceLedger.importFiles', [path]))?.newCalls, 12);
  });
  after(async () => {
    await settings().update('compactAfterDays', undefined, vscode.ConfigurationTarget.Global);
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  it('are counted in a plan by the ages of the settings, become sums, and every total stays', async () => {
    const { ledger } = await traceLedger();
    await settings().update('compactAfterDays', 60, vscode.ConfigurationTarget.Global);
    const before = await total();
    const plan = await ledger.compactionPlan({ compactAfterDays: 60, dailyAfterDays: 0, deleteAfterDays: 0 });
    assert.ok(plan.calls >= 12 && plan.sessions >= 2);
    assert.ok(((await invoke('traceLedger.compactHistory', true)) ?? 0) >= 12);
    assert.deepEqual(await total(), before);
    const { rows } = await ledger.sessions(question(), undefined, { limit: 9 });
    assert.deepEqual(
      rows.map(({ summedUp }) => summedUp?.calls),
      [6, 6],
    );
    await invoke('traceLedger.reimportSource', path);
    assert.deepEqual(await total(), before);
    assert.equal(await invoke('traceLedger.compactHistory', true), 0);
  });

  it('come back with their source when it is reset, and are sums again when that is undone', async () => {
    const { ledger } = await traceLedger();
    const before = await total();
    const sums = async () =>
      (await ledger.sessions(question(), undefined, { limit: 9 })).rows.map(
        ({ summedUp }) => summedUp?.calls ?? 0,
      );
    await invoke('traceLedger.resetSource', path, true);
    await eventually(async () => assert.deepEqual(await sums(), [0, 0]));
    assert.deepEqual(await total(), before);
    await invoke('traceLedger.undoReset');
    assert.deepEqual(await sums(), [6, 6]);
    assert.deepEqual(await total(), before);
  });

  it('are all there again after a reset of the ledger is undone', async () => {
    const { ledger } = await traceLedger();
    const before = await ledger.status();
    await invoke('traceLedger.resetLedger', true);
    assert.deepEqual([(await ledger.status()).calls, (await ledger.status()).sources], [0, 0]);
    await invoke('traceLedger.undoReset');
    const { calls, sessions, sources } = await ledger.status();
    assert.deepEqual([calls, sessions, sources], [before.calls, before.sessions, before.sources]);
  });

  it('are listed as files of ours by what would delete them', async () => {
    const { ledger } = await traceLedger();
    for (const { path: file, bytes } of await ledger.ownData())
      assert.ok(existsSync(file) && bytes >= 0, file);
  });
});
