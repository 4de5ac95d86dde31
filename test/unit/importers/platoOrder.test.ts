import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { ledgerOf } from '../../support/ledgerOf';
import { metric } from '../../support/platoMonth';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { temporaryFolder } from '../../support/synthDb';
import type { Ledger } from '../../support/ledgerOf';

type Metric = Readonly<Record<string, unknown>>;
type Dice = ReturnType<typeof random>;

const start = Date.UTC(2025, 5, 3, 12);

/** Metrics as Plato writes them, each with a time of its own but for calls of other sessions or models. */
function makeMetrics({ below, chance, of }: Dice): Metric[] {
  return Array.from({ length: 40 }, (_, i) => {
    const provider = of(['copilot', 'openai', 'claude']);
    const fields = {
      ...{ sessionId: `session-${below(4)}`, timestamp: start + Math.floor(i / 2) * 1_000, provider },
      ...{ inputTokens: 1 + i, outputTokens: below(900), model: of(['gpt-4o', 'claude-3-5-sonnet']) },
      cost: provider === 'copilot' && chance(0.8) ? (1 + below(9000)) / 1e6 : 0,
    };
    return { ...metric(fields), command: of(['/review', '/ask CANARY', '']), duration: 1 + below(5000) };
  });
}

const columns = [
  ...['timestamp', 'provider', 'model', 'inputTokens', 'outputTokens', 'totalTokens', 'cost', 'sessionId'],
  ...['duration', 'command'],
];
const iso = (row: Metric): Metric => ({ ...row, timestamp: new Date(row.timestamp as number).toISOString() });

/** Every file in which Plato writes metrics. */
const shapes: readonly ((rows: readonly Metric[]) => string)[] = [
  (rows) =>
    JSON.stringify(
      { version: '1.0.0', month: '2025-06', metrics: rows, metadata: { totalCost: 1 } },
      null,
      2,
    ),
  (rows) =>
    JSON.stringify({ exportDate: '2025-07-01T00:00:00.000Z', dateRange: null, summary: {}, metrics: rows }),
  (rows) => JSON.stringify(rows.map(iso)),
  (rows) =>
    [
      columns,
      ...rows.map((row) =>
        columns.map((name) => (name === 'cost' ? (row.cost as number).toFixed(6) : iso(row)[name])),
      ),
    ]
      .map((cells) => cells.map(String).join(','))
      .join('\n'),
];

function shuffled<T>({ below }: Dice, rows: readonly T[]): T[] {
  const left = [...rows];
  return rows.map(() => left.splice(below(left.length), 1)[0]!);
}

describe('Plato in any order', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  after(() => folder.remove());
  const write = (name: string, content: string): string => {
    writeFileSync(folder.file(name), content);
    return folder.file(name);
  };

  for (const seed of seeds(3, 6)) {
    it(`is the same ledger however metrics are spread, shuffled and repeated, seed ${seed}`, async () => {
      const metrics = makeMetrics(random(seed));
      const plain = await ledgerOf(write('2025-06.json', shapes[0]!(metrics)));
      assert.deepEqual(figures(plain), summed(metrics));
      for (let turn = 1; turn <= 4; turn++) {
        const dice = random(seed * 10 + turn);
        const rows = shuffled(dice, [...metrics, ...metrics.filter(() => dice.chance(0.4))]);
        const cut = 1 + dice.below(rows.length - 1);
        const paths = [rows.slice(0, cut), rows.slice(cut), metrics.slice(0, 9)].map((part, i) =>
          write(`part-${i}`, dice.of(shapes)(part)),
        );
        assert.deepEqual(await ledgerOf(...shuffled(dice, paths)), plain, `turn ${turn}`);
      }
    });
  }

  const figures = ({ total, sessions, issues }: Ledger) => ({
    ...{ calls: total.calls, input: total.inputTokens, output: total.outputTokens, recorded: total.recorded },
    ...{ sessions: sessions.length, issues: issues.length },
  });

  function summed(metrics: readonly Metric[]): ReturnType<typeof figures> {
    const sum = (name: string) => metrics.reduce((n, row) => n + (row[name] as number), 0);
    const sessions = new Set(metrics.map(({ sessionId }) => sessionId)).size;
    const recorded = Math.round(sum('cost') * 1e9);
    return {
      calls: 40,
      input: sum('inputTokens'),
      output: sum('outputTokens'),
      recorded,
      sessions,
      issues: 0,
    };
  }
});

describe('Plato with bad fields', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const wrong: readonly unknown[] = [
    null,
    -3,
    17,
    1e308,
    'nonsense',
    '',
    true,
    {},
    [],
    [[{}]],
    { a: [1] },
    '\u0000',
  ];
  const good = metric({ sessionId: 'session-1' });
  const ledger = (metrics: readonly unknown[]): Promise<Ledger> => {
    writeFileSync(folder.file('m.json'), JSON.stringify({ version: '1.0.0', month: '2025-06', metrics }));
    return ledgerOf(folder.file('m.json'));
  };

  for (const name of [...Object.keys(good), 'metadata', 'unknown']) {
    it(`goes on whatever stands in ${name}, or if it is missing`, async () => {
      const broken = [...wrong, undefined].map((value) => ({ ...good, [name]: value }));
      const { calls, issues } = await ledger([...broken, { ...good, sessionId: 'last' }]);
      assert.ok(calls.some(({ session }) => session === 'last'));
      for (const call of calls) {
        for (const field of ['input', 'output', 'recorded', 'latency_ms', 'at'])
          assert.ok(Number(call[field] ?? 0) >= 0 && Number(call[field] ?? 0) < 1e16, field);
      }
      for (const issue of issues) assert.match(issue.place ?? '', /^metrics\.\d+$/);
      const needed = name === 'timestamp' || name === 'sessionId';
      assert.equal(issues.length > 0, needed, 'only what cannot be counted is a problem');
    });
  }

  it('reads times in seconds, milliseconds and ISO, and costs that are text', async () => {
    const at = good.timestamp;
    const forms = [at, at / 1000, String(at), new Date(at).toISOString(), '2025-06-03 12:00:00'];
    const { calls } = await ledger(
      forms.map((timestamp, i) => ({ ...good, timestamp, cost: '0.002000', inputTokens: i + 1 })),
    );
    assert.deepEqual(
      calls.map((call) => [call.at, call.recorded]),
      forms.map(() => [at, 2_000_000]),
    );
  });

  it('bears deep nesting and stores no text of the user', async () => {
    const deep = `${'{"a":['.repeat(5_000)}${']}'.repeat(5_000)}`;
    const row = { ...good, command: '/ask CANARY', metadata: { prompt: 'CANARY' }, title: 'CANARY' };
    const text = JSON.stringify({
      version: '1.0.0',
      month: '2025-06',
      metrics: [row, { ...row, metadata: 0 }],
    });
    writeFileSync(folder.file('deep.json'), text.replace('"metadata":0', `"metadata":${deep}`));
    const found = await ledgerOf(folder.file('deep.json'));
    assert.deepEqual([found.calls.length, found.issues], [1, []]);
    assert.ok(!JSON.stringify(found).includes('CANARY'));
  });
});
