import assert from 'node:assert/strict';
import { call } from '../../support/facts';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { exportRows } from '../../../src/worker/exportRows';
import { Jobs } from '../../../src/worker/jobs';
import type { ExportFormat } from '../../../src/shared/protocol';
import type { Store } from '../../../src/store/store';

async function exported(store: Store, format: ExportFormat): Promise<string> {
  let text = '';
  const plan = { question: all, format, level: 'session' } as const;
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
