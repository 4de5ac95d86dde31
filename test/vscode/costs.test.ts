import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { invoke } from '../../src/host/contributions';
import { schemes } from '../../src/host/contributions';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';
import type { TraceLedger } from '../../src/extension';

describe('costs that explain themselves', () => {
  let api: TraceLedger;
  let path: string;
  let key: string;

  before(async () => {
    api = await traceLedger();
    // 1,000 in and 500 out of gpt-4o at 2.50 and 10 a million: 0.0075; its source recorded 0.005.
    path = await platoMonth([
      metric({ sessionId: 'explained', cost: 0.005 }),
      metric({ sessionId: 'explained', cost: 0.0075, timestamp: Date.UTC(2025, 5, 3, 13) }),
    ]);
    await invoke('traceLedger.importFiles', [path]);
    const [row] = await api.ledger.findSessions('explained', 'auto', 1);
    key = row!.key;
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await api.ledger.saveNote(key, '');
    await invoke('traceLedger.removeSource', path, true);
    await rm(dirname(path), { recursive: true });
  });

  const shown = (title: string): string => {
    const document = vscode.workspace.textDocuments.find(
      ({ uri }) => uri.scheme === schemes.explanation && uri.path.includes(title),
    );
    assert.ok(document, `an explanation of ${title} is open`);
    return document.getText();
  };

  it('on a call: tokens times rates, where the price is from, what was recorded, and why the two differ', async () => {
    const { rows } = await api.ledger.calls(key, 'auto', { limit: 9 });
    const row = rows[0]!;
    const [session] = await api.ledger.findSessions('explained', 'auto', 1);
    await invoke('traceLedger.explainCost', { kind: 'call', row, session: session!, copy: 0 });
    const text = shown('call');
    for (const line of [
      /^\| Counts \| \$0\.005 \(recorded\) \|$/m,
      /^\| Computed \| \$0\.0075 \|$/m,
      /^\| input \| 1,000 \| \$2\.5 \| \$0\.0025 \| \[1\] \|$/m,
      /^\| output \| 500 \| \$10 \| \$0\.005 \| \[1\] \|$/m,
      /goes before a computed one/,
      /is 0\.667 times the computed one/,
      /^- \[1\] A correction of ours: .*as openai\/gpt-4o, in force since 2024-10-02/m,
    ])
      assert.match(text, line);
  });

  it('on a session, summed by model and rate', async () => {
    await invoke('traceLedger.explainCost', key);
    const text = shown('session explained');
    assert.match(text, /^\\?\$0\.0125 in 2 calls, in the cost mode "auto"\.$/m);
    assert.match(text, /^\| input \| 2,000 \| \$2\.5 \| \$0\.005 \| \[1\] \|$/m);
  });

  it('compare with another model, write that into the note after what is there, and undo it', async () => {
    await api.ledger.saveNote(key, 'Dear.\n');
    const line = await invoke('traceLedger.whatIf', key, { model: 'gpt-4o-mini', action: 'note' });
    // 2,000 x 0.15 + 1,000 x 0.60 a million = 0.0009, of 0.0125: 92.8 % less.
    const expected = 'Used gpt-4o: $0.013; on gpt-4o-mini the same tokens would have cost $0.0009, 93 % less';
    assert.equal(line, expected);
    assert.equal((await api.ledger.note(key))?.text, `Dear.\n\n${expected}\n`);
    const detail = await api.ledger.session(key, 'auto');
    assert.equal(detail?.noteHistory[1]?.text, 'Dear.\n');
    await api.ledger.saveNote(key, 'Dear.\n');
    assert.equal((await api.ledger.note(key))?.text, 'Dear.\n');
  });

  it('say of a group what its tokens would have cost, for the clipboard', async () => {
    const filter = { sources: [path] };
    const line = await invoke('traceLedger.whatIf', { filter }, { model: 'gpt-4o-mini', action: 'copy' });
    assert.match(line ?? '', /, 93 % less$/);
    assert.equal(await vscode.env.clipboard.readText(), line);
  });
});
