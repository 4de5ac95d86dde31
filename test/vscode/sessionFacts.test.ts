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
    assert.doesNotMatch(text, /Labels|First\stoken|Images|Audio\sinput\stokens/);
  });
});
