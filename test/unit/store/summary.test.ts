import assert from 'node:assert/strict';
import { call } from '../../support/facts';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, globalIds, importInto, openTestStore } from '../../support/store';
import { summarySpan } from '../../../src/shared/summary';
import { summary } from '../../../src/store/queries/summary';
import type { CallFact } from '../../../src/shared/facts';
import type { Share } from '../../../src/shared/protocol';
import type { SummaryQuery } from '../../../src/shared/summary';
import type { Store } from '../../../src/store/store';

const berlin = { ...all, zone: 'Europe/Berlin' };
const now = Date.parse('2025-11-05T12:00:00Z');

/** A call of 0.0025 USD at a time of UTC. */
const at = (time: string, fields: Partial<CallFact> = {}): CallFact =>
  call({ at: Date.parse(time), ...fields });

const of = (store: Store, query: SummaryQuery, question = berlin) => {
  store.prepareZone(question.zone);
  return summary(store, summarySpan(query, now, question.zone, 'monday'), question);
};

const lines = (shares: readonly Share[]): unknown[] =>
  shares.map(({ key, cost, calls, unpricedCalls }) => [key, cost, calls, unpricedCalls]);

describe('a summary', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
  });
  afterEach(() => store.close());

  it('counts the days of a zone over a change of clocks, and the period before', () => {
    importInto(store, '/a', globalIds, {
      calls: [
        // 2025-10-26 has 25 hours in Berlin: 22:00 on the 25th to 23:00 on the 26th, UTC.
        at('2025-10-25T21:59:59Z', { session: 'before' }),
        at('2025-10-25T22:00:00Z', { session: 'in' }),
        at('2025-10-26T22:59:59Z', { session: 'in too' }),
        at('2025-10-26T23:00:00Z', { session: 'after' }),
      ],
    });
    const { total, previousTotal } = of(store, { period: 'day', of: '2025-10-26' });
    assert.deepEqual([total.calls, total.cost, total.sessions], [2, 5_000_000, 2]);
    assert.deepEqual([previousTotal.calls, previousTotal.cost, previousTotal.sessions], [1, 2_500_000, 1]);
  });

  it('compares a day that is not over with as much of the day before, to the second', () => {
    importInto(store, '/a', globalIds, {
      calls: [
        at('2025-11-04T11:59:59Z', { session: 'x', command: '/a' }),
        at('2025-11-04T12:00:00Z', { session: 'x' }),
        at('2025-11-05T09:00:00Z', { session: 'x' }),
      ],
    });
    const { total, previousTotal } = of(store, { period: 'day' });
    assert.deepEqual([total.calls, previousTotal.calls], [1, 1]);
  });

  it('tells costs by model and by command, the rest and what has no price', () => {
    importInto(store, '/a', globalIds, {
      calls: [
        at('2025-06-02T10:00:00Z', { command: '/review' }),
        at('2025-06-02T10:01:00Z', { command: '/review', model: 'nobody knows' }),
        at('2025-06-03T10:00:00Z', { command: '/explain', inputTokens: 3000 }),
        at('2025-06-03T10:00:00Z', { session: 'other' }),
        at('2025-06-03T10:00:00Z', { session: 'other', failed: true, inputTokens: 0, error: '429' }),
        at('2025-06-09T10:00:00Z', { command: '/review' }),
      ],
    });
    const { byModel, byCommand, total } = of(store, { period: 'week', of: '2025-06-02' });
    assert.deepEqual(lines(byModel), [
      ['gpt-4o', 12_500_000, 4, 0],
      ['nobody knows', 0, 1, 1],
    ]);
    assert.deepEqual(lines(byCommand), [
      ['/explain', 7_500_000, 1, 0],
      ['/review', 2_500_000, 2, 1],
      [null, 2_500_000, 2, 0],
    ]);
    assert.equal(total.unpricedCalls, 1);
    assert.deepEqual(of(store, { period: 'week', of: '2025-06-16' }).byCommand, []);
  });

  it('leaves out what is excluded, with and without a command', () => {
    const calls = [
      at('2025-06-02T10:00:00Z', { session: 'a', command: '/x' }),
      at('2025-06-02T10:00:00Z', { session: 'b', command: '/x', model: 'gpt-4.1' }),
      at('2025-06-02T10:00:00Z', { session: 'c', command: '/x' }),
    ];
    importInto(store, '/a', globalIds, { calls });
    const exclude = (what: 'session' | 'model', name: string): void =>
      store.write(() =>
        store.recordExclusion({
          ...{ at: 1, what, name, excluded: true },
          ...(what === 'session' ? { importer: 'test', scope: [] } : {}),
        }),
      );
    const commands = (): unknown[] => lines(of(store, { period: 'month', of: '2025-06-30' }).byCommand);
    exclude('session', 'a');
    exclude('model', 'gpt-4.1');
    assert.deepEqual(commands(), [['/x', 2_500_000, 1, 0]]);
  });

  it('follows calls that change, move and go', () => {
    const told = at('2025-06-02T10:00:00Z', { id: 1, session: 's', command: '/x' });
    importInto(store, '/a', globalIds, { calls: [told, { ...told, id: 2 }] });
    importInto(store, '/a', globalIds, {
      calls: [{ ...told, command: '/y', inputTokens: 2000 }],
      merges: [{ from: 's', into: 'whole' }],
    });
    assertRollupsMatchCalls(store);
    const commands = (): unknown[] => lines(of(store, { period: 'day', of: '2025-06-02' }).byCommand);
    assert.deepEqual(commands(), [
      ['/y', 5_000_000, 1, 0],
      ['/x', 2_500_000, 1, 0],
    ]);
    store.removeSource('/a');
    assert.deepEqual(commands(), []);
    assertRollupsMatchCalls(store);
  });
});
