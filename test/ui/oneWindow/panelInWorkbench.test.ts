import assert from 'node:assert/strict';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';
import type { Locator } from 'playwright-core';

/** The cost panel where it belongs, with the sample data; what the page alone can do is tested in panel.test.ts. */
describe('the cost panel in VS Code', function () {
  this.timeout(180_000);
  const shared = sharedWorkbench();
  let workbench: Workbench;
  const breaches: string[] = [];

  before(async () => {
    workbench = shared();
    workbench.page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text()))
        breaches.push(`${message.text()} ${message.location().url}`);
    });
    await workbench.runCommand('Trace Ledger: Load Sample Data');
    await workbench.treeItem(/Contract summaries/, 'Sessions').waitFor({ timeout: 60_000 });
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    await cost().waitFor({ timeout: 60_000 });
  });

  const frame = () => workbench.webviewFrame();
  const cost = (): Locator => frame().locator('.tl-total-cost');
  const firstRow = (list: string) =>
    frame().locator('section', { hasText: list }).locator('tbody tr').first();

  it('shows the totals of the sample data, and a filter by a click', async () => {
    const all = await cost().textContent();
    assert.match(all!, /^\$\d/);
    const row = firstRow('Cost by model');
    const [name, amount] = (await row.innerText()).split(/\s*[\t\n]\s*/).filter(Boolean);
    await row.click();
    await frame()
      .locator('.tl-chip', { hasText: `Model: ${name}` })
      .waitFor();
    assert.equal(await cost().textContent(), amount);
    assert.notEqual(amount, all);
    await workbench.screenshot('panel-in-workbench');
  });

  it('is as it was after being hidden', async () => {
    const before = await cost().textContent();
    await workbench.runCommand('File: New Untitled Text File');
    await workbench.page.locator('iframe.webview:visible').waitFor({ state: 'detached' });
    await workbench.editorTab(/Costs/).click();
    await frame().locator('.tl-chip').waitFor({ timeout: 30_000 });
    assert.equal(await cost().textContent(), before);
  });

  it('is as it was after a reload of the window', async () => {
    const before = await cost().textContent();
    await workbench.stateSaved(/filter[\\"]+:\{[\\"]+models/);
    await workbench.reload();
    // Which editor was in front VS Code may not have written down yet.
    await workbench.editorTab(/Costs/).click();
    await frame().locator('.tl-chip').waitFor({ timeout: 60_000 });
    assert.equal(await cost().textContent(), before);
  });

  it('is one panel, however often it is opened', async () => {
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    await cost().waitFor();
    assert.equal(await workbench.editorTab(/Costs/).count(), 1);
  });

  it('opens a session from its table', async () => {
    await frame().locator('.tl-sessions .tl-link').first().click();
    await workbench.page
      .locator('.tabs-container .tab.active', { hasNotText: 'Costs' })
      .waitFor({ timeout: 20_000 });
  });

  it('breaks no policy', () =>
    assert.deepEqual(
      breaches.filter((text) => !/vs\/workbench|workbench\.html/.test(text)),
      [],
    ));
});
