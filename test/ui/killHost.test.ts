import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { makeSynthDb, python, temporaryFolder, type SynthExpected } from '../support/synthDb';
import { Workbench } from '../support/workbench';

/** The store as Python finds it, when nobody writes: [integrity, calls]. */
const inStore = `
db = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
print(json.dumps([db.execute("PRAGMA integrity_check").fetchone()[0], db.execute("SELECT count(*) FROM call").fetchone()[0]]))`;

/** The extension host dies without a word, as by the kernel's hand; VS Code starts another one, or the user reloads. */
describe('after kill -9 of the extension host', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  let large: SynthExpected;
  let small: SynthExpected;
  let workbench: Workbench;

  before(async () => {
    small = makeSynthDb(folder.file('small/traces.db'), { seed: 2 });
    large = makeSynthDb(folder.file('large/traces.db'), { seed: 3, events: 4_000 });
    mkdirSync(folder.file('workspace'));
    workbench = await Workbench.open({
      workspace: folder.file('workspace'),
      settings: {
        'files.autoSave': 'off',
        'traceLedger.costMode': 'recorded',
        'traceLedger.live.enabled': false,
      },
    });
    await workbench.openContainer();
    await workbench.importByDialog('Files…', folder.file('small/traces.db'));
    await sourceRow(small).waitFor({ timeout: 60_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await workbench.screenshot(`failed ${this.currentTest.title}`);
  });
  after(async () => {
    await workbench?.close();
    folder.remove();
  });

  const sourceRow = ({ counts }: SynthExpected) =>
    workbench.treeItem(`${counts.cais_events.toLocaleString('en-US')} calls`, 'Sources');
  const experimentRow = () => workbench.treeItem(`Experiment ${small.per_experiment[0]!.name}`, 'Sessions');
  const store = () => JSON.parse(python(inStore, `${workbench.globalStorage}/store.db`)) as [string, number];

  async function killAndReload(): Promise<void> {
    process.kill(workbench.extensionHostPid, 'SIGKILL');
    await workbench.reload();
    await workbench.openContainer();
    await experimentRow().waitFor({ timeout: 60_000 });
  }

  async function findNote(text: string): Promise<void> {
    await workbench.runCommand('Trace Ledger: Show Session');
    await workbench.quickInput.fill(text);
    await workbench.page.locator('.quick-input-list').getByRole('option', { name: text }).waitFor();
    await workbench.page.keyboard.press('Escape');
  }

  it('a note that was saved the moment before is there', async () => {
    await workbench.expand(experimentRow());
    await workbench.treeItem(/^Session /, 'Sessions').click();
    await workbench.page.keyboard.press('F2');
    await workbench.noteEditor.waitFor();
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.insertText('saved and killed');
    const dirty = workbench.page.locator('.tabs-container .tab.dirty');
    await dirty.waitFor();
    await workbench.page.keyboard.press('Control+S');
    await dirty.waitFor({ state: 'detached' });
    await killAndReload();
    await workbench.expand(experimentRow());
    await workbench.treeItem(/^Session .*saved and killed/, 'Sessions').waitFor();
  });

  it('a half import leaves a whole store, and is made whole by the next one', async () => {
    await workbench.importByDialog('Files…', folder.file('large/traces.db'));
    const before = small.counts.cais_events;
    await workbench.pane('Sources').getByRole('treeitem').nth(1).waitFor({ timeout: 60_000 });
    await killAndReload();
    const [integrity, calls] = store();
    assert.equal(integrity, 'ok');
    const all = before + large.counts.cais_events;
    assert.ok(calls > before && calls < all, `killed in the middle: ${calls} of ${all}`);
    await findNote('saved and killed');

    await workbench.importByDialog('Files…', folder.file('large/traces.db'));
    await sourceRow(large).waitFor({ timeout: 60_000 });
    assert.deepEqual(store(), ['ok', all]);
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    const cost = workbench.webviewFrame().locator('.tl-total-cost');
    await cost.waitFor({ timeout: 60_000 });
    const cents = small.cost.recorded_cents + large.cost.recorded_cents;
    const exact = `$${(cents / 100).toLocaleString('en-US', { maximumFractionDigits: 2 })}`;
    assert.equal(await cost.getAttribute('title'), exact);
  });
});
