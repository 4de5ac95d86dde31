import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { invoke, plainSetting } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { traceLedger } from '../support/traceLedger';
import type { Mapping } from '../../src/shared/mapping';

const writer = `import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
d.execute("CREATE TABLE usage_log (id INTEGER PRIMARY KEY, created_at TEXT, chat_id TEXT, model TEXT, usage TEXT, price_cents REAL)")
for i in range(1, 13):
    d.execute("INSERT INTO usage_log VALUES (?, ?, ?, ?, ?, ?)", (i, "2026-01-02T03:04:%02dZ" % i, "map-chat-%d" % (i % 2),
        "gpt-4o", '{"prompt_tokens": %d, "completion_tokens": 1}' % (100 * i), i / 4))
d.commit()
print(d.execute("SELECT CAST(sum(price_cents * 10000000) AS INTEGER) FROM usage_log").fetchone()[0])`;

const mapping: Mapping = {
  files: { format: 'sqlite', table: 'usage_log', columns: ['id', 'created_at', 'usage'] },
  id: ['id'],
  ids: 'perFile',
  fields: {
    time: 'created_at',
    session: 'chat_id',
    model: 'model',
    inputTokens: 'usage.prompt_tokens',
    outputTokens: 'usage.completion_tokens',
    cost: 'price_cents',
  },
  units: { cost: 'cents' },
};

describe('a mapping of an unknown database', () => {
  let folder: string;
  let path: string;
  let nanoUsd: number;
  const recorded = async (): Promise<number> => {
    const { ledger } = await traceLedger();
    const filter = { sources: [path] };
    return (await ledger.report({ filter, mode: 'recorded', zone: 'UTC' }, null)).total.cost;
  };

  before(async () => {
    await traceLedger();
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-mapping-'));
    path = join(folder, 'gateway.db');
    nanoUsd = Number(execFileSync('python3', ['-c', writer, path], { encoding: 'utf8' }));
  });

  after(async () => {
    await vscode.workspace
      .getConfiguration()
      .update('traceLedger.mappings', undefined, vscode.ConfigurationTarget.Global);
    await invoke('traceLedger.removeSource', path, true);
    await rm(folder, { recursive: true });
  });

  it('is offered when the import does not know the file', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    const summary = await invoke('traceLedger.importFiles', [path]);
    assert.deepEqual(
      summary?.issues.map(({ mappable }) => mappable),
      [true],
    );
    // The button leads to the questions; what is asked there is tested by keyboard in test/ui.
    await eventually(() => vscode.commands.executeCommand('notification.acceptPrimaryAction'));
    // They come when the file has been looked into, and would stay open for the tests after this one.
    for (let tries = 0; tries < 15; tries++) {
      await new Promise((next) => setTimeout(next, 200));
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    }
  });

  it('looks into the file, and previews what would come of it', async () => {
    const { ledger } = await traceLedger();
    const { places } = await ledger.lookInto(path);
    assert.deepEqual(
      places.map(({ label }) => label),
      ['usage_log'],
    );
    const preview = await ledger.previewMapping('test', path, 'Gateway', mapping);
    assert.deepEqual(
      [preview.count, preview.sessions, preview.recorded, preview.usage.inputTokens, preview.calls.length],
      [12, 2, nanoUsd, 7800, 10],
    );
  });

  it('is saved in the settings and imports the file', async () => {
    const summary = await invoke('traceLedger.importWithMapping', path, { name: 'Gateway', mapping });
    assert.deepEqual([summary?.newCalls, summary?.issues], [12, []]);
    assert.deepEqual(plainSetting('traceLedger.mappings'), { Gateway: mapping });
    assert.equal(await recorded(), nanoUsd);
    const { ledger } = await traceLedger();
    const source = (await ledger.sources()).find((one) => one.path === path);
    assert.deepEqual([source?.label, source?.state], ['Gateway', 'imported']);
  });

  it('reads the file again when its settings change', async () => {
    const changed = { Gateway: { ...mapping, units: { cost: 'microUsd' } } };
    await vscode.workspace
      .getConfiguration()
      .update('traceLedger.mappings', changed, vscode.ConfigurationTarget.Global);
    // 1 cent is 10 million nano-dollars, a micro-dollar 1,000.
    await eventually(async () => assert.equal(await recorded(), nanoUsd / 10_000));
  });

  it('is refused with a sentence where it cannot be', async () => {
    const wrong = { ...mapping, fields: {} };
    assert.equal(
      await invoke('traceLedger.importWithMapping', path, { name: 'Other', mapping: wrong }),
      undefined,
    );
    assert.deepEqual(Object.keys(plainSetting('traceLedger.mappings')), ['Gateway']);
    const empty = join(folder, 'empty.db');
    await writeFile(empty, '');
    assert.equal(await invoke('traceLedger.importWithMapping', vscode.Uri.file(empty)), undefined);
  });
});
