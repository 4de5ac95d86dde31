import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { all, anchored, globalIds, importInto, openTestStore } from '../../support/store';
import { sessions } from '../../../src/store/queries/sessions';
import { sessionGroups } from '../../../src/store/queries/sessionGroups';
import { report, total } from '../../../src/store/queries/report';
import { CursorMoved } from '../../../src/store/store';
import type { GroupBy, Question } from '../../../src/shared/model';
import type { Store } from '../../../src/store/store';

describe('store', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openTestStore();
    store.prepareZone('UTC');
    store.prepareZone('Asia/Kolkata');
  });

  it('counts what was imported, priced at the published rate', () => {
    importInto(store, '/a', globalIds, { calls: [call(), call({ outputTokens: 100 })] });
    const { total } = report(store, all, null);
    // 2 x 1,000 x 2.50 USD / 1M + 100 x 10 USD / 1M
    assert.equal(total.cost, 6_000_000);
    assert.equal(total.calls, 2);
    assert.equal(total.inputTokens, 2000);
    assert.equal(total.sessions, 1);
    assertRollupsMatchCalls(store);
  });

  it('imports the same calls again without change, and fills in what was not known', () => {
    const first = call({ id: 'a', session: 's' });
    importInto(store, '/a', globalIds, { calls: [first] });
    importInto(store, '/a', globalIds, { calls: [first] });
    importInto(store, '/b', globalIds, {
      calls: [{ ...first, recorded: 5_000_000, recordedExact: true, latencyMs: 10 }],
    });
    importInto(store, '/b', globalIds, { calls: [first] });
    const { total } = report(store, all, null);
    assert.deepEqual([total.calls, total.cost, total.recorded], [1, 5_000_000, 5_000_000]);
    assertRollupsMatchCalls(store);
  });

  it('keeps calls apart whose databases use the same ids, and knows a copied database again', () => {
    importInto(store, '/a', anchored('x', 'y'), { calls: [call({ id: 1, session: 's' })] });
    importInto(store, '/b', anchored('z'), { calls: [call({ id: 1, session: 's' })] });
    importInto(store, '/copy', anchored('y', 'w'), {
      calls: [call({ id: 1, session: 's' }), call({ id: 2, session: 's' })],
    });
    const { total } = report(store, all, null);
    assert.deepEqual([total.calls, total.sessions], [3, 2]);
  });

  it('takes a database without anchors for the one known at its path', () => {
    importInto(store, '/a', anchored(), { sessions: [{ id: 's' }] });
    importInto(store, '/a', anchored(), { sessions: [{ id: 's' }] });
    importInto(store, '/a', anchored('x'), { sessions: [{ id: 's' }] });
    importInto(store, '/b', anchored(), { sessions: [{ id: 's' }] });
    importInto(store, '/a', anchored('y'), { sessions: [{ id: 's' }] });
    assert.equal(report(store, all, null).total.sessions, 3);
  });

  it('moves the sums of a session that gets an experiment or a user later', () => {
    importInto(store, '/a', globalIds, { calls: [call({ session: 's' }), call({ session: 't' })] });
    importInto(store, '/a', globalIds, {
      experiments: [{ id: 'e', name: 'First' }],
      sessions: [{ id: 's', experiment: 'e', user: 'ana' }],
    });
    const rows = sessionGroups(store, all).map(({ id, calls, sessions: count }) => [id, calls, count]);
    assert.deepEqual(rows, [
      ['e', 1, 1],
      [null, 1, 1],
    ]);
    const users = report(store, all, 'user').groups.map(({ key, calls }) => [key, calls]);
    assert.deepEqual(
      users.sort(),
      [
        ['ana', 1],
        [null, 1],
      ].sort(),
    );
    assertRollupsMatchCalls(store);
  });

  it('keeps rows that vanished from the source, and counters that shrank', () => {
    importInto(store, '/a', globalIds, {
      sessions: [{ id: 's', events: 9 }],
      calls: [call({ session: 's' })],
    });
    importInto(store, '/a', globalIds, { sessions: [{ id: 's', events: 3 }] });
    assert.equal(report(store, all, null).total.calls, 1);
    assert.deepEqual(store.db.rows('SELECT events FROM session'), [[9]]);
  });

  it('refuses a batch after another window moved the cursor', () => {
    const one = store.openSource('/a', 'test', globalIds);
    store.apply(one, { calls: [call({ id: 1 })], cursor: { line: 1 } });
    assert.throws(() => store.apply(one, { calls: [call({ id: 2 })], cursor: { line: 2 } }), CursorMoved);
    assert.equal(report(store, all, null).total.calls, 1);
    assertRollupsMatchCalls(store);
  });

  it('takes back a whole batch that fails in the middle', () => {
    const bad = { ...call(), inputTokens: 'many' as unknown as number };
    assert.throws(() => importInto(store, '/a', globalIds, { calls: [call(), bad] }));
    importInto(store, '/a', globalIds, { calls: [call()] });
    assert.equal(report(store, all, null).total.calls, 1);
    assertRollupsMatchCalls(store);
  });

  it('removes a source with what came from it alone, and marks its siblings to be read again', () => {
    importInto(store, '/a', globalIds, {
      calls: [call({ id: 1, session: 's' }), call({ id: 2, session: 't' })],
    });
    importInto(store, '/b', globalIds, {
      calls: [call({ id: 1, session: 's' }), call({ id: 3, session: 't' })],
    });
    assert.deepEqual(store.removeSource('/a'), ['/b']);
    assert.equal(report(store, all, null).total.calls, 1);
    assert.deepEqual(store.db.rows("SELECT fingerprint FROM source WHERE path = '/b'"), [['']]);
    assertRollupsMatchCalls(store);
  });

  it('pages sessions newest first without gap or repetition', () => {
    const facts = Array.from({ length: 25 }, (_, i) => ({ id: `s${i}`, createdAt: noon + (i >> 1) }));
    importInto(store, '/a', globalIds, { sessions: facts });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = sessions(store, all, undefined, { limit: 7, ...(after ? { after } : {}) });
      seen.push(...page.rows.map(({ id }) => id));
      after = page.next;
    } while (after);
    assert.deepEqual([...seen].sort(), facts.map(({ id }) => id).sort());
    assert.equal(seen[0], 's24');
  });
});

