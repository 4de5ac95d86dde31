import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import * as vscode from 'vscode';
import { invoke, schemes } from '../../src/host/contributions';
import { eventually } from '../support/eventually';
import { metric, platoMonth } from '../support/platoMonth';
import { traceLedger } from '../support/traceLedger';

const run = (command: string): Thenable<unknown> => vscode.commands.executeCommand(command);
const accept = (): Thenable<unknown> => run('workbench.action.acceptSelectedQuickOpenItem');

/** What an open quick pick leads to when Enter is pressed until `done` holds. */
async function enterUntil(done: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 250; presses++) {
    if (await done()) return;
    await accept();
    await new Promise((next) => setTimeout(next, 150));
  }
  assert.fail('the questions came to no end');
}

describe('a bill', () => {
  const bills = resolve(vscode.workspace.workspaceFolders![0]!.uri.fsPath, '../../test/fixtures/bills');
  let traces: string;
  let folder: string;

  before(async () => {
    await traceLedger();
    folder = await mkdtemp(join(tmpdir(), 'trace-ledger-bills-'));
    const on = (day: number) =>
      metric({ sessionId: 'billed', timestamp: Date.UTC(2026, 5, day, 12), provider: 'openai', cost: 0 });
    traces = await platoMonth([on(1), on(2)]);
    await invoke('traceLedger.importFiles', [traces]);
  });

  after(async () => {
    const { ledger } = await traceLedger();
    for (const { id } of await ledger.bills()) await ledger.removeBill(id);
    await run('workbench.action.closeAllEditors');
    await invoke('traceLedger.removeSource', traces, true);
    await rm(dirname(traces), { recursive: true });
    await rm(folder, { recursive: true });
  });

  const document = (): vscode.TextDocument | undefined =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === schemes.bill);

  it('is reconciled from its file to a document, exported and removed', async () => {
    const { ledger } = await traceLedger();
    const found = await invoke('traceLedger.reconcileBill', join(bills, 'openai-costs.csv'));
    // 0.895874 + 0.3 billed; twice 1,000 in and 500 out of gpt-4o: 0.015.
    assert.deepEqual(found?.[0]?.comparisons[0]?.total.cost, {
      ...{ billed: 1_195_874_000, ledger: 15_000_000, difference: 1_180_874_000, calls: 2 },
    });
    const shown = await eventually(() => document() ?? assert.fail('no document'));
    assert.match(shown.getText(), /^# OpenAI bill, 2026-06-01 to 2026-06-02/);
    assert.match(shown.getText(), /\| 2026-06-01 \| gpt-4o \| \$1\.20 \| \$0\.0075 \| \+\$1\.19 \| 1 \|/);

    const path = join(folder, 'out.csv');
    assert.equal(await invoke('traceLedger.exportReconciliation', shown.uri, path), 2);
    assert.match(
      await readFile(path, 'utf8'),
      /^openai,2026-06-01,gpt-4o,,cost,USD,1\.195874,0\.0075,1\.188374,1\r$/m,
    );

    await invoke('traceLedger.removeBill', shown.uri, true);
    assert.deepEqual(await ledger.bills(), []);
    await eventually(() =>
      assert.match(document()?.getText() ?? '', /This bill is not in the ledger any more/),
    );
  });

  it('is offered when it is given to the import', async () => {
    const { ledger } = await traceLedger();
    await run('workbench.action.closeAllEditors');
    await run('notifications.clearAll');
    const path = join(bills, 'anthropic-costs.json');
    const summary = await invoke('traceLedger.importFiles', [path]);
    assert.deepEqual(
      summary?.issues.map(({ isBill }) => isBill),
      [true],
    );
    await eventually(() => run('notification.acceptPrimaryAction'));
    await eventually(async () =>
      assert.deepEqual(
        (await ledger.bills()).map((bill) => bill.path),
        [path],
      ),
    );
    assert.deepEqual(await ledger.sources({ path }), [], 'it is no source');
  });

  it('asks of an unknown table which column is what, once', async () => {
    const { ledger } = await traceLedger();
    const path = join(folder, 'openai-table.csv');
    await writeFile(path, 'Day,Deployment,Charge\n02/06/2026,gpt-4o,$0.50\n');
    const isKept = async (): Promise<boolean> => (await ledger.bills()).some((bill) => bill.path === path);
    const asked = invoke('traceLedger.reconcileBill', path);
    // What the names suggest comes first: Enter takes it.
    await enterUntil(isKept);
    const [first] = (await asked) ?? [];
    assert.deepEqual(
      [first?.provider, first?.firstDay, first?.comparisons[0]?.rows[0]?.billed],
      ['openai', '2026-02-06', 500_000_000],
    );

    // The same header again: only the preview is shown.
    await writeFile(path, 'Day,Deployment,Charge\n03/06/2026,gpt-4o,$0.25\n');
    const again = invoke('traceLedger.reconcileBill', path);
    await enterUntil(async () => (await ledger.bills()).some(({ firstDay }) => firstDay === '2026-03-06'));
    assert.equal(
      (await again)?.[0]?.comparisons[0]?.rows.find(({ day }) => day === '2026-03-06')?.billed,
      250_000_000,
    );
  });

  it('that cannot be read is refused and changes nothing', async () => {
    const { ledger } = await traceLedger();
    const before = await ledger.bills();
    const path = join(folder, 'cut.json');
    await writeFile(path, '{"object": "page", "data": [');
    assert.equal(await invoke('traceLedger.reconcileBill', path), undefined);
    assert.deepEqual(await ledger.bills(), before);
  });
});
