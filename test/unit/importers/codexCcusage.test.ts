import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ccusageCodex, hasCcusage } from '../../support/ccusageCodex';
import * as made from '../../support/codexRollout';
import { ledgerOf } from '../../support/ledgerOf';
import type { CodexSums } from '../../support/ccusageCodex';
import type { Tokens } from '../../support/codexRollout';

const { context, event, meta, rolloutOf, tokens } = made;

const first: Tokens = [1000, 0, 100, 10];
const second: Tokens = [1500, 900, 50, 0];
const both: Tokens = [2500, 900, 150, 10];
const third: Tokens = [3000, 2000, 20, 0];
const all: Tokens = [5500, 2900, 170, 10];

let homes = 0;
/** A home of Codex with these rollouts, in the order of their names. */
function homeOf(rollouts: Readonly<Record<string, readonly unknown[]>>): string {
  const home = `home-${++homes}`;
  const path = (name: string) => `${home}/sessions/2026/03/02/rollout-${name}.jsonl`;
  const paths = Object.entries(rollouts).map(([name, lines]) => rolloutOf(lines, path(name)));
  return paths[0]!.slice(0, paths[0]!.indexOf('/sessions/'));
}

const theirs = (home: string): CodexSums => ccusageCodex('session', home).totals;

async function ours(home: string): Promise<CodexSums> {
  const { total } = await ledgerOf(join(home, 'sessions'));
  return {
    inputTokens: total.inputTokens,
    cacheReadTokens: total.cacheReadTokens,
    outputTokens: total.outputTokens,
    reasoningOutputTokens: total.reasoningTokens,
    costUSD: total.computed / 1e9,
  };
}

function figures({ inputTokens, cacheReadTokens, outputTokens, reasoningOutputTokens }: CodexSums): number[] {
  return [inputTokens, cacheReadTokens, outputTokens, reasoningOutputTokens];
}

async function assertSame(home: string): Promise<void> {
  const mine = await ours(home);
  for (const report of ['session', 'daily'] as const) {
    const { totals } = ccusageCodex(report, home);
    assert.deepEqual(figures(mine), figures(totals), report);
    assert.ok(Math.abs(mine.costUSD - totals.costUSD) < 1e-9, `${mine.costUSD} is not ${totals.costUSD}`);
  }
}

const root = [
  meta(0, 'root'),
  context(1, 'gpt-5.4'),
  tokens(5, first, first),
  tokens(6, first, first),
  tokens(9, both, second),
];
const copied = (seconds: number) => [
  context(seconds, 'gpt-5.4'),
  tokens(seconds + 0.001, first, first),
  tokens(seconds + 0.002, both, second),
];
const fork = (seconds: number, id: string, own: object = { forked_from_id: 'root' }) => [
  meta(seconds, id, own),
  meta(0, 'root'),
  ...copied(seconds),
  tokens(seconds + 5, all, third),
];

(hasCcusage ? describe : describe.skip)('Codex beside ccusage', function () {
  this.timeout(60_000);
  after(made.removeRollouts);

  it('the sample: codex session and codex daily', async () => {
    const fixtures = join(__dirname, '../../fixtures/codex/sessions');
    const home = homeOf({ none: [] });
    cpSync(fixtures, join(home, 'sessions'), { recursive: true });
    await assertSame(home);
    const { total } = await ledgerOf(join(home, 'sessions'));
    assert.equal(total.calls, 3);
  });

  it('forks, sub-agents, sums told again and going down, changes of model', async () => {
    const down = [
      meta(200, 'down'),
      context(200, 'gpt-5.4'),
      tokens(205, both, both),
      tokens(209, second, second),
      context(210, 'gpt-5.5'),
      tokens(215, [3000, 1800, 100, 0], [1500, 900, 50, 0]),
    ];
    const agent = [
      meta(120, 'agent', made.spawnedBy('root')),
      context(120, 'gpt-5.4-mini'),
      tokens(125, third, third),
    ];
    await assertSame(
      homeOf({
        '1': root,
        '2': fork(60, 'a'),
        '3': fork(90, 'b', made.spawnedBy('root')),
        '4': agent,
        '5': down,
      }),
    );
  });

  it('sessions that are alike and have nothing to do with each other', async () => {
    const run = (seconds: number, id: string) => [
      meta(seconds, id),
      context(seconds, 'gpt-5.4'),
      tokens(seconds + 5, first, first),
    ];
    await assertSame(homeOf({ '1': run(0, 'a'), '2': run(60, 'b'), '3': run(120, 'c') }));
  });

  it('what was written to a cache, as part of the input', async () => {
    const counted = { ...made.usage([1000, 600, 50, 0]), cache_write_input_tokens: 300 };
    const info = { total_token_usage: counted, last_token_usage: counted };
    const home = homeOf({
      '1': [meta(0, 's'), context(0, 'gpt-5.4'), event(5, 'token_count', { info })],
    });
    assert.deepEqual(figures(theirs(home)), [100, 600, 50, 0]);
    assert.deepEqual(figures(await ours(home)), [100, 600, 50, 0]);
  });

  // Where the two differ: docs/sources/codex.md says why.

  it('differs: of forks whose parent is missing it counts the copy nowhere', async () => {
    const home = homeOf({ '2': fork(60, 'a'), '3': fork(90, 'b') });
    const [mine, totals] = [await ours(home), theirs(home)];
    // The parent's two calls (1,600 + 900 tokens in) were paid for, whether or not its file is still there.
    assert.deepEqual(figures(totals), [2000, 4000, 40, 0]);
    assert.deepEqual(figures(mine), [3600, 4900, 190, 10]);
  });

  it('differs: it drops sub-agents whose first call is as large as one of their parent', async () => {
    const agent = (seconds: number, id: string) => [
      meta(seconds, id, made.spawnedBy('root')),
      context(seconds, 'gpt-5.4'),
      tokens(seconds + 5, first, first),
    ];
    const home = homeOf({ '1': root, '2': agent(60, 'x'), '3': agent(90, 'y') });
    const [mine, totals] = [await ours(home), theirs(home)];
    assert.deepEqual(figures(totals), [1600, 900, 150, 10]);
    // Each of the two began with nothing, five seconds before: a call of its own.
    assert.deepEqual(figures(mine), [3600, 900, 350, 30]);
  });

  it('differs: it adds up what codex exec prints, which are sums already, and makes up a model', async () => {
    const usage = (sum: Tokens) => ({ type: 'turn.completed', usage: made.usage(sum) });
    const home = homeOf({ '1': [{ type: 'thread.started', thread_id: 't' }, usage(first), usage(both)] });
    const [mine, totals] = [await ours(home), theirs(home)];
    assert.deepEqual(figures(totals), [2600, 900, 250, 20]);
    assert.deepEqual(figures(mine), [1600, 900, 150, 10]);
    assert.ok(totals.costUSD > 0 && mine.costUSD === 0);
  });

  it('differs: without a model it takes gpt-5', async () => {
    const home = homeOf({ '1': [meta(0, 's'), tokens(5, first, first)] });
    const [mine, totals] = [await ours(home), theirs(home)];
    assert.deepEqual(figures(mine), figures(totals));
    assert.ok(totals.costUSD > 0);
    const { total } = await ledgerOf(dirname(join(home, 'sessions/x')));
    assert.deepEqual([total.computed, total.unpricedCalls], [0, 1]);
  });
});
