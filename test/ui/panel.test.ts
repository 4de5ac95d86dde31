import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type OpenOptions, type OpenPanel } from './panelHarness';
import { voiceWorld } from '../support/panelVoice';
import { answerOf, richWorld, smallWorld } from '../support/panelWorld';
import type { Page } from 'playwright-core';
import type { PanelQuery } from '../../src/shared/protocol';

/** The page of the cost panel in a real browser, under the real policy, with a host that answers from a few calls. */
describe('the cost panel', function () {
  this.timeout(60_000);
  let panel: OpenPanel;

  const open = async (options: OpenOptions = {}): Promise<Page> => {
    panel = await (await panelHarness()).open({ deeds: smallWorld, ...options });
    await panel.page
      .locator('.tl-content, .tl-notice, .tl-error')
      .filter({ visible: true })
      .first()
      .waitFor();
    return panel.page;
  };
  afterEach(async function () {
    if (this.currentTest?.state === 'passed')
      assert.deepEqual(await problemsOf(panel), [], 'errors or breaches of the policy');
  });

  const total = (page: Page) => page.locator('.tl-total-cost').textContent();
  const text = (page: Page, selector: string) =>
    page.locator(selector).filter({ visible: true }).allTextContents();
  const chips = (page: Page) => text(page, '.tl-chip-text');
  const becomes = async (page: Page, cost: string) => {
    await page.locator('.tl-total-cost', { hasText: cost }).waitFor();
    assert.equal(await total(page), cost);
  };
  const pick = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const lastQuery = () => panel.calls.filter(({ method }) => method === 'ask').at(-1)!.args[0] as PanelQuery;
  const callsOf = (method: string) =>
    panel.calls.filter((call) => call.method === method).map(({ args }) => args);

  it('shows the total and what it is made of', async () => {
    const page = await open();
    assert.equal(await total(page), '$4.50');
    assert.deepEqual(await text(page, '.tl-total-parts li'), [
      '2 calls unpriced',
      '1 call inexact',
      'recorded $1.13',
      'computed $4.50',
    ]);
    assert.deepEqual(await text(page, '.tl-figures dd'), ['8', '4', '2.1k', '1k', '200', '100', '1']);
    assert.equal(await page.locator('.tl-total-cost').getAttribute('title'), '$4.5');
  });

  it('breaks costs down by model, experiment, provider and user', async () => {
    const page = await open();
    const rows = (title: string) =>
      page.locator('section', { hasText: title }).locator('.tl-breakdown tbody tr').allInnerTexts();
    const cells = async (title: string) =>
      (await rows(title)).map((row) => row.split(/\s*[\t\n]\s*/).filter(Boolean));
    assert.deepEqual(await cells('Cost by model'), [
      ['gpt-4o', '$2.25', '50%', '4'],
      ['claude-sonnet-4', '$2.25', '50%', '2'],
      ['<b>bold</b> model', 'unpriced', '2', '2'],
    ]);
    assert.deepEqual(await cells('Cost by experiment'), [
      ['baseline', '$3.75', '83%', '5'],
      ['long prompts', '$0.75', '17%', '1'],
      ['No experiment', 'unpriced', '2', '2'],
    ]);
    assert.deepEqual(
      (await cells('Cost by provider')).map(([name]) => name),
      ['openai', 'anthropic', 'No provider'],
    );
    assert.deepEqual(
      (await cells('Cost by user')).map(([name]) => name),
      ['ada', 'bob', 'No user'],
    );
  });

  it('has the figures of the chart in a table, for screen readers and on request', async () => {
    const page = await open();
    const table = page.locator('.tl-time-table');
    const rows = async () => await table.locator('tr').allTextContents();
    const expected = [
      'StartTotalCallsgpt-4oclaude-sonnet-4<b>bold</b> model',
      '2025-06-01$3.755$1.50$2.25$0',
      '2025-06-03$0.753$0.75$0$0',
      'Total$4.508$2.25$2.25$0',
    ];
    assert.deepEqual(await rows(), expected);
    assert.equal(
      await page.getByRole('table').filter({ hasText: '2025-06-03$0.75' }).count(),
      1,
      'in the tree of what is read out',
    );
    assert.ok((await table.boundingBox())!.height > 0);
    assert.match(
      (await page.locator('canvas[role=img]').getAttribute('aria-label'))!,
      /^Cost per day by model: \$4\.50/,
    );
    await page.getByRole('button', { name: 'Show as table' }).click();
    assert.equal(await page.locator('.tl-chart').isVisible(), false);
    assert.ok((await page.locator('.tl-scroll', { has: table }).boundingBox())!.width > 300);
    assert.deepEqual(await rows(), expected);
  });

  it('draws the chart', async () => {
    const page = await open();
    const colors = await page.evaluate<number>(`(() => {
      const canvas = document.querySelector('canvas[role=img]');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Map();
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] === 255) seen.set(data.slice(i, i + 3).join(), (seen.get(data.slice(i, i + 3).join()) ?? 0) + 1);
      return [...seen.values()].filter((pixels) => pixels > 1000).length;
    })()`);
    assert.ok(colors >= 2, `${colors} large areas of one colour`);
  });

  it('filters by a click on a row, and by no more with a second one', async () => {
    const page = await open();
    await pick(page, 'gpt-4o').click();
    await becomes(page, '$2.25');
    assert.deepEqual(await chips(page), ['Model: gpt-4o']);
    assert.deepEqual(lastQuery().filter, { models: ['gpt-4o'] });
    await pick(page, 'gpt-4o').click();
    await becomes(page, '$4.50');
    assert.deepEqual(await chips(page), []);
  });

  it('filters by a click on a part of a bar', async () => {
    const page = await open();
    const box = (await page.locator('canvas[role=img]').boundingBox())!;
    // The first of three bars stands in the middle of the first third; its foot is gpt-4o, the first of the dearest.
    await page.mouse.click(box.x + 53 + (box.width - 53) / 6, box.y + box.height - 60);
    await becomes(page, '$2.25');
    assert.deepEqual(await chips(page), ['Model: gpt-4o']);
  });

  it('is worked by keyboard alone, and keeps the focus where it was', async () => {
    const page = await open();
    await pick(page, 'ada').focus();
    await page.keyboard.press('Enter');
    await becomes(page, '$3.75');
    const focused = () =>
      page.evaluate<string>(
        'document.activeElement.textContent + "|" + (document.activeElement.ariaLabel ?? "")',
      );
    assert.equal(await focused(), 'ada|');
    await pick(page, 'gpt-4o').focus();
    await page.keyboard.press('Space');
    await becomes(page, '$1.50');
    assert.deepEqual(await chips(page), ['Model: gpt-4o', 'User: ada']);
    await page.getByRole('button', { name: 'Remove filter Model: gpt-4o' }).focus();
    await page.keyboard.press('Enter');
    await becomes(page, '$3.75');
    assert.equal(await focused(), '|Remove filter User: ada');
    await page.keyboard.press('Enter');
    await becomes(page, '$4.50');
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'VSCODE-SINGLE-SELECT');
  });

  it('asks for another period and grouping', async () => {
    const page = await open();
    await page.locator('vscode-single-select').first().focus();
    for (const key of ['Enter', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await page.waitForTimeout(200);
    assert.equal(lastQuery().period, 'year');
    await page.locator('vscode-single-select').nth(1).click();
    await page.getByRole('option', { name: 'By week' }).click();
    await page.waitForTimeout(200);
    assert.equal(lastQuery().interval, 'week');
  });

  it('asks for days of one’s own', async () => {
    const page = await open();
    await page.locator('vscode-single-select').first().click();
    await page.getByRole('option', { name: 'From … to …' }).click();
    await page.locator('vscode-textfield input').first().fill('2025-06-02');
    await page.locator('vscode-textfield input').first().press('Tab');
    await page.waitForTimeout(200);
    assert.deepEqual([lastQuery().period, lastQuery().from], ['custom', '2025-06-02']);
  });

  it('is as it was after a reload: question, chips, place and colours', async () => {
    const page = await open({ deeds: richWorld });
    await pick(page, 'anthropic').click();
    await page.locator('.tl-chip').waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.evaluate('scrollTo(0, 150)');
    await page.waitForTimeout(200);
    const before = await total(page);
    await page.reload();
    await page.locator('.tl-chip').waitFor();
    assert.equal(await total(page), before);
    assert.deepEqual(await chips(page), ['Provider: anthropic']);
    assert.equal(await page.locator('.tl-chart').isVisible(), false);
    assert.equal(await page.evaluate('scrollY'), 150);
  });

  it('shows a change of the store in place, with focus and scroll kept', async () => {
    const page = await open();
    await pick(page, 'bob').focus();
    await page.evaluate('scrollTo(0, 60)');
    await page.evaluate(`window.kept = document.querySelector('.tl-breakdown tbody tr')`);
    panel.deeds = [...smallWorld, { ...smallWorld[2]!, usd: 10, session: 's-4' }];
    for (let burst = 0; burst < 5; burst++) await panel.tell('changed');
    await becomes(page, '$14.50');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'bob');
    assert.equal(await page.evaluate('scrollY'), 60);
    assert.equal(await page.evaluate('window.kept.isConnected'), true);
    assert.equal(callsOf('ask').length, 2, 'one question for a burst of changes');
  });

  it('opens sessions and notes, by the key of the session', async () => {
    const page = await open();
    await page.getByRole('button', { name: 's-2', exact: true }).click();
    await page.getByRole('button', { name: 'Edit the note of session s-1' }).click();
    await page.getByRole('button', { name: 'Export' }).click();
    assert.deepEqual(callsOf('openSession'), [['s-2']]);
    assert.deepEqual(callsOf('editNote'), [['s-1']]);
    assert.deepEqual(callsOf('exportData'), [[{ period: 'all', interval: 'auto', filter: {} }]]);
    assert.deepEqual(await page.locator('.tl-note').allTextContents(), [
      '',
      'Cheaper than last week',
      '',
      '</td><script>alert(2)</script>',
    ]);
  });

  it('shows hostile names as text', async () => {
    const page = await open();
    assert.equal(
      await page.getByRole('button', { name: '<img src=x onerror=alert(1)>', exact: true }).count(),
      1,
    );
    await pick(page, '<b>bold</b> model').click();
    await page.locator('.tl-chip').waitFor();
    assert.deepEqual(await chips(page), ['Model: <b>bold</b> model']);
    assert.equal(await page.locator('#root img, #root b, #root script').count(), 0);
  });

  it('says what to do when nothing is imported', async () => {
    const page = await open({ deeds: [] });
    assert.equal(await page.locator('h2').filter({ visible: true }).textContent(), 'Nothing imported yet');
    await page.getByRole('button', { name: 'Import Files or Folder…' }).click();
    await page.getByRole('button', { name: 'Load Sample Data' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(100);
    assert.deepEqual([callsOf('importFiles').length, callsOf('loadSampleData').length], [1, 1]);
    panel.deeds = smallWorld;
    await panel.tell('changed');
    await becomes(page, '$4.50');
    assert.equal(await page.locator('.tl-notice').isVisible(), false);
  });

  it('says when filters leave nothing, and clears them', async () => {
    const page = await open();
    await pick(page, 'bob').click();
    await becomes(page, '$0.75');
    panel.deeds = smallWorld.filter(({ user }) => user !== 'bob');
    await panel.tell('changed');
    await page.getByRole('heading', { name: 'No calls match' }).waitFor();
    await page.locator('.tl-notice').getByRole('button', { name: 'Clear filters' }).click();
    await becomes(page, '$3.75');
  });

  it('shows an error in place and tries again', async () => {
    let isBroken = true;
    const page = await open({
      api: {
        ask: async (query) => {
          if (isBroken) throw new Error('The store cannot be opened.');
          return answerOf(smallWorld, query);
        },
      },
    });
    assert.match((await page.getByRole('alert').textContent())!, /^The store cannot be opened\./);
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await becomes(page, '$4.50');
    assert.equal(await page.getByRole('alert').isVisible(), false);
  });

  it('takes the filter that it was opened with', async () => {
    const page = await open({ api: { requestedFilter: async () => ({ experiments: ['long prompts'] }) } });
    await becomes(page, '$0.75');
    assert.deepEqual(await chips(page), ['Experiment: long prompts']);
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`fits its page in ${theme}, wide and narrow`, async () => {
      for (const width of [1280, 760, 420]) {
        const page = await open({ deeds: [...richWorld, ...voiceWorld], theme, width });
        await page.waitForTimeout(200);
        assert.ok(
          (await page.evaluate<number>('document.documentElement.scrollWidth')) <= width,
          `${width} px wide`,
        );
        if (process.env['PICTURES'])
          await page.screenshot({
            path: `${process.env['PICTURES']}/panel-${theme}-${width}.png`,
            fullPage: true,
          });
      }
    });
  }

  it('follows a change of theme', async () => {
    const page = await open({ theme: 'light' });
    const pixel = () => page.evaluate<string>(`document.querySelector('canvas[role=img]').toDataURL()`);
    const before = await pixel();
    await panel.dress('high-contrast');
    await page.waitForTimeout(200);
    assert.notEqual(await pixel(), before);
  });
});
