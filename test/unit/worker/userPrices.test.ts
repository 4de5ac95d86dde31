import assert from 'node:assert/strict';
import { join } from 'node:path';
import { wasmPath } from '../../support/engine';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { temporaryFolder } from '../../support/synthDb';
import { Ledger } from '../../../src/worker/ledger';
import type { CostMode } from '../../../src/shared/model';

const samples = join(__dirname, '../../fixtures/nevil');

/** Worked out in test/unit/pricing/audio.test.ts. */
const documented = 945_300_000;

describe("the user's own prices of a ledger", () => {
  const folder = temporaryFolder();
  const path = folder.file('store.db');
  let ledger: Ledger;
  const open = async () => void (ledger = await Ledger.open(path, wasmPath));
  before(open);
  after(() => {
    ledger.close();
    folder.remove();
  });

  async function computed(): Promise<number> {
    const question = { filter: {}, mode: 'computed' as CostMode, zone: 'UTC' };
    const { total } = await ledger.api.report(question, null);
    assertRollupsMatchCalls(ledger.store);
    return total.computed;
  }
  const changed = () => ledger.store.db.rows('SELECT total_changes()')[0]![0] as number;
  const free = [{ model: 'gpt-*realtime*', prices: { input: 0, output: 0 } }];

  it('price known calls anew', async () => {
    const { issues } = await ledger.api.importPaths('test', [samples], {});
    assert.deepEqual(issues, []);
    assert.equal(await computed(), documented);
    assert.deepEqual(await ledger.api.choosePrices(free), []);
    assert.equal(await computed(), 0);
  });

  it('stay in force when others are refused, and when the ledger is opened again', async () => {
    const problems = await ledger.api.choosePrices([{ model: '*', prices: { input: 1 } }]);
    assert.equal(problems.length, 1);
    assert.equal(await computed(), 0);
    ledger.close();
    await open();
    await ledger.api.importPaths('test', [samples], { force: true });
    assert.equal(await computed(), 0);
  });

  it('touch no call of a model that they do not concern', async () => {
    const before = changed();
    const others = [...free, { model: 'some-other-model', prices: { input: 9 } }];
    assert.deepEqual(await ledger.api.choosePrices(others), []);
    // The setting alone.
    assert.equal(changed() - before, 1);
    assert.deepEqual(await ledger.api.choosePrices(others), []);
    assert.equal(changed() - before, 1);
  });

  it('give way to what was before when they are gone', async () => {
    assert.deepEqual(await ledger.api.choosePrices([]), []);
    assert.equal(await computed(), documented);
  });

  it('end at the last choice of several at once', async () => {
    await Promise.all([free, [], free].map((prices) => ledger.api.choosePrices(prices)));
    assert.equal(await computed(), 0);
  });
});
