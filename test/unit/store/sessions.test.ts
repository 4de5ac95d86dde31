import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { all, anchored, globalIds, importInto, openTestStore } from '../../support/store';
import { calls, exportCalls } from '../../../src/store/queries/calls';
import { daily } from '../../../src/store/queries/daily';
import { panel } from '../../../src/store/queries/panel';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import { findSessions, keysOfSession, sessions } from '../../../src/store/queries/sessions';
import type { Store } from '../../../src/store/store';

describe('questions about sessions', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
    importInto(store, '/a.db', anchored('one'), {
      experiments: [{ id: 'e1', name: 'Crafter 100 %' }],
      sessions: [
        {
          id: 's1',
          experiment: 'e1',
          createdAt: noon,
          user: 'ana',
          note: { text: 'cheap\nand cheerful', strategy: 'cost' },
        },
        { id: 's2', experiment: 'e1', createdAt: noon + 1 },
        { id: 's3' },
      ],
      calls: [
        call({ id: 1, session: 's1', latencyMs: 100 }),
        call({
          id: 2,
          session: 's1',
          model: 'gpt-4o-mini',
          inputTokens: 0,
          outputTokens: 1000,
          at: noon + 5,
          latencyMs: 300,
        }),
        call({ id: 3, session: 's2', model: 'nobody-knows', provider: 'local', recorded: 0 }),
        call({ id: 4, session: 's3', failed: true, inputTokens: 0, error: 'RateLimit' }),
      ],
    });
  });
  const keyOf = (id: string): string => keysOfSession(store, id)[0]!;

  it('tells everything of one', () => {
    const detail = sessionDetail(store, keyOf('s1'), 'auto')!;
    // 1,000 x 2.50 / 1M + 1,000 x 0.60 / 1M
    assert.equal(detail.cost, 3_100_000);
    assert.deepEqual(detail.models, ['gpt-4o', 'gpt-4o-mini']);
    assert.deepEqual(
      detail.byModel.map(({ key, cost }) => [key, cost]),
      [
        ['gpt-4o', 2_500_000],
        ['gpt-4o-mini', 600_000],
      ],
    );
    assert.deepEqual(detail.latency, { calls: 2, p50: 100, p95: 300, p99: 300, max: 300 });
    assert.deepEqual(detail.note, {
      text: 'cheap\nand cheerful',
      strategy: 'cost',
      at: noon,
      origin: 'source',
    });
    assert.deepEqual(
      [detail.noteLine, detail.user, detail.experimentName],
      ['cheap', 'ana', 'Crafter 100 %'],
    );
    assert.deepEqual(detail.sources, ['/a.db']);
  });

  it('calls a session without price or usage unpriced, a failed one free', () => {
    const rows = new Map(sessions(store, all, undefined, { limit: 9 }).rows.map((row) => [row.id, row]));
    assert.deepEqual([rows.get('s2')!.unpricedCalls, rows.get('s2')!.cost], [0, 0]);
    assert.deepEqual([rows.get('s3')!.unpricedCalls, rows.get('s3')!.errors], [0, 1]);
  });

  it('finds by id, experiment, note and cost, taking wildcards as they are', () => {
    const find = (text: string): string[] => findSessions(store, text, 'auto', 9).map(({ id }) => id);
    assert.deepEqual(find('s2'), ['s2']);
    assert.deepEqual(find('100 %'), ['s2', 's1']);
    assert.deepEqual(find('100 _'), []);
    assert.deepEqual(find('CHEERFUL'), ['s1']);
    assert.deepEqual(find('>0.003'), ['s1']);
    assert.deepEqual(find('$0.0031'), ['s1']);
    assert.deepEqual(find('$0.0032'), []);
    assert.deepEqual(find(''), ['s2', 's3', 's1']);
  });

  it('pages the calls of one, oldest first', () => {
    const first = calls(store, keyOf('s1'), 'auto', { limit: 1 });
    const second = calls(store, keyOf('s1'), 'auto', { limit: 1, after: first.next! });
    assert.deepEqual([first.rows[0]!.id, second.rows[0]!.id, second.next], ['1', '2', undefined]);
    assert.deepEqual(
      [first.rows[0]!.state, first.rows[0]!.exact, first.rows[0]!.recorded],
      ['computed', true, null],
    );
  });

  it('exports every call once, with what it belongs to', () => {
    const rows = [...exportCalls(store, all, 2)].flat();
    assert.deepEqual(rows.map(({ id }) => id).sort(), ['1', '2', '3', '4']);
    const one = rows.find(({ id }) => id === '2')!;
    assert.deepEqual([one.session, one.experiment, one.source, one.user], ['s1', 'e1', '/a.db', 'ana']);
    assert.equal(one.note, 'cheap\nand cheerful');
  });

  it('sums by day and model', () => {
    const rows = daily(store, all).map(({ day, provider, model, calls: count }) => [
      day,
      provider,
      model,
      count,
    ]);
    assert.deepEqual(rows.slice(0, 2), [
      ['2026-01-15', 'openai', 'gpt-4o', 2],
      ['2026-01-15', 'openai', 'gpt-4o-mini', 1],
    ]);
  });

  it('draws a panel whose series add up to the total, with and without a filter', () => {
    importInto(store, '/b', globalIds, {
      calls: Array.from({ length: 12 }, (_, i) =>
        call({
          model: `model-${i}`,
          recorded: 1000 * (i + 1),
          recordedExact: true,
          at: noon + i * 86_400_000,
        }),
      ),
    });
    const data = panel(store, all, 'day');
    assert.equal(data.series.length, 9);
    assert.equal(data.buckets.length, 12);
    assert.equal(
      data.series.flatMap(({ cost }) => cost).reduce((a, b) => a + b, 0),
      data.total.cost,
    );
    const one = panel(store, { ...all, filter: { models: ['model-11'] } }, 'hour');
    assert.deepEqual([one.total.cost, one.total.calls, one.sessions.length], [12_000, 1, 1]);
    assert.equal(panel(store, { ...all, filter: { models: ['nothing'] } }, 'day').total.calls, 0);
    assert.deepEqual(panel(store, { ...all, filter: { users: ['ana'] } }, 'day').total.calls, 2);
    assert.deepEqual(panel(store, { ...all, filter: { experiments: [null] } }, 'day').total.calls, 13);
  });
});
