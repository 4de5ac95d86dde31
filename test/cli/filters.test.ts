import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { cliOk, reportOf } from '../support/cli';
import { metric } from '../support/platoMonth';
import { makeSynthDb, python, temporaryFolder } from '../support/synthDb';

const hour = 3_600_000;
const now = Date.now();

/** Call number i costs 2^i milli-dollars, so that a sum tells which calls are in it. */
const times = [
  // Europe/Berlin around 30 March 2025, a day of 23 hours:
  Date.parse('2025-03-29T22:59:59.999Z'), // 29 March, 23:59:59.999
  Date.parse('2025-03-29T23:00:00.000Z'), // 30 March, 00:00
  Date.parse('2025-03-30T21:59:59.999Z'), // 30 March, 23:59:59.999
  Date.parse('2025-03-30T22:00:00.000Z'), // 31 March, 00:00
  // Asia/Kolkata, 5:30 ahead:
  Date.parse('2025-06-30T18:29:59.999Z'), // 30 June, 23:59:59.999
  Date.parse('2025-06-30T18:30:00.000Z'), // 1 July, 00:00
  // Europe/Berlin around 26 October 2025, a day of 25 hours:
  Date.parse('2025-10-25T22:00:00.000Z'), // 26 October, 00:00
  Date.parse('2025-10-26T22:59:59.999Z'), // 26 October, 23:59:59.999
  Date.parse('2025-10-26T23:00:00.000Z'), // 27 October, 00:00
  now - 3 * hour,
  now - 26 * hour,
  now - 8 * 24 * hour,
];
const recent = [9, 10, 11];

/** The numbers of the calls that add up to an amount. */
const callsIn = (usd: number): number[] => {
  const milli = Math.round(usd * 1000);
  return times.flatMap((_, i) => (milli & (1 << i) ? [i] : []));
};

