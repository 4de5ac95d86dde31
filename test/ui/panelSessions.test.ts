import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type PanelHarness } from './panelHarness';
import { smallWorld } from '../support/panelWorld';

describe('the sessions in the cost panel', function () {
  this.timeout(60_000);
  let harness: PanelHarness;
  before(async () => {
    harness = await panelHarness();
  });

  it('shows the number of a tag, and the whole of it on hover', async () => {
    const [one, two, three] = smallWorld;
    const panel = await harness.open({
      deeds: [
        { ...one!, session: 's-1', tag: 'chat_model_1a2b3c_015' },
        { ...two!, session: 's-2', tag: '<i>mine</i>' },
        { ...three!, session: 's-3' },
      ],
    });
    const { page } = panel;
    await page.locator('.tl-content').waitFor();
    const cells = page.locator('.tl-tag');
    const titles = await cells.evaluateAll((found) => found.map((cell) => (cell as { title: string }).title));
    const shown = (await cells.allTextContents()).map((cell, i): [string, string] => [cell, titles[i]!]);
    assert.deepEqual(shown.sort(), [
      ['#015', 'chat_model_1a2b3c_015'],
      ['<i>mine</i>', '<i>mine</i>'],
      ['–', ''],
    ]);
    assert.deepEqual(await problemsOf(panel), []);
  });
});
