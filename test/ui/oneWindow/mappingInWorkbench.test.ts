import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';
import { addedUp, gatewayDatabase, request } from '../../support/mapped';
import { random } from '../../support/randomWorld';
import { database } from '../../support/sourceFiles';
import { sharedWorkbench } from '../../support/sharedWorkbench';
import type { Workbench } from '../../support/workbench';

const requests = (count: number) => {
  const dice = random(5);
  return Array.from({ length: count }, (_, i) => ({ ...request(i + 1, dice), model: 'gpt-4o' }));
};

describe('mapping an unknown database by keyboard', function () {
  this.timeout(240_000);
  const shared = sharedWorkbench();
  let workbench: Workbench;
  let path: string;

  before(async () => {
    path = gatewayDatabase(requests(40));
    // A second table, so that there is a question.
    database([['CREATE TABLE accounts (id INTEGER)']], path);
    workbench = shared();
  });
  after(() => rm(join(workbench.workspace, '.vscode'), { recursive: true, force: true }));

  const widget = () => workbench.page.locator('.quick-input-widget:visible');
  const press = (key: string) => workbench.page.keyboard.press(key);

  /** Waits for a question by its title. */
  const asked = (title: string | RegExp) =>
    widget().locator('.quick-input-title', { hasText: title }).waitFor({ timeout: 30_000 });

  /** The first entry has the focus once the list is there; its text. */
  async function focused(): Promise<string> {
    const row = widget().locator('.monaco-list-row.focused').first();
    await row.waitFor();
    return (await row.getAttribute('aria-label')) ?? '';
  }

  async function takes(title: string | RegExp, suggestion: RegExp): Promise<void> {
    await asked(title);
    assert.match(await focused(), suggestion);
    await press('Enter');
  }

  /** Types until the entry has the focus. Only a list that is there takes keys. */
  async function types(title: string | RegExp, keys: string, entry: RegExp): Promise<void> {
    await asked(title);
    await focused();
    await (/^Arrow/.test(keys) ? press(keys) : workbench.page.keyboard.type(keys));
    await eventually(async () => assert.match(await focused(), entry));
    await press('Enter');
  }

  /** VS Code's own file dialog is at first still looking; the first question follows it at once. */
  async function answersDialog(): Promise<void> {
    const first = widget().locator('.quick-input-title', { hasText: /\(1\// });
    await eventually(async () => assert.match(await workbench.quickInput.inputValue(), /^\//), 30_000);
    await eventually(async () => {
      if (await first.isVisible()) return;
      await workbench.quickInput.fill(path, { timeout: 1_000 });
      await widget().getByRole('option').first().waitFor({ timeout: 1_000 });
      assert.equal(await workbench.quickInput.inputValue(), path);
      await press('Enter');
      await first.waitFor({ timeout: 2_000 });
    }, 30_000);
  }

  it('suggests a column for each question, goes back, and shows the total before anything is imported', async () => {
    await workbench.runCommand('Trace Ledger: Import With Mapping...');
    await answersDialog();
    await takes(/Import .+ With a Mapping/, /^requests/);
    await takes('Map ID', /^id/);
    await takes('Map Time', /^created_at/);
    await takes('Map Session', /^chat/);
    await asked('Map User');
    // As VS Code's own back on Linux.
    await press('Control+Alt+Minus');
    await takes('Map Session', /^chat/);
    await takes('Map User', /^who/);
    await takes('Map Model', /^model/);
    await takes('Map Provider', /None/);
    await takes('Map Input tokens', /^usage\.prompt_tokens/);
    await workbench.screenshot('mapping-field');
    await types('Map Tokens from a cache', 'cached', /^usage\.details\.cached/);
    await takes('Map Tokens into a cache', /None/);
    await takes('Cached Tokens', /^Inside/);
    await takes('Map Output tokens', /^usage\.completion_tokens/);
    await types('Map Reasoning tokens', 'usage.reasoning', /^usage\.reasoning/);
    await types('Reasoning Tokens', 'ArrowDown', /^Beside/);
    await takes('Map Cost', /^price_cents/);
    await takes('Unit of the Cost', /^US cents/);
    await takes('Is the Cost Exact', /^Exact/);
    await takes('Map Latency', /^took_s/);
    await takes('Unit of the Latency', /^Seconds/);
    await takes('Map Error', /^status/);
    await asked('What Would Be Imported');
    const { recorded } = addedUp(path);
    assert.ok(recorded! > 0);
    const total = await focused();
    assert.match(total, /Use this mapping/);
    assert.match(total, /40 calls/);
    await workbench.screenshot('mapping-preview');
  });

  it('leads back to the preview from a field that is changed there', async () => {
    await types('What Would Be Imported', 'Provider', /Provider/);
    await takes('Map Provider', /None/);
    await asked('What Would Be Imported');
    assert.match(await focused(), /Use this mapping/);
  });

  it('saves the mapping where it is shared, and imports the file', async () => {
    await press('Enter');
    await asked('Name the Mapping');
    await workbench.quickInput.fill('Shop gateway');
    await press('Enter');
    await types('Keep the Mapping', 'ArrowDown', /^Settings of this workspace/);
    await workbench.waitForNotification(/40 new calls/);
    const path = join(workbench.workspace, '.vscode/settings.json');
    const settings = JSON.parse(await readFile(path, 'utf8')) as Record<
      string,
      Record<string, { files: unknown; ids: unknown; reasoningInside: unknown; units: unknown }>
    >;
    const saved = settings['traceLedger.mappings']!['Shop gateway']!;
    assert.deepEqual(
      [saved.ids, saved.reasoningInside, saved.units],
      ['perFile', false, { cost: 'cents', latency: 's' }],
    );
    await workbench.treeItem(/source\.db/, 'Sources').waitFor();
    await eventually(async () => {
      const name = await workbench.treeItem(/source\.db/, 'Sources').getAttribute('aria-label');
      assert.doesNotMatch(name ?? '', /read in part/);
    });
    await workbench.screenshot('mapping-imported');
  });
});