describe('report: filters and zones', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const store = folder.file('store.db');
  after(() => folder.remove());

  before(async () => {
    const metrics = times.map((timestamp, i) =>
      metric({ sessionId: `session-${i % 3}`, timestamp, cost: 2 ** i / 1000 }),
    );
    writeFileSync(folder.file('2025-06.json'), JSON.stringify({ version: '1.0', month: '2025-06', metrics }));
    await cliOk(['import', folder.file('2025-06.json'), '--store', store]);
  });

  const selected = async (...filters: string[]): Promise<number[]> => {
    const { total } = await reportOf(['--store', store, ...filters]);
    const calls = callsIn(total.recordedUsd!);
    assert.equal(total.calls, calls.length);
    assert.equal(total.sessions, new Set(calls.map((i) => i % 3)).size);
    assert.deepEqual([total.excludedCalls, total.untimedCalls], [0, 0]);
    return calls;
  };

  const cases: readonly [title: string, filters: string[], calls: number[]][] = [
    [
      'a date in Berlin, summer time begins',
      ['--since', '2025-03-30', '--until', '2025-03-31', '--tz', 'Europe/Berlin'],
      [1, 2],
    ],
    ['the same in UTC', ['--since', '2025-03-30', '--until', '2025-03-31', '--tz', 'UTC'], [2, 3]],
    ['the zone of the machine', ['--since', '2025-03-30', '--until', '2025-03-31'], [2, 3]],
    ['summer time ends', ['--since', '2025-10-26', '--until', '2025-10-27', '--tz', 'Europe/Berlin'], [6, 7]],
    ['a month in India', ['--since', '2025-06-01', '--until', '2025-07-01', '--tz', 'Asia/Kolkata'], [4]],
    [
      'a time: --since inclusive',
      ['--since', '2025-06-30T18:30:00Z', '--until', '2025-10-26T22:59:59.999Z'],
      [5, 6],
    ],
    [
      'a time: to the millisecond',
      ['--since', '2025-06-30T18:29:59.999Z', '--until', '2025-06-30T18:30:00.000Z'],
      [4],
    ],
    [
      'a time in the zone named',
      ['--since', '2025-06-30T23:59', '--until', '2025-07-01T00:00', '--tz', 'Asia/Kolkata'],
      [4],
    ],
    ['24h', ['--since', '24h'], [9]],
    ['7d', ['--since=7d'], [9, 10]],
    ['until 24h ago, since 9d', ['--since', '9d', '--until', '24h'], [10, 11]],
    ['only --until', ['--until', '2025-03-30T00:00+01:00'], [0]],
  ];
  for (const [title, filters, calls] of cases) {
    it(title, async () => assert.deepEqual(await selected(...filters), calls));
  }

  it('counts days as they are in the zone', async () => {
    const days = async (zone: string) => {
      const { groups } = await reportOf([
        '--store',
        store,
        '--group-by',
        'day',
        '--tz',
        zone,
        '--until',
        '2025-11-01',
      ]);
      return groups.map(({ key, recordedUsd }) => [key, callsIn(recordedUsd!)]);
    };
    assert.deepEqual(await days('Europe/Berlin'), [
      ['2025-03-29', [0]],
      ['2025-03-30', [1, 2]],
      ['2025-03-31', [3]],
      ['2025-06-30', [4, 5]],
      ['2025-10-26', [6, 7]],
      ['2025-10-27', [8]],
    ]);
    assert.deepEqual(await days('Asia/Kolkata'), [
      ['2025-03-30', [0, 1]],
      ['2025-03-31', [2, 3]],
      ['2025-06-30', [4]],
      ['2025-07-01', [5]],
      ['2025-10-26', [6]],
      ['2025-10-27', [7, 8]],
    ]);
  });

  it('leaves nothing out when nothing is asked for', async () =>
    assert.deepEqual(await selected(), [0, 1, 2, 3, 4, 5, 6, 7, 8, ...recent]));

  it('says how many calls without a time a period left out', async () => {
    const path = folder.file('untimed.db');
    makeSynthDb(path, { experiments: 1, sessions: 1, events: 1 });
    python(
      `c = sqlite3.connect(sys.argv[1])
for table in ("events", "session_timesteps", "messages", "session_traces"): c.execute("DELETE FROM " + table)
c.execute("INSERT INTO session_traces (session_id, created_at, num_timesteps, num_events, num_messages, metadata) VALUES ('s', 'some day', 0, 0, 0, '{}')")
for at in (None, None, 1756684800.0):
    c.execute("INSERT INTO events (session_id, event_type, event_time, model_name, input_tokens, output_tokens, cost_usd) VALUES ('s', 'cais', ?, 'gpt-4o', 1, 1, 7)", [at])
c.commit()`,
      path,
    );
    const { total } = await reportOf([path, '--since', '2025-01-01']);
    assert.deepEqual([total.calls, total.untimedCalls, total.recordedUsd], [1, 2, 0.07]);
    const whole = await reportOf([path, '--group-by', 'day']);
    assert.deepEqual([whole.total.calls, whole.total.untimedCalls, whole.total.recordedUsd], [3, 0, 0.21]);
    assert.deepEqual(
      whole.groups.map(({ key, calls }) => [key, calls]),
      [
        [null, 2],
        ['2025-09-01', 1],
      ],
    );
    const text = await cliOk(['report', path, '--since', '2025-01-01']);
    assert.match(text.stdout, /2 calls without a time left out/);
  });

  it('takes the cost that the mode names', async () => {
    const path = folder.file('modes.db');
    const { cost, error_events: errors } = JSON.parse(JSON.stringify(makeSynthDb(path, { seed: 61 }))) as {
      cost: Record<string, number>;
      error_events: number;
    };
    const own = folder.file('modes-store.db');
    await cliOk(['import', path, '--store', own]);
    const of = async (mode: string) => (await reportOf(['--store', own, '--cost-mode', mode])).total;
    const recorded = await of('recorded');
    assert.equal(recorded.costUsd, cost.recorded_usd);
    // A failed call without usage costs nothing; a 0 beside tokens means that nobody knew.
    const unknown = cost.null_cost_events! - errors + cost.zero_cost_events_with_tokens!;
    assert.equal(recorded.unpricedCalls, unknown);
    const computed = await of('computed');
    assert.equal(computed.costUsd, computed.computedUsd);
    assert.equal(computed.recordedUsd, cost.recorded_usd);
    const auto = await of('auto');
    // Cents are not exact, so that computed costs go before them and fill in only what has no price.
    assert.ok(auto.costUsd! >= computed.costUsd!);
    assert.ok(auto.unpricedCalls! <= Math.min(recorded.unpricedCalls, computed.unpricedCalls!));
  });

  it('groups by the user that the session names', async () => {
    const path = folder.file('users.db');
    makeSynthDb(path, { seed: 62 });
    const counted = python(
      `c = sqlite3.connect(sys.argv[1])
c.execute("UPDATE session_traces SET metadata = '{\\"user_id\\": \\"ana\\"}' WHERE rowid % 3 = 0")
c.execute("UPDATE session_traces SET metadata = '{\\"user_id\\": 42}' WHERE rowid % 3 = 1")
c.execute("UPDATE session_traces SET metadata = '{}' WHERE rowid % 3 = 2")
c.commit()
print(json.dumps(c.execute("SELECT CASE s.rowid % 3 WHEN 0 THEN 'ana' WHEN 1 THEN '42' END u, count(*), count(DISTINCT s.session_id) FROM events e JOIN session_traces s USING (session_id) WHERE event_type = 'cais' GROUP BY u ORDER BY u").fetchall()))`,
      path,
    );
    const { groups } = await reportOf([path, '--group-by', 'user']);
    const found = groups.map(({ key, calls, sessions }) => [key, calls, sessions]);
    const order = (a: unknown[], b: unknown[]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    assert.deepEqual(found.sort(order), (JSON.parse(counted) as unknown[][]).sort(order));
  });
});
