import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { resolve } from 'node:path';
import { eventually } from '../../support/eventually';
import { temporaryFolder } from '../../support/synthDb';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';

/** Nevil's tracker and a log of OpenAI's Realtime API, from the files to the section of the cost panel. */
describe('voice usage in VS Code', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  const shared = sharedWorkbench();
  let workbench: Workbench;

  before(async () => {
    for (const name of ['nevil', 'openai-realtime'])
      cpSync(resolve(__dirname, '../../fixtures', name), folder.file(name), { recursive: true });
    workbench = shared();
  });
  after(() => folder.remove());

  const section = () => workbench.webviewFrame().locator('section', { hasText: 'Realtime voice usage' });
  const figures = async (...names: readonly string[]) => {
    const terms = await section().locator('dt').allTextContents();
    const values = await section().locator('dd').allTextContents();
    return names.map((name) => values[terms.indexOf(name)]);
  };

  it('shows the dashboard of Nevil’s tracker', async () => {
    await workbench.importByDialog('Folder…', folder.file('nevil'));
    await workbench.waitForNotification(/new calls? from 2 files/);
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    await section().waitFor({ timeout: 60_000 });
    assert.deepEqual(
      await figures(
        ...['Audio in', 'Audio out', 'Text tokens in', 'Text tokens out', 'Function calls', 'Sessions'],
        ...['Duration', 'Computed', 'Estimated by the source'],
      ),
      ['312.5 s', '148.2 s', '4,200', '950', '12', '3', undefined, '$0.945', '$0.047'],
    );
    // 312.5 s at 0.06 and 148.2 s at 0.24 USD a minute, text at 5 and 20 a million: 0.9453 USD.
    assert.match((await section().locator('p').textContent())!, /costs \$0\.945, 20 times as much\./);
  });

  it('adds a log of events while it is open', async () => {
    await workbench.importByDialog('Folder…', folder.file('openai-realtime'));
    // 2.4 s come on top, and tokens: 17 + 900 + 20 in and 9 + 250 + 10 out, of them 317 and 208 of audio.
    await eventually(async () =>
      assert.deepEqual(
        await figures(
          ...['Audio in', 'Audio out', 'Audio tokens in', 'Audio tokens out'],
          ...['Text tokens in', 'Text tokens out', 'Sessions'],
        ),
        ['314.9 s', '148.2 s', '317', '208', '4,820', '1,011', '4'],
      ),
    );
    await workbench.screenshot('voice-in-workbench');
  });
});
