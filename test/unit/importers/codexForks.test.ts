import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as made from '../../support/codexRollout';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { randomFrom, shuffled } from '../../support/shuffled';
import type { Tokens } from '../../support/codexRollout';
import type { Ledger } from '../../support/ledgerOf';

const { context, event, meta, rolloutOf, tokens } = made;
const first: Tokens = [1000, 0, 100, 10];
const second: Tokens = [1500, 900, 50, 0];
const both: Tokens = [2500, 900, 150, 10];
const third: Tokens = [3000, 2000, 20, 0];
const all: Tokens = [5500, 2900, 170, 10];
const fourth: Tokens = [3100, 3000, 30, 0];
const ever: Tokens = [8600, 5900, 200, 10];

const root = [meta(0, 'root'), context(1, 'gpt-5.4'), tokens(5, first, first), tokens(9, both, second)];
/** What a fork copies of it, stamped anew. */
const copied = (seconds: number) => [
  context(seconds, 'gpt-5.4'),
  tokens(seconds + 0.001, first, first),
  tokens(seconds + 0.002, both, second),
];
/** A fork with one call of its own, the same in each. */
const fork = (seconds: number, id: string, own: object, ...metas: object[]) => [
  meta(seconds, id, own),
  ...metas,
  ...copied(seconds),
  tokens(seconds + 5, all, third),
];

