import assert from 'node:assert/strict';
import { dayIn, matches, naiveCost, naiveTotals } from '../../support/naiveLedger';
import { random, World } from '../../support/randomWorld';
import { assertDetailsMatchCalls, assertRollupsMatchCalls } from '../../support/rollups';
import { seeds } from '../../support/seeds';
import { openTestStore } from '../../support/store';
import { exportCalls } from '../../../src/store/queries/calls';
import { daily } from '../../../src/store/queries/daily';
import { sessionGroups } from '../../../src/store/queries/sessionGroups';
import { latency } from '../../../src/store/queries/latency';
import { panel } from '../../../src/store/queries/panel';
import { report } from '../../../src/store/queries/report';
import { sessions } from '../../../src/store/queries/sessions';
import { summary } from '../../../src/store/queries/summary';
import { sketchesOf } from '../../../src/store/queries/times';
import { bucketOf, sketchError } from '../../../src/store/sketch';
import type { NaiveRow } from '../../support/naiveLedger';
import type { Percentiles } from '../../../src/shared/latency';
import type { GroupBy, Question } from '../../../src/shared/model';

type Sums = Readonly<Record<string, number>>;

const figures = Object.keys(naiveTotals([], 'auto'));
const groupNames = [...figures, 'excludedCalls'];
const pick = (totals: object, names = figures): Sums =>
  Object.fromEntries(names.map((name) => [name, (totals as Sums)[name]!]));

const groupedBy = <T>(rows: readonly NaiveRow[], of: (row: NaiveRow) => T): Map<T, NaiveRow[]> => {
  const groups = new Map<T, NaiveRow[]>();
  for (const row of rows) groups.set(of(row), [...(groups.get(of(row)) ?? []), row]);
  return groups;
};

const groupings: Readonly<Record<GroupBy, (row: NaiveRow, question: Question) => string | null>> = {
  model: ({ call }) => call.model ?? null,
  provider: ({ call }) => call.provider ?? null,
  day: ({ call }, question) => (call.at === undefined ? null : dayIn(call.at, question)),
  experiment: ({ experiment }) => experiment,
  session: ({ session }) => session,
  user: ({ user }) => user,
  source: ({ call }) => call.path,
  tag: ({ tag }) => tag,
  project: ({ project }) => project,
  branch: ({ branch }) => branch,
};

const sorted = <T>(entries: readonly T[]): T[] =>
  [...entries].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** What is counted, and what only as excluded. */
function countedAndExcluded({ naive }: World, { filter }: Question): [NaiveRow[], NaiveRow[]] {
  const rows = naive.rows().filter((row) => matches(row, filter));
  return [rows.filter((row) => !naive.isExcluded(row)), rows.filter(naive.isExcluded)];
}

/** Figures of each group, of one that is excluded as a whole too. */
function groupFigures<T>(
  counted: readonly NaiveRow[],
  excluded: readonly NaiveRow[],
  mode: Question['mode'],
  of: (row: NaiveRow) => T,
): [T, Sums][] {
  const some = groupedBy(counted, of);
  const out = groupedBy(excluded, of);
  return [...new Set([...some.keys(), ...out.keys()])].map((key) => [
    key,
    { ...naiveTotals(some.get(key) ?? [], mode), excludedCalls: out.get(key)?.length ?? 0 },
  ]);
}

function assertReports(world: World, question: Question): void {
  const { store, naive } = world;
  const { filter, mode } = question;
  const [rows, excluded] = countedAndExcluded(world, question);
  const timed = (filter.since ?? filter.until) !== undefined;
  const late = naive
    .rows()
    .filter((row) => matches(row, filter, false) && row.call.at === undefined && !naive.isExcluded(row));
  const restricted = Object.keys(filter).some((name) => name !== 'since' && name !== 'until');
  const empty = naive
    .emptySessions()
    .filter(
      (at) => !timed || (at !== undefined && at >= (filter.since ?? -1) && at < (filter.until ?? 1e15)),
    );
  const expected = naiveTotals(rows, mode);
  const { total } = report(store, question, null);
  assert.deepEqual(
    { ...pick(total), untimedCalls: total.untimedCalls, excludedCalls: total.excludedCalls },
    {
      ...expected,
      excludedCalls: excluded.length,
      sessions: expected.sessions! + (restricted ? 0 : empty.length),
      untimedCalls: timed ? late.length : 0,
    },
  );
  for (const [by, of] of Object.entries(groupings)) {
    const wanted = groupFigures(rows, excluded, mode, (row) => of(row, question));
    const { groups } = report(store, question, by as GroupBy);
    const got = groups.map((group) => [group.filterKey, pick(group, groupNames)]);
    assert.deepEqual(sorted(got), sorted(wanted), by);
  }
}

