import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testEngine } from '../../support/engine';
import { langfuseSample, writeFile } from '../../support/langfuse';
import { all, openTestStore } from '../../support/store';
import { temporaryFolder } from '../../support/synthDb';
import { sessionText } from '../../../src/cli/sessionText';
import { usd } from '../../../src/shared/money';
import { importPaths } from '../../../src/ingest/import';
import { report } from '../../../src/store/queries/report';
import { sessionDetail } from '../../../src/store/queries/sessionDetail';
import { sources } from '../../../src/store/queries/sourceRows';
import type { Store } from '../../../src/store/store';

/** Imports each path by itself, one after the other. */
async function storeOf(...paths: readonly string[]): Promise<Store> {
  const store = await openTestStore();
  await importInto(store, ...paths);
  return store;
}

async function importInto(store: Store, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await importPaths(store, await testEngine(), {
      paths: [path],
      force: false,
      pause: () => Promise.resolve(),
      told: () => undefined,
      log: (message) => assert.fail(message),
    });
  }
}

const rowOf = (store: Store, path: string) => sources(store, new Map()).find((row) => row.path === path)!;

describe("Langfuse's daily sums", () => {
  const daily = langfuseSample('api-metrics-daily.json');
  const observations = langfuseSample('api-v1-observations.json');

  it('agree with the calls of the samples: 1,520 tokens and $0.000252, in either order', async () => {
    for (const paths of [
      [daily, observations],
      [observations, daily],
    ]) {
      const { compared, problems, state } = rowOf(await storeOf(...paths), daily);
      assert.deepEqual([compared, problems, state], [{ days: 1, differ: 0, absent: 0 }, [], 'imported']);
    }
  });

  it('say that their calls are not here before these come, and add nothing', async () => {
    const store = await storeOf(daily);
    assert.deepEqual(rowOf(store, daily).compared, { days: 1, differ: 0, absent: 1 });
    assert.deepEqual(rowOf(store, daily).problems, []);
    const { total } = report(store, all, null);
    assert.deepEqual([total.calls, total.cost, total.sessions], [0, 0, 0]);
  });

  it('name the day that differs with both figures', async () => {
    // Of the two observations only the one that failed, which used nothing.
    const { data } = JSON.parse(readFileSync(observations, 'utf8')) as { data: unknown[] };
    const store = await storeOf(daily, writeFile({ data: [data[1]] }));
    const { compared, problems } = rowOf(store, daily);
    assert.deepEqual(compared, { days: 1, differ: 1, absent: 0 });
    assert.deepEqual(
      problems.map(({ place, message }) => [place, message]),
      [
        [
          '2026-03-02',
          "The source's own total of 2026-03-02 (UTC), gpt-4o-mini: $0.000252 in 1 call; the calls here add up to $0, 1,520 tokens fewer.",
        ],
      ],
    );
    await importInto(store, observations);
    assert.deepEqual(rowOf(store, daily).problems, []);
  });

  it('are read anew when the file changes, and bad ones are told', async () => {
    const usage = [{ model: 'gpt-4o-mini', countObservations: 1, totalUsage: 1520, totalCost: '0.000252' }];
    const day = (date: unknown, more: object = {}) => ({
      date,
      countTraces: 1,
      countObservations: 2,
      totalCost: 0.000252,
      usage,
      ...more,
    });
    const path = writeFile({
      data: [
        day('2026-03-01', { usage: null, totalCost: '1e-7' }),
        day('2026-03-02', { usage: [...usage, { model: null, countObservations: 9 }, 7, null] }),
        day('someday'),
        day(null),
        day('2026-03-03', {
          usage: [{ model: 'm', countObservations: -1, totalCost: 'free' }],
          totalCost: -1,
        }),
      ],
      meta: {},
    });
    const store = await storeOf(observations, path);
    const { compared, problems } = rowOf(store, path);
    assert.deepEqual(compared, { days: 2, differ: 0, absent: 1 });
    assert.deepEqual(
      problems.map(({ place }) => place),
      ['line 1.data.2', 'line 1.data.3'],
    );
    writeFileSync(path, JSON.stringify({ data: [day('2026-03-02', { totalCost: 5 })] }));
    await importInto(store, path);
    assert.deepEqual(
      rowOf(store, path).problems.map(({ message }) => message),
      ["The source's own total of 2026-03-02 (UTC): $5; the calls here add up to $0.000252."],
    );
  });
});

describe("Plato's own total of a session", () => {
  const id = 'session-1757318300000';
  const folder = temporaryFolder();
  after(() => folder.remove());
  mkdirSync(folder.file('.plato'));
  const session = folder.file('.plato/session.json');
  const months = folder.file('months');
  // The samples: 1,000 + 800 input and 500 + 200 output tokens; 0.006 USD, and one call whose price Plato does not know.
  const sums = {
    ...{ totalCost: 0.006, totalInputTokens: 1800, totalOutputTokens: 700, interactionCount: 2 },
    sessionId: id,
  };
  before(() => cpSync(join(__dirname, '../../fixtures/plato'), months, { recursive: true }));

  const lineOf = (store: Store): string =>
    /^Plato's own total +(.*)$/m.exec(
      sessionText(sessionDetail(store, `plato:${id}`, 'auto')!, 'UTC', usd),
    )![1]!;

  for (const [what, changed, line] of [
    ['the same', {}, '$0.006 in 2 calls; the calls here add up to the same'],
    [
      'less',
      { totalCost: 0.0085, interactionCount: 3, totalInputTokens: 2300 },
      '$0.0085 in 3 calls; the calls here add up to $0.006, 1 call fewer, 500 input tokens fewer',
    ],
  ] as const) {
    it(`is ${what} in the calls, in either order`, async () => {
      writeFileSync(session, JSON.stringify({ sessionMetadata: { costAnalytics: { ...sums, ...changed } } }));
      for (const paths of [
        [session, months],
        [months, session],
      ])
        assert.equal(lineOf(await storeOf(...paths)), line);
      assert.equal(lineOf(await storeOf(session)), `${line.split(';')[0]!}; its calls are not here`);
    });
  }

  it('is not named where no source tells one', async () => {
    const detail = sessionDetail(await storeOf(months), `plato:${id}`, 'auto')!;
    assert.equal(detail.claim, null);
    assert.ok(!sessionText(detail, 'UTC', usd).includes('own total'));
  });
});
