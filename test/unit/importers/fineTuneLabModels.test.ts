import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testEngine } from '../../support/engine';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { shuffled } from '../../support/shuffled';
import { all } from '../../support/store';
import { python, temporaryFolder } from '../../support/synthDb';
import { importPaths } from '../../../src/ingest/import';
import { createPriceBook } from '../../../src/pricing/prices';
import { report } from '../../../src/store/queries/report';
import { Store } from '../../../src/store/store';
import type { Ledger } from '../../support/ledgerOf';

const sample = (name: string): string => join(__dirname, '../../fixtures/finetunelab/models', name);
const traces = sample('llm_traces.json');
const dumps = ['llm_models.json', 'llm_models.jsonl', 'llm_models.csv'].map(sample);

/**
 * Worked out by hand, in micro-dollars. span_1, gpt-4o-mini at 0.15, 0.075 cached, 0.60: 1,000 of its 1,300 input tokens
 * were cached: 300 x 0.15 + 1,000 x 0.075 + 220 x 0.6 = 252. span_2, Claude Sonnet 4 at 3, 0.30 read, 3.75 written, 15:
 * its cached tokens stand beside the input: 100 x 3 + 50 x 0.3 + 20 x 3.75 + 10 x 15 = 540. span_3: nobody names its
 * model. span_4: 1,000 x 0.15 = 150.
 */
const named = [
  ['span_1', 'openai', 'gpt-4o-mini', 300, 1000, 0, 252_000],
  ['span_2', 'anthropic', 'claude-sonnet-4-20250514', 100, 50, 20, 540_000],
  ['span_3', '', '00000000-0000-4000-8000-00000000dead', 7, 0, 0, null],
  ['span_4', 'openai', 'gpt-4o-mini', 1000, 0, 0, 150_000],
];

const callsOf = ({ calls }: Ledger): unknown[] =>
  calls.map(({ key, provider, model, input, cache_read, cache_write, computed }) => [
    key,
    provider,
    model,
    input,
    cache_read,
    cache_write,
    computed,
  ]);

