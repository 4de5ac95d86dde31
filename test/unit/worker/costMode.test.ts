import assert from 'node:assert/strict';
import { join } from 'node:path';
import { wasmPath } from '../../support/engine';
import { temporaryFolder } from '../../support/synthDb';
import { Ledger } from '../../../src/worker/ledger';

const samples = join(__dirname, '../../fixtures/nevil');

describe('another cost mode', () => {
  it('changes by model and month what its sums say', async () => {
    const folder = temporaryFolder();
    const ledger = await Ledger.open(folder.file('store.db'), wasmPath);
    try {
      await ledger.api.importPaths('test', [samples], {});
      const view = { mode: 'auto', zone: 'UTC' } as const;
      const { changes, before, after } = await ledger.api.modeDifference('compare', view, 'recorded');
      const [auto, recorded] = await Promise.all(
        (['auto', 'recorded'] as const).map((mode) =>
          ledger.api.report({ filter: {}, mode, zone: 'UTC' }, null),
        ),
      );
      assert.deepEqual([before, after], [auto!.total.cost, recorded!.total.cost]);
      assert.equal(changes.length, 1);
      assert.deepEqual((await ledger.api.modeDifference('compare', view, 'auto')).changes, []);
    } finally {
      ledger.close();
      folder.remove();
    }
  });
});
