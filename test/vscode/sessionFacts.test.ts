import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { sessionUri } from '../../src/host/uris';
import { traceLedger } from '../support/traceLedger';

const tracked = {
  audio_input_seconds: 62.5,
  audio_output_seconds: 0.25,
  text_input_tokens: 4200,
  text_output_tokens: 950,
  total_sessions: 3,
  total_duration_seconds: 95,
  function_calls: 12,
  estimated_cost_usd: 0.02,
};

describe('what a source tells of a session beside its calls', () => {
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-facts-'));
    path = join(folder, 'realtime_usage.json');
    await writeFile(path, JSON.stringify(tracked));
    await invoke('traceLedger.importFiles', [path]);
  });
  after(async () => {
    await invoke('traceLedger.removeSource', path, true);
    await rm(folder, { recursive: true });
  });

  it('stands in Show Session, and what nobody told does not', async () => {
    const { ledger } = await traceLedger();
    const [row] = await ledger.findSessions('realtime-usage', 'auto', 1);
    const text = (await vscode.workspace.openTextDocument(sessionUri(row!.key))).getText();
    for (const line of [
      /^\| Audio\sinput \| 62\.5 s \|$/m,
      /^\| Audio\soutput \| 0\.25 s \|$/m,
      /^\| Function\scalls \| 12 \|$/m,
      /^\| Duration \| 1 min 35 s \|$/m,
    ])
      assert.match(text, line);
    assert.doesNotMatch(text, /Labels|First\stoken|Images|Audio\sinput\stokens|own\stotal/);
  });

  it('is compared with the calls where it is their total', async () => {
    const { ledger, sourcesTree } = await traceLedger();
    const plato = join(folder, 'session.json');
    const daily = join(folder, 'daily.json');
    const sums = { sessionId: 'claimed-1', interactionCount: 2, totalCost: 0.006 };
    await writeFile(plato, JSON.stringify({ sessionMetadata: { costAnalytics: sums } }));
    const usage = [{ model: 'claimed-m', countObservations: 1, totalUsage: 1, totalCost: 0.25 }];
    const day = { date: '2026-03-02', countTraces: 1, countObservations: 1, totalCost: 0.25, usage };
    await writeFile(daily, JSON.stringify({ data: [day] }));
    await invoke('traceLedger.importFiles', [plato, daily]);
    const [row] = await ledger.findSessions('claimed-1', 'auto', 1);
    const text = (await vscode.workspace.openTextDocument(sessionUri(row!.key))).getText();
    assert.match(text, /^\| Plato's\sown\stotal \| \\\$0\.006 in 2 calls; its calls are not here \|$/m);
    const nodes = await sourcesTree.getChildren();
    const node = nodes.find((one) => one.kind === 'source' && one.row.path === daily)!;
    const { description } = sourcesTree.getTreeItem(node);
    assert.match(String(description), /^totals of 1 day · its calls are not here/);
    for (const source of [plato, daily]) await invoke('traceLedger.removeSource', source, true);
  });
});