describe('FineTuneLab models', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const write = (name: string, content: string): string => {
    writeFileSync(folder.file(name), content);
    return folder.file(name);
  };

  it('get the names that another file tells, whichever comes first', async () => {
    const database = folder.file('models.db');
    python(
      `
d = sqlite3.connect(sys.argv[1]); rows = json.load(open(sys.argv[2]))
names = list(rows[0]); d.execute('create table llm_models (%s)' % ','.join(names))
for r in rows: d.execute('insert into llm_models values (%s)' % ','.join('?' * len(names)), [r[n] for n in names])
d.commit()`.replace(/^\n/, ''),
      database,
      dumps[0]!,
    );
    const first = await ledgerOf(dumps[0]!, traces);
    assert.deepEqual(callsOf(first), named);
    assert.deepEqual(
      [first.total.calls, first.total.cost, first.total.recorded, first.total.unpricedCalls, first.issues],
      [4, 942_000, 999_000, 1, []],
    );
    for (const dump of [...dumps, database]) {
      assert.deepEqual(await ledgerOf(dump, traces), first, dump);
      assert.deepEqual(await ledgerOf(traces, dump), first, dump);
    }
    assert.deepEqual(await ledgerOf(traces, ...dumps, traces, database), first);
  });

  it('get them in a later import and after a restart, too, with their tags unchanged', async () => {
    for (const order of [
      [traces, dumps[0]!],
      [dumps[0]!, traces],
    ]) {
      const path = folder.file(`${order.indexOf(traces)}/store.db`);
      for (const [step, file] of order.entries()) {
        await inStore(path, async (store) => {
          store.prepareZone('UTC');
          const summary = await imports(store, file);
          assert.equal(summary.newCalls, file === traces ? 4 : 0);
          assert.equal(summary.changedCalls, step === 1 && file !== traces ? 2 : 0);
          assertRollupsMatchCalls(store);
        });
      }
      await inStore(path, (store) => {
        const { total, groups } = report(store, all, 'model');
        assert.deepEqual([total.calls, total.cost, total.unpricedCalls], [4, 942_000, 1]);
        assert.deepEqual(groups.map(({ key, calls, cost }) => [key, calls, cost]).sort(), [
          ['00000000-0000-4000-8000-00000000dead', 1, 0],
          ['claude-sonnet-4-20250514', 1, 540_000],
          ['gpt-4o-mini', 2, 402_000],
        ]);
        // The UUID of the first call tells the digits, whatever is known of its name.
        assert.deepEqual(store.db.rows('SELECT own_id, tag FROM session ORDER BY 1'), [
          ['c1', 'chat_model_4f9a1c_001'],
          ['c2', 'chat_model_000000_001'],
        ]);
        return Promise.resolve();
      });
    }
  });

  it('are the same in any order and in any parts, renamed ones too', async () => {
    const rows = JSON.parse(readFileSync(traces, 'utf8')) as object[];
    const models = JSON.parse(readFileSync(dumps[0]!, 'utf8')) as object[];
    const older = models.map((model) => ({
      ...model,
      ...{ model_id: 'gpt-4o', provider: 'openai', updated_at: '2025-12-01T00:00:00Z' },
    }));
    const files = [
      ...[...rows, ...rows].map((row) => [row]),
      ...[...models, ...older, models[1]!].map((row) => [row]),
    ].map((part, i) => write(`part-${i}.json`, JSON.stringify(part)));
    const expected = await ledgerOf(dumps[0]!, traces);
    for (let seed = 1; seed <= 10; seed++)
      assert.deepEqual(await ledgerOf(...shuffled(files, seed)), expected, `seed ${seed}`);
  });

  it('are told without keys, prompts and what else stands beside their names', async () => {
    for (const dump of dumps) {
      const { batches, issues } = await importFile(dump);
      assert.deepEqual(issues, []);
      assert.equal(batches.flatMap(({ models }) => models ?? []).length, 2);
      assert.doesNotMatch(JSON.stringify(batches), /CANARY|api\.openai/);
    }
  });

  it('whatever stands in a field, name what can be named', async () => {
    const [model, ...rest] = JSON.parse(readFileSync(dumps[0]!, 'utf8')) as Record<string, unknown>[];
    for (const name of Object.keys(model!)) {
      for (const value of [null, 17, '', true, {}, [], 'nonsense', 1e308]) {
        const file = write('bad.json', JSON.stringify([...rest, { ...model, [name]: value }]));
        const { calls, issues } = await ledgerOf(traces, file);
        assert.equal(calls.find(({ key }) => key === 'span_2')!.model, 'claude-sonnet-4-20250514', name);
        assert.equal(issues.length, name === 'id' ? 1 : 0, `${name}: ${JSON.stringify(value)}`);
      }
    }
  });

  it('that are excluded stay so under their names, until the user includes them', async () => {
    const word = (name: string, excluded: boolean) => ({ at: 1, what: 'model' as const, name, excluded });
    const id = '4f9a1c00-0000-4000-8000-000000000001';
    const steps = {
      exclude: (store: Store) => store.write(() => store.recordExclusion(word(id.toUpperCase(), true))),
      include: (store: Store) => store.write(() => store.recordExclusion(word('gpt-4o-mini', false))),
      name: (store: Store) => imports(store, dumps[0]!),
      read: (store: Store) => imports(store, traces),
    };
    const counted = async (...order: readonly (keyof typeof steps)[]): Promise<number> => {
      const store = new Store((await testEngine()).openMemory(), createPriceBook());
      for (const step of order) await steps[step](store);
      const { total } = report(store, all, null);
      store.close();
      assert.equal(total.calls + total.excludedCalls, 4);
      return total.calls;
    };
    assert.equal(await counted('read', 'exclude'), 3);
    // gpt-4o-mini it is, so the call that names it so is out as well.
    for (const order of [
      ['read', 'exclude', 'name'],
      ['exclude', 'name', 'read'],
      ['name', 'read', 'exclude'],
      ['include', 'exclude', 'read', 'name'],
    ] as const)
      assert.equal(await counted(...order), 2, order.join());
    for (const order of [
      ['read', 'exclude', 'name', 'include'],
      ['exclude', 'include', 'name', 'read'],
      ['exclude', 'include', 'read', 'name', 'name'],
    ] as const)
      assert.equal(await counted(...order), 4, order.join());
  });

  async function inStore(path: string, work: (store: Store) => Promise<void>): Promise<void> {
    const store = new Store((await testEngine()).openStore(path), createPriceBook());
    try {
      await work(store);
    } finally {
      store.close();
    }
  }

  const imports = async (store: Store, path: string) =>
    importPaths(store, await testEngine(), {
      paths: [path],
      force: false,
      pause: () => Promise.resolve(),
      told: () => undefined,
      log: (message) => assert.fail(message),
    });
});
