import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { invoke, schemes } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';

// This file runs from out/test/vscode.
const fixture = (path: string): string => resolve(__dirname, '../../../test/fixtures', path);
const transcripts = fixture('claude-code/sample/projects');

/** Two formats that tell the response chatcmpl-1, and a span of an agent that repeats the usage of its only call. */
const proxy = fixture('litellm/spend_logs.json');
const spans = fixture('otlp/genai-traces.jsonl');

describe('traces of agents', () => {
  before(() => invoke('traceLedger.importFiles', [transcripts, proxy, spans]));
  after(async () => {
    const { ledger } = await traceLedger();
    for (const { path } of await ledger.sources())
      if (path.startsWith(fixture(''))) await invoke('traceLedger.removeSource', path, true);
  });

  /** Key and number of sessions of each project in the side bar. */
  const projects = async (): Promise<Readonly<Record<string, number>>> => {
    const { sessionsTree } = await traceLedger();
    const nodes = await sessionsTree.getChildren();
    const rows = nodes.flatMap((node) => (node.kind === 'group' ? [node.row] : []));
    const found = rows.filter(({ kind }) => kind === 'project');
    return Object.fromEntries(found.map(({ key, sessions }): [string, number] => [key ?? '', sessions]));
  };

  it('move to another project by a setting at once, and back without it', async () => {
    const before = { '/home/ana/legacy': 1, '/home/ana/shop-api': 2, 'shop-api': 2 };
    assert.deepEqual(await projects(), before);
    const configuration = vscode.workspace.getConfiguration('traceLedger');
    const choose = (rules?: Readonly<Record<string, string>>) =>
      configuration.update('projects', rules, vscode.ConfigurationTarget.Global);
    await choose({ '/home/ana': 'Shop', '/home/ana/legacy/': 'Old shop' });
    await eventually(async () =>
      assert.deepEqual(await projects(), { 'Old shop': 1, Shop: 2, 'shop-api': 2 }),
    );
    await choose();
    await eventually(async () => assert.deepEqual(await projects(), before));
  });

  it('count once what two formats tell, and say which counts and what the other would have added', async () => {
    const uri = vscode.Uri.from({ scheme: schemes.collapsed, path: '/Calls counted once.md' });
    await invoke('traceLedger.showCollapsed');
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    // 300 at $0.15, 1,000 from the cache at $0.075 and 220 at $0.60 a million of gpt-4o-mini.
    assert.match(
      text,
      /^\| \w+.* \| \w+.* \| two formats tell the same response of the provider \| 1 \| 1\.5k \| \$0\.000252 \|$/m,
    );
    assert.match(text, /^\| .* \| the format tells the same use more than once \| 1 \| 1\.5k \| /m);
  });

  it('name project, branch and agent of each call in an export', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trace-ledger-agents-'));
    const path = join(folder, 'calls.json');
    const sessions = ['11111111-1111-4111-8111-111111111111', '33333333-3333-4333-8333-333333333333'];
    await invoke('traceLedger.export', { format: 'json', level: 'call', path, filter: {} });
    const rows = JSON.parse(await readFile(path, 'utf8')) as readonly Record<string, unknown>[];
    const told = rows
      .filter(({ session }) => sessions.includes(String(session)))
      .sort((a, b) => String(a.at).localeCompare(String(b.at)));
    assert.deepEqual(
      told.map(({ model, project, branch, agent }) => [model, project, branch, agent]),
      [
        ['claude-opus-4-20250514', '/home/ana/legacy', null, null],
        ['claude-sonnet-4-5-20250929', '/home/ana/shop-api', 'main', null],
        ['claude-haiku-4-5-20251001', '/home/ana/shop-api', 'main', 'a1b2c3d'],
        ['claude-opus-4-6', '/home/ana/shop-api', 'main', null],
      ],
    );
    await rm(folder, { recursive: true });
  });
});
