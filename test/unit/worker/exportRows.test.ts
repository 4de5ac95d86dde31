import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { exportRows } from '../../../src/worker/exportRows';
import { Jobs } from '../../../src/worker/jobs';
import type { ExportFormat } from '../../../src/shared/protocol';
import type { ExportPlan } from '../../../src/worker/exportRows';
import type { Store } from '../../../src/store/store';

async function exported(store: Store, format: ExportFormat, of: Partial<ExportPlan> = {}): Promise<string> {
  let text = '';
  const plan = { question: all, format, level: 'session', ...of } as const;
  await new Jobs().run('export', (job) =>
    exportRows(
      store,
      plan,
      (more) => (text += more),
      () => undefined,
      job,
    ),
  );
  return text;
}

describe('sessions as exported', () => {
  let store: Store;
  before(async () => {
    store = await openTestStore();
    const told = { functionCalls: 12, durationMs: 95_000, labels: ['prod', 'beta'] };
    importInto(store, '/a', globalIds, {
      sessions: [{ id: 'a', createdAt: 1e12, ...told }, { id: 'b' }, { id: 'out', ...told }],
      calls: [call({ session: 'a' }), call({ session: 'b' }), call({ session: 'out' })],
    });
    store.write(() =>
      store.recordExclusion({
        at: 1,
        what: 'session',
        name: 'out',
        importer: 'test',
        scope: [],
        excluded: true,
      }),
    );
  });

  it('end with what their sources tell, and leave out what is excluded, in JSON', async () => {
    const rows = JSON.parse(await exported(store, 'json')) as Record<string, unknown>[];
    assert.deepEqual(
      rows.map(({ id, functionCalls, durationMs, labels }) => [id, functionCalls, durationMs, labels]),
      [
        ['b', null, null, null],
        ['a', 12, 95_000, 'beta, prod'],
      ],
    );
  });

  it('do so in CSV', async () => {
    const lines = (await exported(store, 'csv')).trim().split('\r\n');
    assert.match(lines[0]!, /,note,functionCalls,durationMs,labels,project,branch,agents$/);
    assert.match(lines[1]!, /^b,.*,,,,,,0$/);
    assert.match(lines[2]!, /^a,.*,,12,95000,"beta, prod",,,0$/);
    assert.equal(lines.length, 3);
  });
});

describe('calls as exported', () => {
  it('leave out what is excluded unless all is wanted, sums or not', async () => {
    const store = await openTestStore();
    importInto(store, '/a', globalIds, {
      calls: [
        call({ session: 'a' }),
        call({ session: 'a', model: 'gpt-4.1' }),
        call({ session: 'out' }),
        call({ session: 'out', model: 'gpt-4.1' }),
      ],
    });
    const exclude = (what: 'session' | 'model', name: string) =>
      store.recordExclusion({ at: 1, what, name, importer: 'test', scope: [], excluded: true });
    store.write(() => exclude('session', 'out'));
    store.write(() => exclude('model', 'gpt-4.1'));
    const rows = async (plan: Partial<ExportPlan>) =>
      (JSON.parse(await exported(store, 'json', { level: 'call', ...plan })) as Record<string, unknown>[])
        .map(({ session, model }) => `${String(session)} ${String(model)}`)
        .sort();
    const check = async () => {
      assert.deepEqual(await rows({}), ['a gpt-4o']);
      const every = ['a gpt-4.1', 'a gpt-4o', 'out gpt-4.1', 'out gpt-4o'];
      assert.deepEqual(await rows({ withExcluded: true }), every);
      assert.deepEqual(
        await rows({ withExcluded: true, question: { ...all, filter: { until: noon + 1 } } }),
        every,
      );
    };
    await check();
    for (let step = store.compact(noon + 1); step; step = store.compact(noon + 1, step));
    await check();
    store.close();
  });
});
