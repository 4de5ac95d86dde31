import assert from 'node:assert/strict';
import { panelHarness, problemsOf, type PanelHarness } from './panelHarness';
import { smallWorld } from '../support/panelWorld';

describe('questions that the cost panel hands on', function () {
  this.timeout(60_000);
  let harness: PanelHarness;
  before(async () => {
    harness = await panelHarness();
  });

  it('explain its cost and compare it with other models, for what it shows', async () => {
    const panel = await harness.open({ deeds: smallWorld });
    const { page, calls } = panel;
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByRole('button', { name: 'What if…' }).click();
    const callsOf = (method: string) =>
      calls.filter((call) => call.method === method).map(({ args }) => args);
    const shown = { period: 'all', interval: 'auto', filter: {} };
    assert.deepEqual(callsOf('explainCost'), [[shown]]);
    assert.deepEqual(callsOf('whatIf'), [[shown]]);
    assert.deepEqual(await problemsOf(panel), []);
  });
});
