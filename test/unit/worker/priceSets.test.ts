import assert from 'node:assert/strict';
import { join } from 'node:path';
import { wasmPath } from '../../support/engine';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { temporaryFolder } from '../../support/synthDb';
import { Ledger } from '../../../src/worker/ledger';
import type { CostMode } from '../../../src/shared/model';

const samples = join(__dirname, '../../fixtures/nevil');

/** Worked out in test/unit/pricing/audio.test.ts. By list: 4,200 x 4 + 3,125 x 32 + 950 x 16 + 2,964 x 64, a million. */
const costs = { documented: 945_300_000, design: 46_764_879, list: 321_696_000 };

describe('price sets of a ledger', () => {
  const folder = temporaryFolder();
  const path = folder.file('store.db');
  let ledger: Ledger;
  const open = async () => void (ledger = await Ledger.open(path, wasmPath));
  beforeEach(open);
  afterEach(() => ledger.close());
  after(() => folder.remove());

  async function computed(): Promise<number> {
    const question = { filter: {}, mode: 'computed' as CostMode, zone: 'UTC' };
    const { total } = await ledger.api.report(question, null);
    assert.equal(total.inexactCalls, 1);
    assertRollupsMatchCalls(ledger.store);
    return total.computed;
  }

  it('is that of the documents where there are no settings', async () => {
    const { issues } = await ledger.api.importPaths('test', [samples], {});
    assert.deepEqual(issues, []);
    assert.equal(await computed(), costs.documented);
  });

  it('prices known calls anew when another is chosen, and keeps that', async () => {
    await ledger.api.choosePriceSets({ nevil: 'nevil-design' });
    assert.equal(await computed(), costs.design);
    ledger.close();
    await open();
    await ledger.api.importPaths('test', [samples], { force: true });
    assert.equal(await computed(), costs.design);
    await ledger.api.choosePriceSets({ nevil: 'list' });
    assert.equal(await computed(), costs.list);
  });

  it('ends at the last choice of several at once', async () => {
    const choices = ['nevil-design', 'list', 'nevil-documented'];
    await Promise.all(choices.map((nevil) => ledger.api.choosePriceSets({ nevil })));
    assert.equal(await computed(), costs.documented);
  });
});