describe('periods', () => {
  let store: Store;
  const hours = [0, 5, 11.99, 12, 12.1, 18.4, 18.5, 23.9, 30, 47.3];
  const start = Date.UTC(2026, 2, 28);
  const at = (hour: number): number => start + Math.round(hour * 3_600_000);

  beforeEach(async () => {
    store = await openTestStore();
    for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata']) store.prepareZone(zone);
    importInto(store, '/a', globalIds, {
      calls: [
        ...hours.map((hour, i) => call({ id: i, session: `s${i % 3}`, at: at(hour) })),
        call({ id: 'x', at: undefined }),
      ],
    });
  });

  const ask = (since: number | undefined, until: number | undefined, zone: string): Question => ({
    mode: 'auto',
    zone,
    filter: { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
  });

  it('takes since and leaves out until, to the millisecond, in every zone and with every grouping', () => {
    const bounds = [
      undefined,
      at(0),
      at(0) + 1,
      at(12),
      at(12) + 1,
      at(12.1),
      at(18.5),
      at(24),
      at(47.3),
      at(47.3) + 1,
    ];
    const by: (GroupBy | null)[] = [null, 'day', 'session', 'model', 'experiment'];
    for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata']) {
      for (const since of bounds) {
        for (const until of bounds) {
          const timed = since !== undefined || until !== undefined;
          const expected =
            hours.filter((hour) => at(hour) >= (since ?? 0) && at(hour) < (until ?? Infinity)).length +
            (timed ? 0 : 1);
          for (const groupBy of by) {
            const answer = report(store, ask(since, until, zone), groupBy);
            assert.equal(answer.total.calls, expected, `${zone} ${since} ${until} ${groupBy}`);
            assert.equal(answer.total.untimedCalls, timed ? 1 : 0);
            if (groupBy)
              assert.equal(
                answer.groups.reduce((sum, { calls }) => sum + calls, 0),
                expected,
              );
          }
        }
      }
    }
  });

  it('counts days in the zone asked for, across a change of clocks', () => {
    const days = (zone: string): unknown =>
      report(store, ask(undefined, undefined, zone), 'day').groups.map(({ key, calls }) => [key, calls]);
    assert.deepEqual(days('UTC'), [
      [null, 1],
      ['2026-03-28', 8],
      ['2026-03-29', 2],
    ]);
    // +05:30: what is later than 18:30 UTC belongs to the next day.
    assert.deepEqual(days('Asia/Kolkata'), [
      [null, 1],
      ['2026-03-28', 6],
      ['2026-03-29', 3],
      ['2026-03-30', 1],
    ]);
    // +01:00, from 29 March +02:00: 23:54 UTC is the 29th, 47.3 h = 23:18 UTC the 30th.
    assert.deepEqual(days('Europe/Berlin'), [
      [null, 1],
      ['2026-03-28', 7],
      ['2026-03-29', 2],
      ['2026-03-30', 1],
    ]);
  });

  it('answers the same before the zone is summed up', async () => {
    const fresh = await openTestStore();
    importInto(fresh, '/a', globalIds, {
      calls: hours.map((hour, i) => call({ id: i, session: 's', at: at(hour) })),
    });
    const question = ask(undefined, undefined, 'America/New_York');
    const before = report(fresh, question, 'day');
    fresh.prepareZone('America/New_York');
    assert.deepEqual(report(fresh, question, 'day'), before);
    assert.equal(fresh.db.read(() => total(fresh, question)).calls, hours.length);
  });
});
