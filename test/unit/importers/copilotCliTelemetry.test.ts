import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import * as cli from '../../support/copilotCli';
import { sums, withoutOrder } from '../../support/arrangements';
import { toldCalls } from '../../support/countedCalls';
import { importFile } from '../../support/imported';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { shuffled } from '../../support/shuffled';
import { allOf, copied, fixture, jsonLines, sourceFile } from '../../support/sourceFiles';
import { damaged, isSound } from '../../support/wrongValues';
import type { Imported } from '../../support/imported';
import type { CallFact } from '../../../src/shared/facts';

const { inConversation, inference, record, span, telemetryFile, turn, used } = cli;
const sample = fixture('copilot-cli', 'otel', 'copilot.jsonl');
const only = ({ calls }: Imported): CallFact => {
  assert.equal(calls.size, 1);
  return [...calls.values()][0]!;
};
const callOf = async (
  attributes: object,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<CallFact> =>
  only(
    await importFile(
      telemetryFile([span({ span: 's1' }, { ...inConversation('s'), ...attributes }, fields)]),
    ),
  );
const counted = async (...paths: readonly string[]) => {
  const { total } = await ledgerOf(...paths);
  return [total.calls, total.inputTokens + total.cacheReadTokens, total.outputTokens, total.sessions];
};

describe('Copilot CLI: telemetry', () => {
  it('has the figures of the sample: the agent repeats its call', async () => {
    // Naive: 2 calls with 18,000 input, of which nothing was cached.
    const { total } = await ledgerOf(sample);
    assert.deepEqual(
      [total.calls, total.inputTokens, total.cacheReadTokens, total.outputTokens, total.includedCalls],
      [1, 3000, 6000, 200, 1],
    );
  });

  it('goes before the sums of the session, in whatever order they come', async () => {
    const events = fixture('copilot-cli', 'session-state');
    for (const paths of [
      [sample, events],
      [events, sample],
    ])
      assert.deepEqual(await counted(...paths), [1, 9000, 200, 1]);
  });

  it('is one call, whether told by a span, its log, its turn or its agent', async () => {
    const ids = { span: 's1' };
    const chat = span(ids, { ...inConversation('s'), ...used(100, 10) });
    // None of these names the conversation; they share the trace.
    const log = record(inference, ids, used(100, 10));
    const round = record(turn, { span: 'other' }, { 'turn.index': 0, ...used(100, 10) });
    const agent = span({ span: 's0' }, { ...used(100, 10), 'gen_ai.operation.name': 'invoke_agent' });
    for (let seed = 1; seed <= 6; seed++)
      assert.deepEqual(
        await counted(telemetryFile(shuffled([chat, log, round, agent], seed))),
        [1, 100, 10, 1],
      );
    for (const fallback of [[log, round, agent], [round, agent], [agent]])
      assert.deepEqual(await counted(telemetryFile(fallback)), [1, 100, 10, 1]);
  });

  it('places what waits for a name of its conversation, also when that is appended', async () => {
    const path = telemetryFile([record(turn, { span: 'x' }, { 'turn.index': 1, ...used(5, 1) })]);
    const first = await importFile(path);
    assert.equal(only(first).session, 'trace:t1');
    appendFileSync(path, jsonLines([span({ span: 's1' }, { ...inConversation('s'), ...used(5, 1) })]));
    const second = await importFile(path, first.cursor);
    assert.deepEqual(
      [...second.calls.values()].map(({ session, account }) => [session, account]),
      [
        ['s', { of: 'session:s', rank: 2 }],
        ['s', { of: 'session:s', rank: 0 }],
      ],
    );
    assert.deepEqual(second.batches[0]!.merges, [{ from: 'trace:t1', into: 's' }]);
    assert.deepEqual(await counted(path), [1, 5, 1, 1]);
    const earlier = telemetryFile([record(turn, { span: 'x' }, { 'turn.index': 1, ...used(5, 1) })]);
    assert.deepEqual(await counted(path, earlier), [1, 5, 1, 1]);
    assert.deepEqual(await counted(earlier, path), [1, 5, 1, 1]);
  });

  it('leaves tools, metrics and other events out', async () => {
    const found = await importFile(
      telemetryFile([
        { type: 'metric', name: 'gen_ai.client.token.usage', value: 99 },
        span({ span: 'a' }, { 'gen_ai.operation.name': 'execute_tool', ...used(9, 9) }),
        record('copilot_chat.tool.call', { span: 'b' }, used(9, 9)),
        span({ span: 'c' }, { ...inConversation('s'), 'gen_ai.operation.name': 'invoke_agent' }),
      ]),
    );
    assert.deepEqual([found.importer, found.told, found.issues], ['copilot-cli', 0, []]);
  });

  describe('a span', () => {
    it('is its model, times and outcome', async () => {
      const call = await callOf({
        ...used(100, 10, {
          'gen_ai.usage.cache_read.input_tokens': 60,
          'gen_ai.usage.cache_creation.input_tokens': 30,
        }),
        ...{ 'gen_ai.usage.reasoning.output_tokens': 4, 'gen_ai.response.time_to_first_chunk': 0.25 },
        ...{
          'gen_ai.response.id': 'r',
          'gen_ai.provider.name': 'github',
          'github.copilot.nano_aiu': 5_250_000_000,
        },
      });
      assert.deepEqual(call, {
        ...{
          id: 't1/s1',
          session: 's',
          at: Date.UTC(2026, 6, 1, 9, 0, 0, 500),
          latencyMs: 2250,
          ttftMs: 250,
        },
        ...{ provider: 'github', model: 'claude-sonnet-4.5', failed: false, responseId: 'r' },
        ...{
          inputTokens: 10,
          cacheReadTokens: 60,
          cacheWriteTokens: 30,
          outputTokens: 10,
          reasoningTokens: 4,
        },
        ...{ recorded: 52_500_000, recordedExact: true, account: { of: 'session:s', rank: 0 } },
      });
    });

    it('costs credits, never a multiplier or units of unknown size', async () => {
      assert.equal(
        (await callOf({ 'github.copilot.cost': 1, 'github.copilot.aiu': 42_000 })).recorded,
        undefined,
      );
      assert.equal((await callOf({ 'github.copilot.nano_aiu': 0 })).recorded, 0);
      const may = Date.UTC(2026, 4, 1) / 1000;
      const early = await callOf(
        { 'github.copilot.nano_aiu': 5 },
        { startTime: [may, 0], endTime: [may, 0] },
      );
      assert.deepEqual([early.recorded, early.included], [undefined, true]);
    });

    it('fails with a class, and not with words', async () => {
      const of = async (attributes: object, fields: Readonly<Record<string, unknown>> = {}) => {
        const { failed, error } = await callOf(attributes, fields);
        return [failed, error];
      };
      assert.deepEqual(await of({ 'error.type': 'SessionDestroyedError' }), [true, 'SessionDestroyedError']);
      assert.deepEqual(await of({ 'error.type': cli.canary }), [true, 'error']);
      assert.deepEqual(await of({}, { status: { code: 2, message: cli.canary } }), [true, 'error']);
    });

    it('has times in any form, and none that runs backwards', async () => {
      const at = Date.UTC(2026, 6, 1);
      const times: readonly (readonly [object, number | undefined, number | undefined])[] = [
        [{ startTime: at, endTime: at + 5 }, at, 5],
        [{ startTime: new Date(at).toISOString(), endTime: at - 5 }, at, undefined],
        [
          {
            startTime: undefined,
            endTime: undefined,
            startTimeUnixNano: `${at}000000`,
            endTimeUnixNano: (at + 1) * 1e6,
          },
          at,
          1,
        ],
        [{ startTime: ['x', 1], endTime: [at / 1000, 0] }, at, undefined],
        [{ startTime: [], endTime: null, timestamp: at }, at, undefined],
        [{ startTime: 'soon', endTime: {} }, undefined, undefined],
      ];
      for (const [fields, start, latency] of times) {
        const call = await callOf({}, fields as Readonly<Record<string, unknown>>);
        assert.deepEqual([call.at, call.latencyMs], [start, latency], JSON.stringify(fields));
      }
    });
  });

  it('has the same keys wherever it lies', async () => {
    const lines = [
      span({ span: 'a' }, inConversation('s')),
      { ...span({ span: 'b' }, inConversation('s')), spanId: null },
    ];
    const path = telemetryFile(lines);
    assert.deepEqual([...(await importFile(copied(path))).calls], [...(await importFile(path)).calls]);
  });

  it('leaves OTLP and other logs alone', async () => {
    const otlp = { resourceSpans: [{ scopeSpans: [{ spans: [span({ span: 'a' }, {})] }] }] };
    assert.notEqual((await importFile(sourceFile(otlp))).importer, 'copilot-cli');
    assert.equal(
      (await importFile(sourceFile({ type: 'span', name: 'other', attributes: {} }))).importer,
      undefined,
    );
  });

  it('survives a wrong value in every field, and keeps words to itself', async () => {
    const full = used(100, 10, { 'github.copilot.nano_aiu': 5, 'error.type': 'x', ...inConversation('s') });
    const wrong = [span({ span: 'a' }, full), record(inference, { span: 'a' }, full)].flatMap((line) => [
      ...damaged(line),
    ]);
    const found = await importFile(telemetryFile([span({ span: 'z' }, full), ...(wrong as object[])]));
    assert.ok(found.told > 50);
    assert.ok(toldCalls(found.batches).every(isSound));
    assert.ok(!allOf(found).includes('CANARY'));
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`is one ledger in any order, split, repeated and growing, seed ${seed}`, async () => {
      const { below, chance } = random(seed);
      const lines: object[] = [];
      const expected = { calls: 0, input: 0, output: 0 };
      for (let n = 0; n < 30; n++) {
        const [input, output, conversation] = [1 + below(900), 1 + below(90), inConversation(`c${n % 4}`)];
        const ids = { trace: `t${n % 7}-${n % 4}`, span: `s${n}` };
        const fields = { ...conversation, ...used(input, output) };
        lines.push(span(ids, fields, { at: n * 60 }));
        if (chance(0.4)) lines.push(record(inference, ids, fields, n * 60));
        if (chance(0.3))
          lines.push(span({ ...ids, span: `a${n}` }, { ...fields, 'gen_ai.operation.name': 'invoke_agent' }));
        Object.assign(expected, {
          calls: n + 1,
          input: expected.input + input,
          output: expected.output + output,
        });
      }
      const whole = await ledgerOf(telemetryFile(lines));
      assert.deepEqual(sums(whole), { ...expected, cacheRead: 0, cacheWrite: 0, recorded: 0, errors: 0 });
      for (let again = 1; again <= 3; again++) {
        const left = shuffled([...lines, ...lines.filter(() => chance(0.2))], seed * 10 + again);
        const paths: string[] = [];
        while (left.length > 0) paths.push(telemetryFile(left.splice(0, 1 + below(left.length))));
        assert.deepEqual(withoutOrder(await ledgerOf(...paths)), withoutOrder(whole));
      }
      const bytes = jsonLines(lines);
      const growing = sourceFile('', 'growing.jsonl');
      const steps = [0.3, 0.31, 0.7, 1].map((share) => () => {
        sourceFile(
          bytes.slice(0, Math.ceil(bytes.length * share)),
          'growing.jsonl',
          growing.replace(/[\\/]growing\.jsonl$/, ''),
        );
        return [growing];
      });
      assert.deepEqual(withoutOrder(await ledgerInSteps(...steps)), withoutOrder(whole));
    });
  }
});
