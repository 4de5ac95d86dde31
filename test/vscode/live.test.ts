import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reporters } from 'mocha';
import * as vscode from 'vscode';
import { invoke, setting } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { Delays, liveFiles, sumsAfter, writeLive } from '../support/liveWriters';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';
import type { TraceLedger } from '../../src/extension';
import type { LiveFile } from '../support/liveWriters';

const long = process.env.TRACE_LEDGER_LONG === '1';
const seconds = long ? 60 : 4;
const rate = 20;

describe('sources that change while VS Code is open', function () {
  this.timeout(seconds * 1000 + 90_000);
  let api: TraceLedger;
  let folder: string;
  let files: readonly LiveFile[];
  const first = metric({ sessionId: 'before', timestamp: Date.UTC(2025, 4, 1) });

  const totalOf = async ({ path }: LiveFile) => {
    const question = { filter: { sources: [path] }, mode: 'auto', zone: 'UTC' } as const;
    const { calls, inputTokens, outputTokens } = (await api.ledger.report(question, null)).total;
    return { calls, inputTokens, outputTokens };
  };
  const support = (): string =>
    join(vscode.extensions.getExtension('trace-ledger.trace-ledger')!.extensionPath, 'test', 'support');
  const sourceText = async (path: string): Promise<string> => {
    const [node] = (await api.sourcesTree.getChildren()).filter(
      (one) => one.kind === 'source' && one.row.path === path,
    );
    const item = api.sourcesTree.resolveTreeItem(api.sourcesTree.getTreeItem(node!), node!);
    return (item.tooltip as vscode.MarkdownString).value;
  };
  const change = (name: 'enabled' | 'idleTimeout', value: unknown) =>
    vscode.workspace
      .getConfiguration()
      .update(`traceLedger.live.${name}`, value, vscode.ConfigurationTarget.Global);

  before(async () => {
    api = await traceLedger();
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-live-'));
    files = liveFiles(folder);
    const month = { version: '1.0', month: '2025-05', metrics: [first] };
    await writeFile(join(folder, '2025-05.json'), JSON.stringify(month));
    assert.equal((await invoke('traceLedger.importFiles', [folder]))?.newCalls, 1);
  });

  after(async () => {
    for (const path of [...files.map((file) => file.path), join(folder, '2025-05.json')])
      await invoke('traceLedger.removeSource', path, true);
    await rm(folder, { recursive: true });
  });

  it('are in the figures, every call once, without a hold-up of the editor', async () => {
    const delays = new Delays();
    let asking = false;
    let again = false;
    const look = async (): Promise<void> => {
      again = asking;
      if (asking) return;
      asking = true;
      for (const file of files) delays.sees(file.path, (await totalOf(file)).calls, Date.now());
      asking = false;
      if (again) await look();
    };
    const listening = api.onDidChange(() => void look());
    api.resetLongestRun();
    await Promise.all(
      files.map((file) =>
        writeLive(file, { seconds, rate }, (call, at) => delays.wrote(file.path, call, at), support()),
      ),
    );
    await eventually(async () => {
      for (const file of files) assert.deepEqual(await totalOf(file), sumsAfter(seconds * rate), file.kind);
    }, 30_000);
    listening.dispose();
    const { name, ms } = api.longestRun();
    assert.ok(ms < 200, `${name} held the extension host for ${ms.toFixed(1)} ms`);
    if (!long) return;
    // By the reporter, whose lines the runner prints.
    for (const { kind, path } of files)
      reporters.Base.consoleLog(`${kind}: ${JSON.stringify(delays.of(path))}`);
    reporters.Base.consoleLog(`longest run on the extension host: ${name}, ${ms.toFixed(1)} ms`);
  });

  it('say how they are watched', async () => {
    assert.match(await sourceText(files[0]!.path), /Watched/);
    await change('enabled', false);
    await eventually(async () => assert.match(await sourceText(files[0]!.path), /Not watched/));
    await change('enabled', undefined);
    await eventually(async () => assert.match(await sourceText(files[0]!.path), /Watched/));
  });

  it('sleep after a while, and wake with the next command', async () => {
    assert.equal(setting('traceLedger.live.idleTimeout'), 300);
    await change('idleTimeout', 1);
    await eventually(async () => assert.ok((await api.ledger.liveState()).isAsleep), 30_000);
    await invoke('traceLedger.refresh');
    await eventually(async () => assert.equal((await api.ledger.liveState()).isAsleep, false));
    await change('idleTimeout', undefined);
  });

  it('are left alone where they were imported as files and something else comes beside them', async () => {
    const path = await platoMonth([metric({ sessionId: 'alone', timestamp: Date.UTC(2025, 3, 1) })]);
    await invoke('traceLedger.importFiles', [path]);
    const sources = (await api.ledger.sourcePaths()).length;
    const beside = join(path, '..', '2025-01.json');
    await writeFile(beside, JSON.stringify({ version: '1.0', month: '2025-01', metrics: [first] }));
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal((await api.ledger.sourcePaths()).length, sources);
    await invoke('traceLedger.removeSource', path, true);
  });
});
