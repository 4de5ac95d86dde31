import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { eventually } from '../../support/eventually';
import { metric, platoMonth } from '../../support/platoMonth';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';

/** The boxes of the trees and the list of models, clicked as a person would, with the total in the cost panel beside. */
describe('excluding from analytics in VS Code', function () {
  this.timeout(180_000);
  const shared = sharedWorkbench();
  let workbench: Workbench;
  let path: string;

  before(async () => {
    // $0.005 in two calls of one session, $0.01 in one call of the other.
    path = await platoMonth([
      metric({ sessionId: 'box-a', model: 'box-m1', cost: 0.002, timestamp: Date.UTC(2025, 5, 3) }),
      metric({ sessionId: 'box-a', model: 'box-m1', cost: 0.003, timestamp: Date.UTC(2025, 5, 4) }),
      metric({ sessionId: 'box-b', model: 'box-m2', cost: 0.01, timestamp: Date.UTC(2025, 5, 5) }),
    ]);
    workbench = shared();
    await workbench.importByDialog('Files…', path);
    await workbench.waitForNotification(/3 new calls/);
    await workbench.runCommand('Trace Ledger: Open Cost Panel');
    await shows('$0.015', undefined);
  });
  after(() => rm(dirname(path), { recursive: true }));

  /** What the cost panel has as total and as the line of what is excluded. */
  const shows = (cost: string, excluded: string | undefined) =>
    eventually(async () => {
      const frame = workbench.webviewFrame();
      const total = await frame.locator('.tl-total-cost').textContent({ timeout: 5_000 });
      const lines = await frame.locator('.tl-total-parts li').allTextContents();
      assert.deepEqual([total, lines.find((line) => / excluded$/.test(line))], [cost, excluded]);
    }, 30_000);

  const box = (name: string) =>
    workbench.page.getByRole('checkbox', { name: `Include ${name} in Analytics` });

  it('takes the box of a session', async () => {
    await box('session box-a').click();
    await shows('$0.01', '2 calls excluded');
    await workbench.treeItem(/^Session box-a, excluded · \$0\.005/).waitFor();
    await workbench.screenshot('excluded-session');
    await box('session box-a').click();
    await shows('$0.015', undefined);
    await workbench.treeItem(/^Session box-a, \$0\.005/).waitFor();
  });

  it('takes the box of a source', async () => {
    await box('source 2025-06.json').click();
    await shows('$0', '3 calls excluded');
    await box('source 2025-06.json').click();
    await shows('$0.015', undefined);
  });

  it('takes the models that are not chosen', async () => {
    const { page } = workbench;
    const choose = async () => {
      await workbench.runCommand('Trace Ledger: Choose Models in Analytics...');
      await page
        .locator('.quick-input-list')
        .getByRole('checkbox', { name: /box-m2/ })
        .first()
        .click();
      await page.keyboard.press('Enter');
    };
    await choose();
    await shows('$0.005', '1 call excluded');
    await choose();
    await shows('$0.015', undefined);
  });
});
