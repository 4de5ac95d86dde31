import assert from 'node:assert/strict';
import { testEngine } from '../../support/engine';
import { call, noon } from '../../support/facts';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, globalIds, importInto } from '../../support/store';
import { createPriceBook } from '../../../src/pricing/prices';
import { measureColumns } from '../../../src/store/measures';
import { migrate, migrations } from '../../../src/store/migrations';
import { recordNote } from '../../../src/store/notes';
import { noteOf } from '../../../src/store/queries/sessionDetail';
import { report } from '../../../src/store/queries/report';
import { Store } from '../../../src/store/store';
import type { Connection } from '../../../src/sqlite/connection';

const uuid = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const days = Math.floor(noon / 86_400_000);

/** What the first version wrote of a file: a call of gpt-4o, 2,500,000 nano-dollars, and one that names its model by id. */
const rows = `
  INSERT INTO scope (id, uid, importer) VALUES (1, 'test', 'test');
  INSERT INTO source (id, path, importer, scope, state, fingerprint, imported_at)
    VALUES (1, '/a', 'test', 1, 'complete', 'f', 1);
  INSERT INTO model VALUES (1, 'openai', 'gpt-4o'), (2, '', '${uuid}');
  INSERT INTO session (id, scope, own_id, source, first_at, last_at) VALUES (1, 1, 's', 1, ${noon}, ${noon});
  INSERT INTO call (id, scope, key, session, at, model, source, input, cache_read, cache_write, output, reasoning,
      audio_input, audio_cached, audio_output, cache_write_1h, audio_input_us, audio_output_us, images, computed, flags)
    VALUES (1, 1, 'one', 1, ${noon}, 1, 1, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2500000, 2),
           (2, 1, 'two', 1, ${noon}, 2, 1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0);
  UPDATE call SET command = '/review', latency_ms = 1500 WHERE id = 1;`;

/** Sums of one call with so much input and cost, or unpriced. */
const sums = (input: number, cost: number): number[] =>
  measureColumns.map((name) => {
    const known = { calls: 1, input, computed: cost, cost_auto: cost, unpriced_recorded: 1 };
    if (name === 'unpriced_auto' || name === 'unpriced_computed') return cost === 0 ? 1 : 0;
    return known[name as keyof typeof known] ?? 0;
  });

function fill(db: Connection): void {
  db.script(rows);
  const each = [sums(1000, 2_500_000), sums(10, 0)];
  const both = each[0]!.map((value, i) => value + each[1]![i]!);
  const put = (table: string, keys: readonly number[], values: readonly number[]): void =>
    db.run(`INSERT INTO ${table} VALUES (${[...keys, ...values].join(', ')})`);
  each.forEach((values, i) => put('usage_slot', [1, noon / 900_000, i + 1, 1], values));
  put('usage_session', [1], both);
  db.run("INSERT INTO zone VALUES (1, 'UTC', 1)");
  each.forEach((values, i) => put('usage_day', [1, days, i + 1, 1, 0, 0], values));
}

async function olderStore(version: number): Promise<Store> {
  const db = (await testEngine()).openMemory();
  migrate(db, migrations.slice(0, version));
  db.write(() => {
    fill(db);
    // Of a store that has this table, the sums of older calls were still to be worked out.
    if (db.rows("SELECT 1 FROM sqlite_master WHERE name = 'usage_detail'").length > 0)
      db.run("INSERT OR REPLACE INTO setting SELECT 'details.left', max(id) FROM call");
  });
  return new Store(db, createPriceBook());
}

describe('a store that an older version wrote', () => {
  for (const version of migrations.keys())
    if (version > 0)
      it(`keeps its sums and learns the rest (${migrations[version - 1]!.id})`, async () => {
        const store = await olderStore(version);
        assertRollupsMatchCalls(store);
        const before = report(store, all, null).total;
        assert.deepEqual(
          [before.calls, before.inputTokens, before.cost, before.unpricedCalls],
          [2, 1010, 2_500_000, 1],
        );

        store.write(() =>
          recordNote(store.db, { importer: 'test', scope: [], session: 's', at: 1, text: 'kept' }),
        );
        // A later version reads the file again and knows more of it; another format tells one of its calls.
        importInto(store, '/a', globalIds, {
          models: [{ id: uuid, name: 'gpt-4o', provider: 'openai' }],
          sessions: [{ id: 's', project: '/w/shop' }],
          calls: [
            call({ id: 'one', session: 's', responseId: 'r' }),
            call({ id: 'sum', session: 's', account: { of: 's', rank: 1 } }),
            call({ id: 'two', session: 's', model: uuid, inputTokens: 10, account: { of: 's', rank: 0 } }),
          ],
          merges: [{ from: 's', into: 'whole', agent: {} }],
        });
        store.apply(store.openSource('/g', 'gateway', globalIds), {
          calls: [call({ id: 'g', session: 'g', responseId: 'r' })],
        });
        assertRollupsMatchCalls(store);
        const { total, groups } = report(store, all, 'model');
        // 1,000 tokens once and ten more at 2.50 USD a million.
        assert.deepEqual([total.calls, total.inputTokens, total.cost], [2, 1010, 2_525_000]);
        assert.deepEqual(
          groups.map(({ key }) => key),
          ['gpt-4o'],
        );
        assert.equal(noteOf(store, 'test:whole')?.text, 'kept');
        store.removeSource('/a');
        assertRollupsMatchCalls(store);
        assert.equal(report(store, all, null).total.calls, 1);
      });
});
