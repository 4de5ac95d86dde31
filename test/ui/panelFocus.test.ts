import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type PanelHarness } from './panelHarness';
import { smallWorld } from '../support/panelWorld';

describe('the cost panel beside something that has the focus, such as the palette', () => {
  let harness: PanelHarness;
  before(async () => {
    harness = await panelHarness();
  });

  it('does not take it when its rows change places', async () => {
    const panel = await harness.open({ deeds: smallWorld });
    const { page } = panel;
    await page.getByRole('button', { name: 'bob', exact: true }).focus();
    // As a frame sees it whose focus has gone to what is around it.
    await page.evaluate('document.hasFocus = () => false');
    panel.deeds = [...smallWorld, { ...smallWorld[2]!, usd: 10, session: 's-4' }];
    await panel.tell('changed');
    await page.locator('.tl-total-cost', { hasText: '$14.50' }).waitFor();
    assert.equal(await page.evaluate('document.activeElement === document.body'), true);
    assert.deepEqual(await problemsOf(panel), []);
  });
});
