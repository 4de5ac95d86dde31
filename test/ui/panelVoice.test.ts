import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type OpenPanel, type PanelHarness } from './panelHarness';
import { voiceWorld } from '../support/panelVoice';
import { smallWorld, type Deed } from '../support/panelWorld';
import type { Page } from 'playwright-core';

describe('voice in the cost panel', function () {
  this.timeout(60_000);
  let harness: PanelHarness;
  let panel: OpenPanel;

  before(async () => {
    harness = await panelHarness();
  });
  afterEach(async () => {
    assert.deepEqual(await problemsOf(panel), [], 'errors or breaches of the policy');
  });

  const open = async (deeds: readonly Deed[]): Promise<Page> => {
    panel = await harness.open({ deeds });
    await panel.page.locator('.tl-content').waitFor();
    return panel.page;
  };
  const pick = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const voice = (page: Page) => page.locator('section', { hasText: 'Realtime voice usage' });
  const figuresIn = async (page: Page) => {
    const terms = await voice(page).locator('dt').allTextContents();
    const values = await voice(page).locator('dd').allTextContents();
    return Object.fromEntries(terms.map((term, i) => [term, values[i]]));
  };

  it('shows what voice sessions used, and sets the estimate of the source against known prices', async () => {
    const page = await open([...smallWorld, voiceWorld[0]!]);
    assert.deepEqual(await figuresIn(page), {
      'Audio in': '312.5 s',
      'Audio out': '148.2 s',
      'Text tokens in': '4,200',
      'Text tokens out': '950',
      'Function calls': '12',
      Sessions: '3',
      Computed: '$0.945',
      'Estimated by the source': '$0.047',
    });
    assert.equal(await voice(page).locator('dd').last().getAttribute('title'), '$0.046765');
    // 0.9453 / 0.046765 = 20.2
    assert.equal(
      await voice(page).locator('p').textContent(),
      'The source’s own estimate of $0.047 is inexact: by known prices the same usage costs $0.945, 20 times as much.',
    );
    assert.deepEqual((await page.locator('.tl-totals dt').allTextContents()).slice(-3), [
      'Errors',
      'Audio in',
      'Audio out',
    ]);
  });

  it('says what of the voice has no price, and follows a filter', async () => {
    const page = await open(voiceWorld);
    await pick(page, 'gpt-4o-realtime-preview').click();
    await page.locator('.tl-chip').waitFor();
    // 472 + 448 in and 260 out, of them 300 and 208 audio.
    assert.deepEqual(await figuresIn(page), {
      'Audio in': '2.4 s',
      'Audio out': '0 s',
      'Audio tokens in': '300',
      'Audio tokens out': '208',
      'Text tokens in': '620',
      'Text tokens out': '52',
      'Function calls': '2',
      Sessions: '1',
      Duration: '1 min 35 s',
      Computed: '$0',
    });
    assert.equal(
      await voice(page).locator('p').textContent(),
      '2 calls have no known price and are not in the computed cost.',
    );
  });

  it('says nothing of voice where there is none', async () => {
    const page = await open([...smallWorld, ...voiceWorld]);
    assert.equal(await voice(page).isVisible(), true);
    await pick(page, 'claude-sonnet-4').click();
    await page.locator('.tl-total-cost', { hasText: '$2.25' }).waitFor();
    assert.equal(await voice(page).isVisible(), false);
    assert.equal(await page.locator('.tl-voice').isVisible(), false);
  });
});
