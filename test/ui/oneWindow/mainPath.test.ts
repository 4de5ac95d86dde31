import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { eventually } from '../../support/eventually';
import { makeSynthDb, python, temporaryFolder, type SynthExpected } from '../../support/synthDb';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';

/** What Python reads in the database of the two sessions of the first experiment with the most recorded cents. */
interface Chosen {
  readonly id: string;
  readonly experiment: string;
  readonly cents: number;
  readonly calls: number;
}

const choose = `
db = sqlite3.connect(sys.argv[1])
rows = db.execute("""SELECT s.session_id, x.name, sum(e.cost_usd), count(*) FROM events e
  JOIN session_traces s USING (session_id) JOIN experiments x ON x.experiment_id = s.experiment_id
  WHERE e.event_type = 'cais' AND s.experiment_id = ? GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 2""", [sys.argv[2]]).fetchall()
print(json.dumps([dict(zip(["id", "experiment", "cents", "calls"], row)) for row in rows]))`;

/** All of Plato's fixtures together. */
const plato = { calls: 2, sessions: 1, usd: 0.006 };

const usd = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

/** As a sum of cents and tenths of cents is written in full. */
const exact = (amount: number): string => `$${Number(amount.toFixed(3))}`;

/**
 * From import to export as a person goes, by mouse and keyboard. The generator keeps the books of its database; Plato's
 * files are 2 calls for 0.006 USD. In the mode "recorded" all figures can be added up by hand.
 */
