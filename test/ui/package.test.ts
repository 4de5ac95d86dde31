import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Workbench } from '../support/workbench';

/** As `npm test` has packed it before. */
const vsix = resolve(__dirname, '../../out/trace-ledger.vsix');
const session = 'session_a8941f431832';
const note = 'Paid by the lab, "flat", 50 % off';

// Figures counted in media/sample with Python: 269 + 48 calls, 27 + 14 sessions, 1,230 cents + 0.66346 USD.
describe('the packaged extension in a clean profile', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'trace-ledger-package-'));
  let workbench: Workbench;
  before(async () => (workbench = await Workbench.open({ vsix, workspace })));
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await workbench.screenshot(`failed ${this.currentTest.title}`);
  });
  after(async () => {
    await workbench?.close();
    rmSync(workspace, { recursive: true, force: true });
  });

  it('imports its sample data and shows it', async () => {
    await workbench.openContainer();
    await workbench.runCommand('Trace Ledger: Load Sample Data');
    await workbench.treeItem(/No experiment.*17 sessions/, 'Sessions').waitFor({ timeout: 30_000 });
    await workbench.treeItem(/traces\.db.*269 calls/, 'Sources').waitFor();
  });

  it('keeps a note over a reload', async () => {
    await workbench.runCommand('Trace Ledger: Edit Note in One Line...');
    await workbench.quickInput.waitFor();
    await workbench.quickInput.fill(session);
    await workbench.pick(session);
    await workbench.page.locator('.quick-input-widget:visible', { hasText: /Enter/ }).waitFor();
    await workbench.answer(note);
    await workbench.quickInput.waitFor({ state: 'hidden' });
    await workbench.reload();
    await workbench.openContainer();
    await workbench.expand(workbench.treeItem(/Contract summaries/, 'Sessions'));
    await workbench.treeItem(/session_a8941f431832.*Paid by the lab, "flat", 50 % off/, 'Sessions').waitFor();
  });

  it('draws the cost panel', async () => {
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    const frame = workbench.webviewFrame();
    await frame.locator('canvas').first().waitFor({ timeout: 20_000 });
    const text = await frame.locator('body').innerText();
    assert.match(text, /Calls\s+317\s+Sessions\s+41/);
    assert.match(text, /recorded \$12\.96/);
  });

  it('exports CSV that another program reads, with the note', async () => {
    const path = join(workspace, 'calls.csv');
    await workbench.runCommand('Trace Ledger: Export CSV or JSON...');
    await workbench.pick('One row a call');
    await workbench.pick('For spreadsheets');
    await workbench.pick('All');
    await until(async () => /calls\.csv$/.test(await workbench.quickInput.inputValue()), 20_000);
    await workbench.answer(path);
    await until(() => Promise.resolve(existsSync(path)), 20_000);
    const program = [
      'import csv, json, sys',
      'rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8-sig")))',
      'recorded = sum(float(row["recordedUsd"] or 0) for row in rows)',
      'print(json.dumps([len(rows), round(recorded, 6), sorted({row["note"] for row in rows if row["session"] == sys.argv[2]})]))',
    ].join('\n');
    const output = execFileSync('python3', ['-c', program, path, session], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(output), [317, 12.96346, [note]]);
  });
});

async function until(isDone: () => Promise<boolean>, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await isDone())) {
    assert.ok(Date.now() < end, `not done within ${limitMs} ms`);
    await sleep(100);
  }
}
