import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type OpenPanel, type PanelHarness } from './panelHarness';
import { voiceWorld } from '../support/panelVoice';
import { answerOf, smallWorld } from '../support/panelWorld';
import type { Page } from 'playwright-core';
import type { Currency } from '../../src/shared/currency';

describe('the cost panel in another currency', function () {
  this.timeout(60_000);
  let harness: PanelHarness;
  let panel: OpenPanel;
  let currency: Currency | undefined;

  before(async () => {
    harness = await panelHarness();
  });
  afterEach(async () => {
    assert.deepEqual(await problemsOf(panel), [], 'errors or breaches of the policy');
  });

  const deeds = [...smallWorld, voiceWorld[0]!];
  const open = async (): Promise<Page> => {
    panel = await harness.open({
      api: { ask: async (query) => ({ ...answerOf(deeds, query), ...(currency ? { currency } : {}) }) },
    });
    await panel.page.locator('.tl-content').waitFor();
    return panel.page;
  };
  const note = (page: Page) => page.locator('.tl-total-rate');
  const becomes = (page: Page, cost: string) =>
    page.locator('.tl-total-cost', { hasText: cost }).waitFor({ timeout: 10_000 });
  const money = /[$€¥][\d.,]+/g;

  it('follows at once and back, and says at which rate once, where the total stands', async () => {
    currency = undefined;
    const page = await open();
    const before = (await page.locator('body').textContent()) ?? '';
    const dollars = before.match(/\$[\d.,]+/g) ?? [];
    assert.ok(dollars.length > 20 && !/[€¥]/.test(before));
    assert.equal(await note(page).isVisible(), false);
    currency = { code: 'EUR', perUsd: 0.5, asOf: '2026-11-01' };
    await panel.tell('changed');
    // $4.50 and $0.9453 of voice: $5.4453, which is €2.72265.
    await becomes(page, '€2.72');
    assert.equal(await page.locator('.tl-total-cost').getAttribute('title'), '$5.4453 ≈ €2.72');
    const after = (await page.locator('body').textContent()) ?? '';
    assert.equal(after.match(/\$/g), null, 'nothing is left in dollars');
    assert.equal(after.match(/€[\d.,]+/g)?.length, dollars.length);
    assert.equal(after.split('EUR at 0.5 per USD, 2026-11-01').length, 2, 'once');
    assert.equal(await note(page).isVisible(), true);
    currency = undefined;
    await panel.tell('changed');
    await becomes(page, '$5.45');
    assert.deepEqual(((await page.locator('body').textContent()) ?? '').match(money), before.match(money));
    assert.equal(await note(page).isVisible(), false);
  });

  it('converts sums, and has exact dollars on hover', async () => {
    currency = { code: 'JPY', perUsd: 150, asOf: '2026-11-01' };
    const page = await open();
    await becomes(page, '¥817');
    const cell = page.locator('.tl-sessions .tl-cost').first();
    // $2.25 x 150 = ¥337.5
    assert.equal(await cell.textContent(), '¥338');
    assert.equal(await cell.getAttribute('title'), '$2.25 ≈ ¥338');
    await page.getByRole('button', { name: 'Show as table' }).click();
    // ¥816.795 as a whole; by model, as the table has it, from the dearest down.
    assert.equal(await page.locator('.tl-time-table tfoot td').first().textContent(), '¥817');
    const first = page.locator('.tl-time-table tbody tr').first().locator('td').first();
    // $1.50 + $2.25 on the first day = $3.75 x 150 = ¥562.5, shown as parts ¥225 + ¥338.
    assert.equal(await first.textContent(), '¥563');
    assert.equal(await first.getAttribute('title'), '$3.75 ≈ ¥563');
  });
});