const summed = ({ total }: Ledger) => [total.calls, total.inputTokens + total.cacheReadTokens];
async function inEveryOrder(
  files: readonly (readonly unknown[])[],
  expected: readonly number[],
): Promise<void> {
  const paths = files.map((lines) => rolloutOf(lines));
  const straight = await ledgerOf(...paths);
  assert.deepEqual(summed(straight), expected);
  for (const order of orders(paths)) assert.deepEqual(await ledgerOf(...order), straight);
}
const orders = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) =>
        orders([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
      );

after(made.removeRollouts);

describe('Codex, forks and sub-agents in a ledger', function () {
  this.timeout(60_000);

  it('counts the sample folder: its own four calls', async () => {
    const { total } = await ledgerOf(join(__dirname, '../../fixtures/codex'));
    // Naively 12,500 tokens; with all told again and copied once 6,100, and 860 that codex exec printed.
    assert.deepEqual(
      [total.calls, total.inputTokens, total.cacheReadTokens, total.outputTokens, total.reasoningTokens],
      [4, 3000, 3000, 960, 300],
    );
  });

  it('counts unrelated sessions that are alike to the last token each by itself', async () => {
    const runs = ['a', 'b', 'c'].map((id, i) => [meta(i * 60, id), tokens(i * 60 + 5, first, first)]);
    // By the sums alone it would be one call.
    await inEveryOrder(runs, [3, 3000]);
  });

  it('counts a fork, with the original or without', async () => {
    const child = fork(60, 'child', { forked_from_id: 'root' }, meta(60, 'root'));
    // Naively 5 calls.
    await inEveryOrder([root, child], [3, 5500]);
    await inEveryOrder([child], [3, 5500]);
  });

  it('counts siblings whose parent is missing: the copy once, what is their own each', async () => {
    const siblings = ['x', 'y', 'z'].map((id, i) =>
      fork(60 * (i + 1), id, { forked_from_id: 'root' }, meta(60, 'root')),
    );
    // 2 copied calls of 2,500 tokens, and 3 alike of 3,000.
    await inEveryOrder(siblings, [5, 2500 + 9000]);
    await inEveryOrder([root, ...siblings.slice(1)], [4, 2500 + 6000]);
  });

  it('counts sub-agents that copy no line of their parent but the history', async () => {
    const agents = ['x', 'y'].map((id, i) => fork(60 * (i + 1), id, made.spawnedBy('root')));
    await inEveryOrder([root, ...agents], [4, 2500 + 6000]);
    await inEveryOrder(agents, [4, 2500 + 6000]);
  });

  it('keeps apart sub-agents that began with nothing and are alike', async () => {
    const agents = ['x', 'y'].map((id, i) => [
      meta(60 * i, id, made.spawnedBy('root')),
      context(60 * i, 'gpt-5.4'),
      tokens(60 * i + 5, first, first),
    ]);
    await inEveryOrder([root, ...agents], [4, 2500 + 2000]);
  });

  it('knows a fork of the early builds by the session that its second line names', async () => {
    const old = fork(60, 'child', {}, meta(0, 'root'));
    await inEveryOrder([root, old], [3, 5500]);
    await inEveryOrder([old, fork(90, 'other', {}, meta(0, 'root'))], [4, 2500 + 6000]);
  });

  it('counts a fork of a fork, whether it names them all or only the nearest', async () => {
    const child = fork(60, 'child', { forked_from_id: 'root' }, meta(60, 'root'));
    const replay = [...copied(120), tokens(120.003, all, third), tokens(130, ever, fourth)];
    const parents = [meta(120, 'child', { forked_from_id: 'root' }), meta(120, 'root')];
    const whole = [meta(120, 'grandchild', { forked_from_id: 'child' }), ...parents, ...replay];
    const bare = [meta(120, 'grandchild', { forked_from_id: 'child' }), ...replay];
    for (const grandchild of [whole, bare]) {
      await inEveryOrder([root, child, grandchild], [4, 8600]);
      await inEveryOrder([child, grandchild], [4, 8600]);
      await inEveryOrder([grandchild], [4, 8600]);
    }
    await inEveryOrder([root, whole], [4, 8600]);
  });

  it('ends the copy with the first turn that is new, however long it took to write', async () => {
    const turn = (stamped: number, began: number) =>
      context(stamped, 'gpt-5.4', { turn_id: made.turnId(began) });
    const slow = (id: string, seconds: number) => [
      meta(seconds, id, { forked_from_id: 'root' }),
      turn(seconds, 1),
      tokens(seconds, first, first),
      // The disk was slow: by the pause alone this would be the child's own.
      tokens(seconds + 4, both, second),
      turn(seconds + 4, seconds + 4),
      // And it answered at once.
      tokens(seconds + 4.2, all, third),
    ];
    await inEveryOrder([slow('x', 60), slow('y', 90)], [4, 2500 + 6000]);
    await inEveryOrder([root, slow('x', 60), slow('y', 90)], [4, 2500 + 6000]);
  });

  it('ends the copy where the child names itself again', async () => {
    const quick = (id: string) => [
      meta(60, id, { forked_from_id: 'root' }),
      meta(60, 'root'),
      ...copied(60),
      meta(60, id, { forked_from_id: 'root' }),
      tokens(60.5, all, third),
    ];
    await inEveryOrder([quick('x'), quick('y')], [4, 2500 + 6000]);
  });

  it('bears copies that kept their own times', async () => {
    const child = [meta(60, 'child', { forked_from_id: 'root' }), ...root, tokens(65, all, third)];
    const sibling = [meta(90, 'other', { forked_from_id: 'root' }), ...root, tokens(95, all, third)];
    await inEveryOrder([child, sibling], [4, 2500 + 6000]);
  });

  it('gives a copied call to the session that made it, at its time', async () => {
    const child = fork(60, 'child', { forked_from_id: 'root' }, meta(60, 'root'));
    const { calls } = await ledgerOf(rolloutOf(child), rolloutOf(root));
    assert.deepEqual(
      calls.map((call) => [call.session, call.at]).sort((a, b) => Number(a[1]) - Number(b[1])),
      [
        ['root', made.noon + 5_000],
        ['root', made.noon + 9_000],
        ['child', made.noon + 65_000],
      ],
    );
  });

  it('counts copied failures once', async () => {
    const failure = (seconds: number) =>
      event(seconds, 'error', { codex_error_info: 'usage_limit_exceeded' });
    const failed = [...root, failure(10), failure(11)];
    const child = [
      meta(60, 'child', { forked_from_id: 'root' }),
      ...copied(60),
      failure(60.01),
      failure(60.01),
    ];
    await inEveryOrder([failed, child], [4, 2500]);
    await inEveryOrder([child, [...child, failure(65)]], [5, 2500]);
  });

  it('counts an archived copy once, and what codex exec printed not beside its rollout', async () => {
    const paths = [rolloutOf(root, 'sessions/r.jsonl'), rolloutOf(root, 'archived_sessions/r.jsonl')];
    assert.deepEqual(summed(await ledgerOf(...paths)), [2, 2500]);
    const run = [meta(0, 't', { source: 'exec' }), tokens(5, first, first), tokens(9, both, second)];
    const printed = [
      { type: 'thread.started', thread_id: 't' },
      { type: 'turn.completed', usage: made.usage(both) },
    ];
    const [rollout, stream] = [rolloutOf(run), rolloutOf(printed)];
    for (const order of [
      [rollout, stream],
      [stream, rollout],
    ])
      assert.deepEqual(summed(await ledgerOf(...order)), [2, 2500]);
    assert.deepEqual(summed(await ledgerOf(stream)), [1, 2500]);
  });

  it('makes agents of sub-agents, also of sub-agents of sub-agents', async () => {
    const agent = (id: string, parent: string) => [
      meta(60, id, made.spawnedBy(parent)),
      context(60, 'gpt-5.4'),
      tokens(65, first, first),
    ];
    const paths = [root, agent('x', 'root'), agent('y', 'x')].map((lines) => rolloutOf(lines));
    for (const order of orders(paths)) {
      const { calls, total } = await ledgerOf(...order);
      assert.deepEqual([...new Set(calls.map(({ session }) => session))], ['root']);
      assert.deepEqual([total.calls, total.sessions], [4, 1]);
    }
  });

  it('counts made-up families by what was called, whatever the order, copies and older states', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = randomFrom(seed * 7919);
      const family = familyOf(random);
      const kept = family.filter(({ id }) => id === 'r0' || random() > 0.25);
      const made_ = new Set(kept.flatMap(({ told }) => told.map(({ call }) => call)));
      const paths = kept.map(({ told }) => rolloutOf(told.map(({ line }) => line)));
      const straight = await ledgerOf(...paths);
      assert.equal(straight.total.calls, [...made_].filter((call) => call > 0).length, `seed ${seed}`);
      for (let round = 0; round < 3; round++) {
        const older = kept.map(({ told }) =>
          rolloutOf(told.slice(0, 1 + Math.floor(random() * told.length)).map(({ line }) => line)),
        );
        const mixed = await ledgerOf(...shuffled([...paths, ...older, ...paths], random));
        assert.deepEqual(mixed, straight, `seed ${seed}, round ${round}`);
      }
    }
  });

  it('gets to the same ledger whether a file was there at once or grew', async () => {
    const child = fork(60, 'child', { forked_from_id: 'root' }, meta(60, 'root'));
    const straight = await ledgerOf(rolloutOf(root), rolloutOf(child));
    for (let cut = 1; cut < child.length; cut++) {
      const path = rolloutOf(child.slice(0, cut));
      const parent = rolloutOf(root);
      const ledger = await ledgerInSteps(
        () => [parent, path],
        () => {
          writeFileSync(path, made.textOf(child));
          return [parent, path];
        },
      );
      assert.deepEqual(ledger, straight, `cut after ${cut}`);
    }
  });
});