function assertLists(world: World, question: Question): void {
  const { store, naive } = world;
  const [rows, excluded] = countedAndExcluded(world, question);
  const { mode } = question;
  const days = groupedBy(rows, ({ call }) =>
    JSON.stringify([call.at === undefined ? null : dayIn(call.at, question), call.provider, call.model]),
  );
  assert.deepEqual(
    sorted(
      daily(store, question).map((row) => [JSON.stringify([row.day, row.provider, row.model]), pick(row)]),
    ),
    sorted([...days].map(([key, some]) => [key, naiveTotals(some, mode)])),
  );
  const narrow = Object.keys(question.filter).length > 0;
  // Without a filter excluded sessions are listed as well, each with its own figures.
  const own = narrow ? [] : excluded.filter((row) => !naive.isCallExcluded(row));
  const hidden = (narrow ? excluded : naive.rows()).filter(naive.isCallExcluded);
  const page = sessions(store, question, undefined, { limit: 100 }).rows;
  const shown = groupFigures([...rows, ...own], hidden, mode, ({ session }) => session);
  const sums = groupNames.filter((name) => name !== 'sessions');
  assert.deepEqual(
    sorted(page.filter(({ calls }) => calls > 0).map((row) => [row.key, pick(row, sums)])),
    sorted(shown.filter(([, { calls }]) => calls! > 0).map(([key, all]) => [key, pick(all, sums)])),
  );
  assert.deepEqual(
    sorted(
      sessionGroups(store, question)
        .filter(({ calls, excludedCalls }) => calls + excludedCalls > 0)
        .map((row) => [row.key, pick(row, sums)]),
    ),
    sorted(
      groupFigures(rows, excluded, mode, ({ experiment, project }) => experiment ?? project).map(
        ([key, all]) => [key, pick(all, sums)],
      ),
    ),
  );
}

function assertPanel(world: World, question: Question): void {
  const { store } = world;
  const [rows, excluded] = countedAndExcluded(world, question);
  const drawn = rows.filter(({ call }) => call.at !== undefined);
  const { series, sessions: top, byUser } = panel(store, question, 'day');
  assert.deepEqual(
    sorted(byUser.map(({ filterKey, calls, excludedCalls }) => [filterKey, calls, excludedCalls])),
    sorted(
      groupFigures(rows, excluded, question.mode, ({ user }) => user).map(([key, all]) => [
        key,
        all.calls,
        all.excludedCalls,
      ]),
    ),
  );
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  assert.deepEqual(
    sorted(series.map(({ model, cost, calls }) => [model, sum(cost), sum(calls)])),
    sorted(
      [...groupedBy(drawn, ({ call }) => call.model ?? null)].map(([model, some]) => {
        const { cost, calls } = naiveTotals(some, question.mode);
        return [model, cost, calls];
      }),
    ),
  );
  assert.deepEqual(
    sorted(top.map((row) => [row.key, row.cost])),
    sorted(
      [...groupedBy(rows, ({ session }) => session)].map(([key, some]) => [
        key,
        naiveTotals(some, question.mode).cost,
      ]),
    ),
  );
}

/** By command, over any period, whatever cuts it. */
function assertCommands(world: World, question: Question): void {
  const { since = 0, until = 4e12 } = question.filter;
  const timed = { ...question, filter: { ...question.filter, since, until } };
  const days = { firstDay: '', lastDay: '' };
  const previous = { ...days, since: 0, until: 1, isPart: false };
  const span = { ...days, since, until, period: 'custom' as const, isRunning: false, previous };
  const [rows] = countedAndExcluded(world, timed);
  const commands = groupedBy(rows, ({ call }) => call.command ?? null);
  const hasAny = [...commands.keys()].some((command) => command !== null);
  const names = figures.filter((name) => name !== 'sessions');
  assert.deepEqual(
    sorted(summary(world.store, span, timed).byCommand.map((share) => [share.key, pick(share, names)])),
    sorted(
      hasAny ? [...commands].map(([key, some]) => [key, pick(naiveTotals(some, question.mode), names)]) : [],
    ),
  );
}

