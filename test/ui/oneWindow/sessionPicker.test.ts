import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { eventually } from '../../support/eventually';
import { metric, platoMonth } from '../../support/platoMonth';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';

const long = '1a2b3c4d-5e6f-4a0b-8c1d-2e3f4a5b9f0e';
/** The first six digits of sha256(':tagged-model'), worked out with Python. */
const hex = '454ee4';

describe('sessions in the side bar and in the picker', function () {
  this.timeout(180_000);
  const shared = sharedWorkbench();
  let workbench: Workbench;
  let path: string;

  before(async () => {
    path = await platoMonth([
      metric({ sessionId: 'picked-first', model: 'tagged-model', timestamp: Date.UTC(2025, 5, 3) }),
      metric({ sessionId: long, model: 'tagged-model', timestamp: Date.UTC(2025, 5, 4) }),
    ]);
    workbench = shared();
    await workbench.importByDialog('Files…', path);
    await workbench.waitForNotification(/2 new calls/);
  });
  after(() => rm(dirname(path), { recursive: true }));

  it('leaves room for the cost beside a long id, which is read out whole', async () => {
    const row = workbench.treeItem(`Session ${long}`, 'Sessions');
    await row.waitFor();
    await workbench.screenshot('session-ids');
    assert.equal(await row.locator('.label-name').textContent(), '1a2b3c4d…9f0e');
    const cost = await row.locator('.label-description').textContent();
    assert.match(cost!, /^\$0\.002 · 1 call/);
  });

  const listed = () =>
    workbench.page
      .locator('.quick-input-list')
      .getByRole('option')
      .evaluateAll((rows) => rows.map((row) => (row as unknown as { ariaLabel: string }).ariaLabel));

  /** Types into the picker of Show Session and waits for the one session that has this tag. */
  async function finds(typed: string): Promise<void> {
    await workbench.runCommand('Trace Ledger: Show Session');
    await workbench.quickInput.waitFor();
    await eventually(async () => assert.equal((await listed()).length, 2), 30_000);
    await workbench.page.keyboard.type(typed);
    await eventually(async () => {
      const rows = await listed();
      assert.equal(rows.length, 1);
      assert.ok(rows[0]!.startsWith(`${long}, `) && rows[0]!.includes('#002'), rows[0]);
    }, 30_000);
  }

  for (const [what, typed] of [
    ['the tag as it is copied', `chat_model_${hex}_002`],
    ['the badge', '[tagged-model #002]'],
  ] as const) {
    it(`finds a session by ${what}`, async () => {
      await finds(typed);
      await workbench.page.keyboard.press('Escape');
      await workbench.quickInput.waitFor({ state: 'hidden' });
    });
  }

  it('finds a session by the number of its badge, and shows it', async () => {
    await finds('#002');
    await workbench.page.keyboard.press('Enter');
    await workbench.editorTab(`${long}.md`).waitFor();
  });
});
