import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eventually } from '../../support/eventually';
import { metric, platoMonth } from '../../support/platoMonth';
import { makeSynthDb, python, temporaryFolder, type SynthExpected } from '../../support/synthDb';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';

const firstSessions = `
print(json.dumps([id for id, in sqlite3.connect(sys.argv[1]).execute(
  "SELECT session_id FROM session_traces WHERE experiment_id = ? ORDER BY session_id", [sys.argv[2]])]))`;

/** Two windows of one user: two extension hosts and two workers on one store and one journal of notes. */
describe('two windows', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let expected: SynthExpected;
  let ids: string[];
  let two: Workbench;
  after(async () => {
    await two?.close();
    folder.remove();
  });
  const shared = sharedWorkbench();
  let one: Workbench;

  before(async () => {
    expected = makeSynthDb(folder.file('traces.db'));
    ids = JSON.parse(python(firstSessions, folder.file('traces.db'), experiment())) as string[];
    one = shared();
    two = await one.openSecondWindow();
    await two.openContainer();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await two.screenshot(`failed ${this.currentTest.title}, two`);
  });

  const experiment = () => expected.per_experiment[0]!.experiment_id ?? '';
  const experimentRow = (window: Workbench) =>
    window.treeItem(`Experiment ${expected.per_experiment[0]!.name}`, 'Sessions');
  const noted = (window: Workbench, id: string, note: string) =>
    window.treeItem(new RegExp(`Session ${id}.*${note}`), 'Sessions');

  /** What the journal has of notes, oldest first: nothing that was confirmed is missing in it. */
  const written = () =>
    readFileSync(join(one.globalStorage, 'store.notes.jsonl'), 'utf8')
      .split('\n')
      .flatMap((line) => /"text":"([^"]*)"/.exec(line)?.[1] ?? []);

  async function openNote(window: Workbench, id: string): Promise<void> {
    await window.treeItem(`Session ${id}`, 'Sessions').click();
    await window.page.keyboard.press('F2');
    await window.noteEditor.waitFor();
  }

  it('see what the other one imports', async () => {
    await one.importByDialog('Files…', folder.file('traces.db'));
    await Promise.all([one.expand(experimentRow(one)), two.expand(experimentRow(two))]);
    for (const window of [one, two])
      await window.treeItem(`${expected.counts.cais_events} calls`, 'Sources').waitFor();
  });

  it('see each other’s notes within a second or so', async () => {
    const [first = '', second = ''] = ids;
    await Promise.all([one.writeNoteLine(first, 'by one'), two.writeNoteLine(second, 'by two')]);
    await Promise.all([noted(one, first, 'by one').waitFor(), noted(two, second, 'by two').waitFor()]);
    const since = Date.now();
    await Promise.all([noted(one, second, 'by two').waitFor(), noted(two, first, 'by one').waitFor()]);
    const waited = Date.now() - since;
    assert.ok(waited < 3_000, `${waited} ms`);
  });

  it('lose neither of two notes that are written at once on one session', async () => {
    const [, , third = ''] = ids;
    for (const round of [1, 2, 3])
      await Promise.all([one.writeNoteLine(third, `one ${round}`), two.writeNoteLine(third, `two ${round}`)]);
    const texts = await eventually(() => {
      const found = written().filter((text) => /^(one|two) \d$/.test(text));
      assert.deepEqual([...found].sort(), ['one 1', 'one 2', 'one 3', 'two 1', 'two 2', 'two 3']);
      return found;
    });
    // What was written last is what both show in the end; for a moment one may still show its own.
    await Promise.all([one, two].map((window) => noted(window, third, texts.at(-1)!).waitFor()));
    await two.treeItem(`Session ${third}`, 'Sessions').click();
    const history = two.webviewFrame().locator('body');
    await history.getByRole('heading', { name: 'Earlier notes' }).waitFor({ timeout: 30_000 });
    for (const text of texts) await history.getByText(text, { exact: true }).first().waitFor();
  });

  it('reload an open note that was not touched', async () => {
    const [, , , fourth = ''] = ids;
    await openNote(one, fourth);
    await two.writeNoteLine(fourth, 'written elsewhere');
    await one.noteEditor.getByText('written elsewhere').waitFor();
  });

  it('say that an edited note was changed elsewhere, and keep both', async () => {
    const [, , , fourth = ''] = ids;
    await openNote(one, fourth);
    await one.page.keyboard.press('Control+A');
    await one.page.keyboard.type('mine');
    await two.writeNoteLine(fourth, 'theirs');
    await noted(one, fourth, 'theirs').waitFor();
    await one.page.keyboard.press('Control+S');
    await one.runCommand('Notifications: Show Notifications');
    const message = one.page.locator('.notifications-center .notification-list-item', { hasText: 'newer' });
    await message.waitFor();
    await one.page.locator('.view-lines').getByText('mine').waitFor();
    assert.ok(!written().includes('mine'));
    await message.getByRole('button', { name: 'Overwrite' }).click();
    await noted(two, fourth, 'mine').waitFor();
    assert.deepEqual(written().slice(-3), ['written elsewhere', 'theirs', 'mine']);
  });

  const notified = ({ page }: Workbench) =>
    page.locator('.notifications-center .notification-list-item', { hasText: 'Session dear' });
  const toldIn = async (window: Workbench): Promise<number> => {
    await window.runCommand('Notifications: Show Notifications');
    return notified(window).count();
  };

  it('tell of an alert once in all, with what can be done about it', async () => {
    const call = metric({ sessionId: 'dear', cost: 1.02, timestamp: Date.now() });
    const month = await platoMonth([call]);
    await one.importByDialog('Files…', month);
    const teller = await eventually(async () => {
      const counts = [await toldIn(one), await toldIn(two)];
      assert.deepEqual([...counts].sort(), [0, 1]);
      return counts[0] === 1 ? one : two;
    }, 30_000);
    await teller.runCommand('Notifications: Show Notifications');
    const told = notified(teller);
    assert.match(
      (await told.textContent())!,
      /Session dear has cost \$1\.02; its alert is at \$1\.00\. Trace Ledger only watches; stop it where it runs\./,
    );
    for (const name of ['Open Session', 'Write Note', 'Snooze…'])
      assert.ok(await told.getByRole('button', { name }).isVisible(), name);
    await told.getByRole('button', { name: 'Raise Limit…' }).click();
    await eventually(async () => assert.equal(await teller.quickInput.inputValue(), '1'));
    await teller.answer('2.5');
    await teller.quickInput.waitFor({ state: 'hidden' });
    await teller.runCommand('Preferences: Open User Settings (JSON)');
    await teller.page.locator('.view-lines').getByText('"traceLedger.alerts.session.alert": 2.5').waitFor();
    await one.reload();
    await one.openContainer();
    await one.treeItem(/2025-06/, 'Sources').waitFor();
    // Longer than an alert takes to be told.
    await one.page.waitForTimeout(11_000);
    assert.equal(await toldIn(one), 0);
    await rm(dirname(month), { recursive: true });
  });
});