/** By the nearest rank, and by how many calls the sketches know. */
function assertLatency({ store, naive }: World, question: Question): void {
  const rows = naive.rows().filter((row) => matches(row, question.filter) && !naive.isExcluded(row));
  const times = rows.flatMap(({ call }) => call.latencyMs ?? []).sort((a, b) => a - b);
  const { total, retries } = latency(store, question, 'model');
  assertPercentiles(
    total.latency,
    times,
    rows.every(({ call }) => !call.summedUp || call.latencyMs === undefined),
  );
  const buckets = store.db.read(() => sketchesOf(store, question, true)).flatMap((one) => [...one.latency]);
  assert.equal(
    buckets.reduce((sum, [, count]) => sum + count, 0),
    times.length,
  );
  assert.deepEqual(new Set(buckets.map(([bucket]) => bucket)), new Set(times.map(bucketOf)));
  assert.equal(total.failures.errors, rows.filter(({ call }) => call.failed).length);
  assert.equal(retries.summedUp, rows.filter(({ call }) => call.failed && call.summedUp).length);
}

function assertPercentiles(told: Percentiles | null, sorted: readonly number[], isExact: boolean): void {
  if (sorted.length === 0) return assert.equal(told, null);
  assert.deepEqual([told?.calls, told?.isExact], [sorted.length, isExact]);
  for (const [name, share] of [['p50', 0.5] as const, ['p95', 0.95] as const, ['p99', 0.99] as const]) {
    const rank = sorted[Math.ceil(share * sorted.length) - 1]!;
    const off = Math.abs(told![name] - rank);
    assert.ok(isExact ? off === 0 : off <= sketchError * rank + 1e-9, `${name}: ${told![name]}, not ${rank}`);
  }
}

function assertExport(world: World, question: Question): void {
  const { store } = world;
  const [rows] = countedAndExcluded(world, question);
  const got = [...exportCalls(store, question, 3)].flat();
  const own = ({ session }: NaiveRow): string => session.slice(session.indexOf(':') + 1);
  assert.deepEqual(
    sorted(
      got
        .filter(({ id }) => id !== '')
        .map((row) => [row.source, row.session, row.id, row.state, row.cost ?? 0, row.user, row.tag]),
    ),
    sorted(
      rows
        .filter(({ call }) => !call.summedUp)
        .map((row) => {
          const [state, cost] = naiveCost(row.call, question.mode);
          return [row.call.path, own(row), row.call.id, state, cost, row.user, row.tag];
        }),
    ),
  );
  const sums = new Map<string, [calls: number, cost: number]>();
  const add = (key: readonly unknown[], calls: number, cost: number): void => {
    const [allCalls, all] = sums.get(JSON.stringify(key)) ?? [0, 0];
    sums.set(JSON.stringify(key), [allCalls + calls, all + cost]);
  };
  for (const row of got.filter(({ id }) => id === ''))
    add([row.source, row.session, row.at, row.model, row.state, row.exact], row.calls, row.cost ?? 0);
  for (const row of rows.filter(({ call }) => call.summedUp)) {
    const [state, cost, exact] = naiveCost(row.call, question.mode);
    const isExact = exact && state !== 'unpriced';
    add([row.call.path, own(row), row.call.at, row.call.model, state, isExact], -1, -cost);
  }
  for (const [key, left] of sums) assert.deepEqual(left.map(Math.abs), [0, 0], key);
}

const histories = [
  { name: 'any history of imports and removals', ages: false },
  { name: 'any history in which old calls are summed up', ages: true },
];

for (const { name, ages } of histories)
  describe(name, () => {
    for (const seed of seeds(3, 8)) {
      it(`adds up like its calls one by one (seed ${seed})`, async () => addsUp(seed, ages));
    }
  });

async function addsUp(seed: number, ages: boolean): Promise<void> {
  const dice = random(seed);
  const world = new World(await openTestStore(), dice, ages);
  for (let round = 0; round < 5; round++) {
    for (let step = 0; step < 6; step++) world.step();
    for (let asked = 0; asked < 6; asked++) {
      const question = world.question();
      if (dice.chance(0.7)) world.store.prepareZone(question.zone);
      for (const holds of [
        assertReports,
        assertLists,
        assertPanel,
        assertCommands,
        assertLatency,
        assertExport,
      ]) {
        try {
          holds(world, question);
        } catch (error) {
          (error as Error).message = `${JSON.stringify(question)}: ${(error as Error).message}`;
          throw error;
        }
        assertDetailsMatchCalls(world.store);
      }
    }
  }
  if (ages) assertRollupsMatchCalls(world.store, false);
}
