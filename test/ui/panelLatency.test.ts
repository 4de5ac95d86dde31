import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type OpenPanel, type PanelHarness } from './panelHarness';
import { latencyReport } from '../support/panelLatency';
import { answerOf, smallWorld } from '../support/panelWorld';
import type { LatencyReport } from '../../src/shared/latency';
import type { PanelQuery } from '../../src/shared/protocol';

describe('latency and errors in the cost panel', function () {
  this.timeout(120_000);
  let harness: PanelHarness;
  let panel: OpenPanel;

  before(async () => {
    harness = await panelHarness();
  });
  afterEach(async () => {
    assert.deepEqual(await problemsOf(panel), [], 'errors or breaches of the policy');
  });

  const open = async (latency?: LatencyReport) => {
    const ask = async (query: PanelQuery) => {
      const answer = answerOf(smallWorld, query);
      return { ...answer, data: { ...answer.data, ...(latency ? { latency } : {}) } };
    };
    panel = await harness.open({ deeds: smallWorld, api: { ask } });
    await panel.page.locator('.tl-content').waitFor();
    return panel.page.locator('.tl-speed section');
  };

  it('are told by model, with what failed and what it cost', async () => {
    const section = await open(latencyReport());
    const rows = await section.locator('tbody tr').all();
    assert.deepEqual(await Promise.all(rows.map((row) => row.locator('th, td').allTextContents())), [
      ['gpt-4o', '1.2 s', '5.2 s', '9 s', '310 ms', '800 ms', '1', '2.5%', '$0.02'],
      ['claude-sonnet-4-20250514-with-a-long-name', '850 ms', '2.4 s', '2.6 s', '', '', '', '', ''],
      ['<b>bold</b>', '', '', '', '', '', '4', '100%', 'unpriced'],
      ['All', '1.1 s', '5.2 s', '9 s', '310 ms', '800 ms', '5', '6.3%', 'at least $0.02'],
    ]);
    assert.equal(
      await section.locator('p').textContent(),
      'Errors by class: rate limit 4, timeout 1. 3 failed calls were tried again within a minute; the failed attempts cost $0.012.',
    );
  });

  it('say where they are those of a sketch', async () => {
    const section = await open(latencyReport(false));
    assert.equal(await section.locator('tbody td').first().textContent(), '≈ 1.2 s');
    assert.match((await section.locator('p').textContent())!, /≈: within 1% of the value\.$/);
  });

  it('are hidden where nothing of either is known', async () => {
    assert.equal(await (await open()).isVisible(), false);
  });
});