interface ToldLine {
  readonly line: object;
  /** Number of the call that it tells of; 0 for none. */
  readonly call: number;
  /** Of all calls up to here. */
  readonly sum: Tokens;
}
interface Rollout {
  readonly id: string;
  readonly told: ToldLine[];
}

/** Three roots, alike in their first calls, and forks of what there is, in the several ways of the builds. */
function familyOf(random: () => number): Rollout[] {
  let calls = 0;
  let clock = 0;
  const below = (count: number) => Math.floor(random() * count);
  const grow = ({ told }: Rollout, alike: boolean): void => {
    for (let i = 0; i < 3; i++) {
      clock += 5;
      const last: Tokens = alike ? [1000, 500, 50, 5] : [1000 + below(9000), below(900), below(500), 0];
      const sum = told.at(-1)!.sum.map((count, j) => count + last[j]!) as unknown as Tokens;
      told.push({ line: tokens(clock, sum, last), call: ++calls, sum });
      if (random() < 0.4) told.push({ line: tokens(clock + 1, sum, last), call: 0, sum });
    }
  };
  const silent = (line: object, sum: Tokens = [0, 0, 0, 0]) => ({ line, call: 0, sum });
  const rollouts: Rollout[] = [0, 1, 2].map((i) => {
    const told = [silent(meta(clock, `r${i}`)), silent(context(clock, 'gpt-5.4'))];
    return { id: `r${i}`, told };
  });
  for (const rollout of rollouts) grow(rollout, true);
  for (let i = 0; i < 5; i++) {
    const parent = rollouts[below(rollouts.length)]!;
    clock += 60;
    const own = [
      { forked_from_id: parent.id },
      made.spawnedBy(parent.id),
      { parent_thread_id: parent.id },
      {},
    ][below(4)]!;
    const length = parent.told.length - below(3);
    const replay = parent.told.slice(0, length).map((told) => ({
      ...told,
      line: { ...told.line, timestamp: made.at(clock + 0.1) },
    }));
    const fork = { id: `f${i}`, told: [silent(meta(clock, `f${i}`, own)), ...replay] };
    rollouts.push(fork);
    grow(fork, false);
    // The parent goes on as well.
    if (random() < 0.5) grow(parent, false);
  }
  return rollouts;
}
