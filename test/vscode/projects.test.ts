import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';

const line = {
  ...{
    type: 'assistant',
    sessionId: 'project-rule',
    cwd: '/srv/shop/web',
    timestamp: '2026-01-02T03:04:05Z',
  },
  ...{ requestId: 'req-project', uuid: 'u-1', version: '2.0.0' },
  message: {
    ...{ id: 'msg-project', role: 'assistant', model: 'claude-sonnet-4-5' },
    usage: { input_tokens: 10, output_tokens: 1 },
  },
};

describe('the setting of projects', () => {
  let folder: string;
  let path: string;
  const set = (value: unknown) =>
    vscode.workspace
      .getConfiguration()
      .update('traceLedger.projects', value, vscode.ConfigurationTarget.Global);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-projects-'));
    path = join(folder, 'session.jsonl');
    await writeFile(path, `${JSON.stringify(line)}\n`);
  });

  after(async () => {
    await set(undefined);
    await invoke('traceLedger.removeSource', path, true);
    await rm(folder, { recursive: true });
  });

  it('names the project of a folder', async () => {
    const { ledger } = await traceLedger();
    const summary = await invoke('traceLedger.importFiles', [path]);
    assert.equal(summary?.newCalls, 1);
    await set({ '/srv': 'Servers' });
    await eventually(async () => {
      const { groups } = await ledger.report(
        { filter: { sources: [path] }, mode: 'auto', zone: 'UTC' },
        'project',
      );
      assert.deepEqual(
        groups.map(({ label }) => label),
        ['Servers'],
      );
    });
  });
});