describe('the main path', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const note = 'Dear: *too many* retries';
  const line = 'Cheap enough; keep it';
  let expected: SynthExpected;
  let session: Chosen;
  let other: Chosen;
  // The files keep their books of what was recorded.
  const shared = sharedWorkbench({ 'traceLedger.costMode': 'recorded' });
  let workbench: Workbench;

  before(async () => {
    expected = makeSynthDb(folder.file('run 1/data'));
    const { experiment_id: experiment } = expected.per_experiment[0]!;
    [session, other] = JSON.parse(python(choose, folder.file('run 1/data'), experiment ?? '')) as [
      Chosen,
      Chosen,
    ];
    cpSync(resolve(__dirname, '../../fixtures/plato'), folder.file('plato'), { recursive: true });
    mkdirSync(folder.file('workspace'));
    workbench = shared();
  });
  after(() => folder.remove());

  const row = (name: string | RegExp) => workbench.treeItem(name, 'Sessions');
  const experimentRow = () => row(`Experiment ${session.experiment}`);
  const sessionRow = () => row(`Session ${session.id}`);

  it('imports a database and a folder by the command', async () => {
    await workbench.importByDialog('Files…', folder.file('run 1/data'));
    await workbench.waitForNotification(`${expected.counts.cais_events} new calls from 1 file`);
    await workbench.importByDialog('Folder…', folder.file('plato'));
    await workbench.waitForNotification(/2 new calls from \d files/);
  });

  it('shows what experiments and sessions cost', async () => {
    const { cost_cents: cents, sessions } = expected.per_experiment[0]!;
    await eventually(async () => {
      const label = (await experimentRow().getAttribute('aria-label')) ?? '';
      assert.ok(label.includes(`, ${usd(cents)} · `) || label.includes(`, $0.${cents}`), label);
      assert.ok(label.includes(`${sessions} sessions`), label);
    });
    await workbench.expand(experimentRow());
    const own = (await sessionRow().getAttribute('aria-label')) ?? '';
    assert.ok(own.includes(usd(session.cents)) && own.includes(`${session.calls} calls`), own);
  });

  it('keeps a note that is written in an editor', async () => {
    await sessionRow().click();
    await workbench.page.keyboard.press('F2');
    await workbench.noteEditor.waitFor();
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.insertText(`${note}\nand a second line`);
    await workbench.page.keyboard.press('Control+S');
    await row(new RegExp(`${session.id}.*retries`)).waitFor();
  });

  it('keeps a note that is written in one line', async () => {
    await workbench.writeNoteLine(other.id, line);
    await row(new RegExp(`${other.id}.*${line}`)).waitFor();
  });

  it('knows the notes after a reload of the window', async () => {
    await workbench.reload();
    await workbench.openContainer();
    await workbench.expand(experimentRow());
    await row(new RegExp(`${other.id}.*${line}`)).waitFor();
    await row(new RegExp(`${session.id}.*retries`)).click();
    const shown = workbench.webviewFrame().locator('body');
    await shown.getByRole('heading', { name: session.id }).waitFor({ timeout: 60_000 });
    const text = await shown.innerText();
    for (const part of ['Dear: too many retries', 'and a second line', `Recorded\t${usd(session.cents)}`])
      assert.ok(text.includes(part), `${part} in ${text}`);
  });

  it('draws the costs of all, and of one model by a click', async () => {
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    const cost = workbench.webviewFrame().locator('.tl-total-cost');
    await cost.waitFor({ timeout: 60_000 });
    const all = expected.cost.recorded_cents / 100 + plato.usd;
    await eventually(async () => assert.equal(await cost.getAttribute('title'), exact(all)));
    const text = await workbench.webviewFrame().locator('.tl-totals .tl-figures').innerText();
    assert.match(text, new RegExp(`Calls\\s+${expected.counts.cais_events + plato.calls}\\s`));
    assert.match(text, new RegExp(`Sessions\\s+${expected.counts.sessions + plato.sessions}\\s`));
    const gpt4o = expected.per_model_resolved_via_call_records.filter(({ model }) => model === 'gpt-4o');
    const cents = gpt4o.reduce((sum, { cost_cents }) => sum + cost_cents, 0);
    await workbench.webviewFrame().getByRole('button', { name: 'gpt-4o', exact: true }).click();
    const filtered = exact(cents / 100 + plato.usd);
    await eventually(async () => assert.equal(await cost.getAttribute('title'), filtered));
  });

  it('exports what Python reads', async () => {
    const path = folder.file('workspace/calls.csv');
    await workbench.runCommand('Trace Ledger: Export CSV or JSON...');
    for (const choice of ['Calls', 'CSV', 'All time']) await workbench.pick(choice);
    await workbench.answerDialog(path);
    await eventually(() => assert.ok(existsSync(path)), 30_000);
    const output = execFileSync('python3', [resolve(__dirname, '../../support/read_export.py'), 'csv', path]);
    const { rows } = JSON.parse(output.toString()) as { rows: Readonly<Record<string, string>>[] };
    assert.equal(rows.length, expected.counts.cais_events + plato.calls);
    const sum = rows.reduce((nano, { recordedUsd }) => nano + Math.round(Number(recordedUsd) * 1e9), 0);
    assert.equal(sum, expected.cost.recorded_cents * 1e7 + plato.usd * 1e9);
    const notes = new Set(rows.filter((each) => each['session'] === session.id).map((each) => each['note']));
    assert.deepEqual([...notes], [`${note}\nand a second line`]);
  });

  it('is walked by keyboard alone', async () => {
    const { keyboard } = workbench.page;
    await keyboard.press('F1');
    await workbench.quickInput.fill('>Trace Ledger: Focus on Sessions View');
    const focus = workbench.page.locator('.quick-input-list').getByRole('option', { name: 'Sessions View' });
    await focus.first().waitFor();
    await keyboard.press('Enter');
    const focused = workbench.pane('Sessions').locator('.monaco-list:focus-within .monaco-list-row.focused');
    const label = async () => (await focused.getAttribute('aria-label')) ?? '';
    await keyboard.press('Home');
    await eventually(async () => {
      if ((await label()).startsWith(`Experiment ${session.experiment}`)) return;
      await keyboard.press('ArrowDown');
      assert.fail('not there yet');
    }, 30_000);
    // Shut, if it was open from before, and opened.
    await keyboard.press('ArrowLeft');
    await focused.and(workbench.page.locator('[aria-expanded="false"]')).waitFor();
    await keyboard.press('ArrowRight');
    await focused.and(workbench.page.locator('[aria-expanded="true"]')).waitFor();
    await keyboard.press('ArrowDown');
    await eventually(async () => assert.match(await label(), /^Session /));
    const [, id = ''] = /^Session ([^,]+)/.exec(await label()) ?? [];
    await keyboard.press('Enter');
    await workbench.editorTab(`${id}.md`).waitFor();
    await keyboard.press('F2');
    await workbench.noteEditor.waitFor();
    await keyboard.press('Control+A');
    await keyboard.type('No hand on the mouse');
    await keyboard.press('Control+S');
    await row(new RegExp(`${id}.*No hand on the mouse`)).waitFor();
  });
});
