import assert from 'node:assert/strict';
import { makeAgentTraces, sumsOf, topLevel } from '../../support/agentTraces';
import { importFile } from '../../support/imported';
import { temporaryFolder } from '../../support/synthDb';
import type { AgentTraceOptions, SpanSums } from '../../support/agentTraces';
import type { Imported } from '../../support/imported';
import type { CallFact } from '../../../src/shared/facts';

const callsOf = ({ calls }: Imported): CallFact[] => [...calls.values()];

function grouped(calls: readonly CallFact[], keyOf: (call: CallFact) => string): Record<string, SpanSums> {
  const keys = [...new Set(calls.map(keyOf))].sort();
  return Object.fromEntries(keys.map((key) => [key, sumsOf(calls.filter((call) => keyOf(call) === key))]));
}

/** The generator's figures, of the fields that `sumsOf` has. */
const figures = (sums: SpanSums): SpanSums => {
  const names = Object.keys(sumsOf([])) as (keyof SpanSums)[];
  return Object.fromEntries(names.map((name) => [name, sums[name]])) as unknown as SpanSums;
};
const figuresBy = (groups: Readonly<Record<string, SpanSums>>) =>
  Object.fromEntries(Object.entries(groups).map(([key, sums]) => [key, figures(sums)]));

describe('Copilot Chat: the database of spans', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  let files = 0;
  const newPath = (): string => folder.file(`traces-${++files}.db`);

  const variants: readonly (readonly [string, AgentTraceOptions])[] = [
    ['as it is shipped', {}],
    ['with its newest part in the write-ahead log', { wal: true }],
    ['with the columns of the proposed schema', { schema: 'v2' }],
    ['with many calls', { sessions: 9, calls: 400 }],
    ['with few calls', { sessions: 3, calls: 4 }],
  ];
  for (const [name, options] of variants) {
    for (const seed of [1, 2, 3]) {
      it(`has the generator's figures ${name}, seed ${seed}`, async () => {
        const path = newPath();
        const { correct, naive, canary } = makeAgentTraces(path, { seed, ...options });
        const found = await importFile(path);
        const calls = callsOf(found);
        assert.deepEqual([found.importer, found.issues], ['copilot-chat', []]);
        assert.deepEqual(sumsOf(calls), figures(correct));
        assert.deepEqual(
          grouped(calls, ({ model }) => model!),
          figuresBy(correct.by_model),
        );
        const { of } = topLevel(found);
        assert.deepEqual(
          grouped(calls, (call) => (of(call) === 'no-session' ? 'None' : of(call))),
          figuresBy(correct.by_session),
        );
        assert.equal(calls.filter(({ failed }) => failed).length, correct.errors);
        assert.equal(calls.filter(({ error }) => error === 'cancelled').length, correct.canceled);
        const latency = calls.reduce((sum, { latencyMs }) => sum + latencyMs!, 0);
        assert.ok(Math.abs(latency - correct.latency_ms_sum) <= calls.length / 2);
        assert.ok(!JSON.stringify(found.batches).includes(canary));
        if (naive.main_file_only) assert.notEqual(calls.length, naive.main_file_only.calls);
      });
    }
  }

  describe('what a naive reading would make of it', () => {
    const path = newPath();
    const { correct, naive } = makeAgentTraces(path, { seed: 1, calls: 120 });
    let found: Imported;
    before(async () => void (found = await importFile(path)));

    it('would add the agents, which repeat their calls', () => {
      assert.equal(naive.all_rows_with_tokens.input, 1_978_174);
      assert.equal(sumsOf(callsOf(found)).input, 997_270);
    });

    it('would add cached tokens to the input that holds them', () => {
      assert.equal(naive.input_plus_cached.input, 1_512_980);
      const { input_uncached, cached_read, cache_write } = sumsOf(callsOf(found));
      assert.equal(input_uncached + cached_read + cache_write, 997_270);
    });

    it('would take request ids for sessions', () => {
      assert.equal(naive.sessions_view.sessions, 54);
      const { of } = topLevel(found);
      assert.equal(new Set(callsOf(found).map(of)).size, 6 + 1);
    });

    it('would count calls that share a response id once', () => {
      assert.equal(naive.distinct_response_id.calls, 42);
      assert.equal(callsOf(found).length, 132);
    });

    it('would take a recorded zero for no price', () => {
      const { calls_with_credits, nano_aiu } = sumsOf(callsOf(found));
      assert.deepEqual([calls_with_credits, nano_aiu], [76, 190_350_335_000]);
      const free = callsOf(found).filter(({ recorded }) => recorded === 0);
      assert.ok(free.length > 0 && free.every(({ recordedExact }) => recordedExact));
    });

    it('would make sessions of sub-agents', () => {
      const { agents } = topLevel(found);
      assert.deepEqual([...new Set(agents.values())], ['Explore']);
      const theirs = callsOf(found).filter(({ session }) => agents.has(session));
      assert.equal(theirs.length, correct.subagent_calls);
    });

    it('would lose the calls beside a conversation, which have no session columns', () => {
      const aside = callsOf(found).filter(({ command }) => command === 'title');
      assert.equal(aside.length, correct.utility_calls);
      // Nothing that a chat file could tell in their stead.
      assert.ok(aside.every(({ account }) => account === undefined));
    });

    it('names repository, branch and, where it was recorded, the user', () => {
      const sessions = found.batches.flatMap((batch) => batch.sessions ?? []);
      assert.deepEqual([...new Set(sessions.map(({ project }) => project))].sort(), [
        'https://github.com/example-org/repo-0',
        'https://github.com/example-org/repo-2',
      ]);
      assert.ok(sessions.some(({ branch }) => branch?.name === 'main'));
      assert.deepEqual([...new Set(sessions.map(({ user }) => user))].sort(), ['octo-dev', undefined]);
    });
  });

  it('counts premium requests as included before credits were billed', async () => {
    const path = newPath();
    const { correct } = makeAgentTraces(path, { end: '2026-05-31T23:59:00Z' });
    const calls = callsOf(await importFile(path));
    assert.ok(correct.calls_with_credits > 0);
    assert.deepEqual(
      [
        calls.filter(({ included }) => included).length,
        calls.filter(({ recorded }) => recorded !== undefined).length,
      ],
      [correct.calls_with_credits, 0],
    );
  });

  it('knows a clean copy by its span ids', async () => {
    const [path, copy] = [newPath(), newPath()];
    makeAgentTraces(path, { wal: true, export: copy });
    const [one, other] = [await importFile(path), await importFile(copy)];
    assert.deepEqual(one.identity, { kind: 'global' });
    assert.deepEqual([...other.calls], [...one.calls]);
  });
});
