import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type PanelHarness } from './panelHarness';
import { smallWorld, type Deed } from '../support/panelWorld';

describe('what the cost panel leaves out', function () {
  this.timeout(60_000);
  let harness: PanelHarness;
  before(async () => {
    harness = await panelHarness();
  });

  async function parts(deeds: readonly Deed[]) {
    const panel = await harness.open({ deeds });
    const { page } = panel;
    await page.locator('.tl-content').waitFor();
    const items = page.locator('.tl-total-parts li');
    const texts = await items.allTextContents();
    const titles = await items.evaluateAll((found) => found.map((item) => (item as { title: string }).title));
    const total = await page.locator('.tl-total-cost').textContent();
    assert.deepEqual(await problemsOf(panel), []);
    return { total, shown: new Map(texts.map((text, i) => [text, titles[i]!])) };
  }

  it('is counted beside the total, with where to include it again', async () => {
    const [one, two] = smallWorld;
    const { total, shown } = await parts([
      { ...one!, excluded: 1204, untimed: 2 },
      { ...two!, untimed: 1 },
    ]);
    assert.equal(total, '$3.75');
    assert.match(shown.get('1,204 calls excluded') ?? '', /sidebar.*Choose Models in Analytics/);
    assert.match(shown.get('3 calls without a time left out') ?? '', /no recorded time/);
  });

  it('is counted in each row of a breakdown, of what is excluded as a whole too', async () => {
    const [one, two] = smallWorld;
    const deeds = [
      { ...one!, model: 'kept', provider: 'p', excluded: 1204 },
      { ...two!, model: 'out', provider: 'p', usd: 0, calls: 0, excluded: 3 },
    ];
    const panel = await harness.open({ deeds });
    const { page } = panel;
    const table = page.locator('.tl-breakdown', { hasText: 'Model' });
    await table.locator('tbody tr').first().waitFor();
    const heads = await table.locator('thead th:visible').allTextContents();
    assert.deepEqual(heads, ['Model', 'Cost', 'Share', 'Calls', 'Excluded']);
    const cells = (name: string) =>
      table.locator('tbody tr', { hasText: name }).locator('td:visible').allTextContents();
    assert.deepEqual((await cells('kept')).at(-1), '1,204');
    assert.deepEqual(await cells('out'), ['$0', '0%', '0', '3']);
    assert.deepEqual(await problemsOf(panel), []);
  });

  it('is not named when there is none', async () => {
    const { shown } = await parts(smallWorld);
    assert.deepEqual(
      [...shown.keys()].filter((text) => /excluded|left out/.test(text)),
      [],
    );
  });

  it('is said even when nothing else is left', async () => {
    const [one] = smallWorld;
    const { total, shown } = await parts([{ ...one!, usd: 0, calls: 0, excluded: 1 }]);
    assert.equal(total, '$0');
    assert.ok(shown.has('1 call excluded'));
  });
});
