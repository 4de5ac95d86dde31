import assert from 'node:assert/strict';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';

describe('workbench', () => {
  const shared = sharedWorkbench();
  let workbench: Workbench;
  before(() => (workbench = shared()));

  it('has a Trace Ledger container with two views', async () => {
    await workbench.pane('Sessions').waitFor();
    await workbench.pane('Sources').waitFor();
  });

  it('offers the commands in the palette', async () => {
    await workbench.page.keyboard.press('F1');
    await workbench.quickInput.fill('>Trace Ledger: Open Cost Panel');
    const row = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open Cost Panel' });
    await row.first().waitFor();
    assert.equal(await row.count(), 1);
    await workbench.page.keyboard.press('Escape');
  });
});
