import assert from 'node:assert/strict';
import { call, noon } from '../../support/facts';
import { random } from '../../support/randomWorld';
import { assertRollupsMatchCalls } from '../../support/rollups';
import { seeds } from '../../support/seeds';
import { all, globalIds, openTestStore } from '../../support/store';
import { sessionAgents } from '../../../src/store/queries/agents';
import { report } from '../../../src/store/queries/report';
import { flag } from '../../../src/store/measures';
import type { CallFact, ImportBatch } from '../../../src/shared/facts';
import type { Store } from '../../../src/store/store';

type Dice = ReturnType<typeof random>;

interface Row {
  readonly id: number;
  readonly importer: string;
  readonly account: string | null;
  readonly rank: number;
  readonly response: string | null;
  readonly at: number | null;
  readonly like: string;
  readonly duplicate_of: number | null;
  readonly flags: number;
}

const calls = (store: Store): Row[] =>
  store.db.all<Row>(`SELECT c.id, scope.importer, scope.id || c.account AS account, c.rank, c.response, c.at,
    m.name || ' ' || c.input || ' ' || c.cache_read || ' ' || c.cache_write || ' ' || c.output AS like,
    c.duplicate_of, c.flags FROM call c JOIN scope ON scope.id = c.scope JOIN model m ON m.id = c.model`);

const isAcross = ({ flags }: Row): boolean => (flags & flag.acrossFormats) !== 0;

/** Of each account those of the lowest rank count, as far as accounts go, and no others. */
function assertAccounts(rows: readonly Row[]): void {
  for (const row of rows) {
    const lower = rows.some((other) => other.account === row.account && other.rank < row.rank);
    const hidden = row.account !== null && lower;
    assert.equal(row.duplicate_of !== null && !isAcross(row), hidden, `account of ${row.id}`);
    const winner = rows.find(({ id }) => id === row.duplicate_of);
    if (hidden) assert.equal(winner?.account, row.account);
  }
}

const isPair = (a: Row, b: Row): boolean =>
  a.importer !== b.importer &&
  a.response !== null &&
  a.response === b.response &&
  a.like === b.like &&
  a.at !== null &&
  b.at !== null &&
  Math.abs(a.at - b.at) < 60_000;

/** Pairs across formats are pairs by the rule, each call is in one of them, and none is left to be made. */
function assertPairs(rows: readonly Row[]): void {
  const duplicates = rows.filter(isAcross);
  const own = (winner: Row, importer: string): Row[] =>
    duplicates.filter((row) => row.duplicate_of === winner.id && row.importer === importer);
  for (const row of duplicates) {
    const winner = rows.find(({ id }) => id === row.duplicate_of)!;
    assert.ok(isPair(row, winner) && winner.duplicate_of === null, `pair of ${row.id}`);
    assert.equal(own(winner, row.importer).length, 1, `only pair of ${winner.id}`);
  }
  const counted = rows.filter(({ duplicate_of }) => duplicate_of === null);
  for (const a of counted)
    for (const b of counted)
      if (a.id < b.id && isPair(a, b))
        assert.ok(own(a, b.importer).length + own(b, a.importer).length > 0, `${a.id} and ${b.id}`);
}

/** What stands in the ledger follows from its calls, whatever happened before. */
function assertSettled(store: Store): void {
  const rows = calls(store);
  assertAccounts(rows);
  assertPairs(rows);
  const spans = store.db.rows(`SELECT s.own_id FROM session s
    WHERE s.first_at IS NOT (SELECT min(at) FROM call WHERE session = s.id)
       OR s.last_at IS NOT (SELECT max(at) FROM call WHERE session = s.id)`);
  assert.deepEqual(spans, [], 'spans');
  const idle = store.db.rows('SELECT count(*) FROM usage_session WHERE calls = 0 AND errors = 0');
  assert.deepEqual(idle, [[0]]);
  const lost =
    'SELECT count(*) FROM call WHERE agent IS NOT NULL AND agent NOT IN (SELECT id FROM agent WHERE session = call.session)';
  assert.deepEqual(store.db.rows(lost), [[0]], 'agents');
  for (const { filterKey, cost, outputTokens } of report(store, all, 'session').groups) {
    const { own, agents } = sessionAgents(store, filterKey!, 'auto')!;
    const parts = [own, ...agents.map((agent) => agent.own)];
    const sum = (of: 'cost' | 'outputTokens'): number => parts.reduce((total, part) => total + part[of], 0);
    assert.deepEqual([sum('cost'), sum('outputTokens')], [cost, outputTokens], filterKey!);
  }
}

const files = ['test', 'test', 'test', 'gateway', 'proxy'].map((importer, i) => ({
  importer,
  path: `/${i}`,
}));

function fact({ below, chance, of }: Dice): CallFact {
  const noCall = chance(0.08);
  return {
    ...call({
      id: `c${below(25)}`,
      session: `s${below(5)}`,
      at: noon + below(8) * 20_000,
      model: of(['gpt-4o', 'gpt-4o', 'gpt-4o-2024-08-06']).slice(0, 6),
      ...(noCall ? { noCall, failed: true } : { outputTokens: below(2) }),
    }),
    inputTokens: noCall ? 0 : 1000 + below(2),
    ...(chance(0.6) ? { responseId: `r${below(3)}` } : {}),
    ...(chance(0.4) ? { account: { of: `m${below(6)}`, rank: below(3) } } : {}),
    ...(chance(0.3)
      ? { agent: { id: `a${below(3)}`, ...(chance(0.5) ? { parent: `a${below(3)}` } : {}) } }
      : {}),
    ...(chance(0.2) ? { recorded: 1 + below(9), recordedExact: true } : {}),
    ...(chance(0.2) ? { also: [`c${below(25)}`] } : {}),
  };
}

const batch = (dice: Dice): ImportBatch => ({
  calls: Array.from({ length: 1 + dice.below(8) }, () => fact(dice)),
  merges: dice.chance(0.15)
    ? [
        {
          ...{ from: `s${dice.below(5)}`, into: `s${dice.below(5)}` },
          ...(dice.chance(0.7) ? { agent: {} } : {}),
        },
      ]
    : [],
});

function step(store: Store, dice: Dice): void {
  const { importer, path } = dice.of(files);
  if (dice.chance(0.12)) store.removeSource(path);
  else if (dice.chance(0.06))
    for (let at = store.reprice({ importers: ['test'] }); at;)
      at = store.reprice({ importers: ['test'] }, at);
  else store.apply(store.openSource(path, importer, globalIds), batch(dice));
}

describe('what counts once', () => {
  for (const seed of seeds(4, 12))
    it(`follows from the calls that are there, after any history (seed ${seed})`, async () => {
      const dice = random(seed);
      const store = await openTestStore();
      store.prepareZone('Europe/Berlin');
      for (let steps = 0; steps < 40; steps++) {
        step(store, dice);
        assertSettled(store);
        assertRollupsMatchCalls(store);
      }
    });
});
