import assert from 'node:assert/strict';
import { importFile } from '../../support/imported';
import { countedCalls, sumsOf, toldCalls } from '../../support/countedCalls';
import { callsWith, logs, otlpFixture, attributes, span, spans, writeOtlp } from '../../support/otlp';
import type { CallFact } from '../../../src/shared/facts';

const counted = async (path: string): Promise<CallFact[]> =>
  countedCalls(toldCalls((await importFile(path)).batches));
const use = { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 };
const agent = { 'gen_ai.operation.name': 'invoke_agent', ...use };

describe('OTLP', () => {
  it('counts the sample: the agent repeats its call (naive: 2,640 in)', async () => {
    const found = await importFile(otlpFixture('genai-traces.jsonl'));
    assert.deepEqual([found.importer, found.issues], ['otlp', []]);
    assert.deepEqual(sumsOf(countedCalls(found.calls.values())), {
      ...{ calls: 2, errors: 1, inputTokens: 340, cacheReadTokens: 1000, cacheWriteTokens: 0 },
      ...{ outputTokens: 232, reasoningTokens: 20, recorded: 0 },
    });
    assert.deepEqual([...found.sessions.keys()], ['5b8efff798038103d269b633813fc60c', 'conv-1']);
    const id = '5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174';
    const { account, ...call } = found.calls.get(id)!;
    assert.deepEqual(account, { of: '5b8efff798038103d269b633813fc60c', rank: 0 });
    assert.deepEqual(JSON.parse(JSON.stringify(call)), {
      ...{ id, session: 'conv-1', at: 1772442000000, version: 1772442002500, latencyMs: 2500 },
      ...{ provider: 'openai', model: 'gpt-4o-mini-2024-07-18', responseId: 'chatcmpl-1', failed: false },
      ...{
        inputTokens: 300,
        cacheReadTokens: 1000,
        cacheWriteTokens: 0,
        outputTokens: 220,
        reasoningTokens: 20,
      },
    });
    const failed = [...found.calls.values()].find((told) => told.failed)!;
    assert.deepEqual([failed.provider, failed.error], ['anthropic', 'rate_limit_error']);
  });

  it('counts every dialect once (naive: 11,424 in)', async () => {
    assert.deepEqual(sumsOf(await counted(otlpFixture('dialects.jsonl'))), {
      ...{ calls: 8, errors: 1, inputTokens: 1872, cacheReadTokens: 3252, cacheWriteTokens: 400 },
      ...{ outputTokens: 450, reasoningTokens: 66, recorded: 6_350_000 },
    });
  });

  it('reads one document over several lines, in snake case, with numbers for integers', async () => {
    assert.deepEqual(sumsOf(await counted(otlpFixture('pretty-snake.json'))), {
      ...{ calls: 6, errors: 0, inputTokens: 2112, cacheReadTokens: 2612, cacheWriteTokens: 400 },
      ...{ outputTokens: 400, reasoningTokens: 66, recorded: 6_350_000 },
    });
  });

  it('knows session, user, project and environment by any of their names', async () => {
    const { sessions, calls } = await importFile(otlpFixture('dialects.jsonl'));
    assert.deepEqual(sessions.get('oi-1'), {
      ...{ id: 'oi-1', project: 'docs-bot', labels: ['staging'] },
    });
    assert.deepEqual(sessions.get('conv-5'), { id: 'conv-5', user: 'user-5', project: 'shop-api' });
    assert.equal(sessions.get('tl-1')!.user, 'user-9');
    const [first, second] = [...calls.values()].filter(({ session }) => session === 'web-1');
    assert.deepEqual([first!.provider, first!.model], ['openai', 'gpt-4o-mini-2024-07-18']);
    assert.equal(second!.ttftMs, 321);
    const conv5 = [...calls.values()].find(({ session }) => session === 'conv-5')!;
    assert.deepEqual([conv5.provider, conv5.ttftMs, conv5.latencyMs], ['azure.ai.openai', 250, 2000]);
  });

  it('passes over metrics and says so once', async () => {
    const { issues } = await importFile(otlpFixture('dialects.jsonl'));
    assert.deepEqual(
      issues.map(({ place }) => place),
      ['line 10'],
    );
    assert.match(issues[0]!.message, /metrics, which only sum calls up/);
  });

  it('lets no text out that somebody may have written', async () => {
    for (const name of ['dialects.jsonl', 'pretty-snake.json']) {
      const { batches } = await importFile(otlpFixture(name));
      assert.doesNotMatch(JSON.stringify(batches), /CANARY/);
    }
    const { calls } = await importFile(otlpFixture('dialects.jsonl'));
    assert.equal([...calls.values()].find(({ failed }) => failed)!.error, 'openai.RateLimitError');
  });

  it('counts an agent only where its trace has no request (naive: three times 1,000 in)', async () => {
    const outer = span(agent, { spanId: '1'.repeat(16) });
    const inner = span(agent, { spanId: '2'.repeat(16), parentSpanId: '1'.repeat(16) });
    const chat = span(use, { spanId: '3'.repeat(16), parentSpanId: '2'.repeat(16) });
    for (const [list, id] of [
      [[chat, inner, outer], '3'],
      [[inner, outer], '1'],
      [[inner], '2'],
    ] as const) {
      const calls = countedCalls(await callsWith(...list));
      assert.deepEqual(
        calls.map((call) => [call.id, call.inputTokens]),
        [[`${'a'.repeat(32)}/${id.repeat(16)}`, 1000]],
      );
    }
  });

  it('prefers an agent that names its model, and counts siblings', async () => {
    const named = { ...agent, 'gen_ai.agent.name': 'x' };
    const workflow = span(
      { ...agent, 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.request.model': {} },
      { spanId: '1'.repeat(16) },
    );
    const two = ['2', '3'].map((digit) =>
      span(named, { spanId: digit.repeat(16), parentSpanId: '1'.repeat(16) }),
    );
    assert.equal(countedCalls(await callsWith(workflow, ...two)).length, 2);
  });

  it('takes nothing of an agent that used nothing, nor of tools, and no announcement of a span', async () => {
    const none = [
      { 'gen_ai.operation.name': 'invoke_agent' },
      { 'gen_ai.operation.name': 'execute_tool', ...use },
      { 'openinference.span.kind': 'RETRIEVER', 'gen_ai.operation.name': 'x', ...use },
      { 'logfire.span_type': 'pending_span', ...use },
      { 'ai.operationId': 'ai.toolCall', ...use },
    ];
    assert.deepEqual(await callsWith(...none.map((fields) => span(fields))), []);
  });

  it('tells a request by its model where no operation is named', async () => {
    const none = { 'gen_ai.operation.name': {} };
    const [call] = await callsWith(span({ ...none, 'gen_ai.system': 'gemini' }));
    assert.deepEqual([call!.provider, call!.model, call!.account!.rank], ['google', 'gpt-4o', 0]);
    const run = span(
      { ...none, ...use, model_name: 'gpt-4o', 'gen_ai.request.model': {} },
      { name: 'agent run' },
    );
    assert.equal((await callsWith(run))[0]!.account!.rank, 4);
    assert.deepEqual(await callsWith(span({ ...none, 'http.route': '/' }, { name: 'GET /' })), []);
  });

  it('takes cache and reasoning out of their wholes, unless they can only stand beside them', async () => {
    const cases: [object, number[]][] = [
      // Larger than the input, as some write for Anthropic.
      [{ ...use, 'gen_ai.usage.cache_read.input_tokens': 5000 }, [1000, 5000, 0, 100, 0]],
      // The total has room for it.
      [
        { ...use, 'gen_ai.usage.cache_creation.input_tokens': 300, 'llm.usage.total_tokens': 1400 },
        [1000, 0, 300, 100, 0],
      ],
      [
        { ...use, 'gen_ai.usage.cache_read.input_tokens': 300, 'llm.usage.total_tokens': 1100 },
        [700, 300, 0, 100, 0],
      ],
      [{ ...use, 'gen_ai.usage.reasoning.output_tokens': 150 }, [1000, 0, 0, 250, 150]],
      [
        { ...use, 'gen_ai.usage.reasoning.output_tokens': 50, 'llm.usage.total_tokens': 1150 },
        [1000, 0, 0, 150, 50],
      ],
      [{ 'llm.usage.total_tokens': 70 }, [70, 0, 0, 0, 0]],
      [{ 'gen_ai.usage.output_tokens': 20, 'llm.usage.total_tokens': 70 }, [50, 0, 0, 20, 0]],
      [{ 'gen_ai.usage.input_tokens': 50, 'llm.usage.total_tokens': 70 }, [50, 0, 0, 20, 0]],
    ];
    for (const [fields, expected] of cases) {
      const [call] = await callsWith(span({ ...fields }));
      const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = call!;
      assert.deepEqual(
        [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens],
        expected,
        JSON.stringify(fields),
      );
    }
  });

  it('takes a cost of 0 as unknown, and credits of 0 as none', async () => {
    const costs = await callsWith(
      span({ ...use, 'gen_ai.usage.cost': 0 }, { spanId: '1'.repeat(16) }),
      span({ ...use, 'gen_ai.usage.cost': '0.000252' }, { spanId: '2'.repeat(16) }),
      span({ ...use, 'llm.cost.prompt': 0.001, 'llm.cost.completion': 0.002 }, { spanId: '3'.repeat(16) }),
      span({ ...use, 'copilot_chat.copilot_usage_nano_aiu': 5_250_000_000 }, { spanId: '4'.repeat(16) }),
      span({ ...use, 'copilot_chat.copilot_usage_nano_aiu': 0 }, { spanId: '5'.repeat(16) }),
    );
    assert.deepEqual(
      costs.map(({ recorded }) => recorded),
      [undefined, 252_000, 3_000_000, 52_500_000, 0],
    );
  });

  it('knows ids in any case, in base64, and a log without a span by what it says', async () => {
    const ids = [
      { traceId: 'A'.repeat(32), spanId: 'B'.repeat(16) },
      { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
      {
        traceId: Buffer.from('a'.repeat(32), 'hex').toString('base64'),
        spanId: Buffer.from('b'.repeat(16), 'hex').toString('base64'),
      },
    ];
    const { calls } = await importFile(writeOtlp(ids.map((own) => spans([span(use, own)]))));
    assert.deepEqual([...calls.keys()], [`${'a'.repeat(32)}/${'b'.repeat(16)}`]);
    const log = {
      ...{ timeUnixNano: 1772442000000000000, eventName: 'gen_ai.client.inference.operation.details' },
      attributes: attributes({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', ...use }),
    };
    const told = await importFile(
      writeOtlp([logs([log, log]), logs([{ ...log, timeUnixNano: '1772442009000000000' }])]),
    );
    assert.equal(told.calls.size, 2);
  });

  it("reads Tempo's answers and lists of requests", async () => {
    const [resource] = spans([span(use)]).resourceSpans;
    const older = { resource: resource!.resource, instrumentationLibrarySpans: resource!.scopeSpans };
    const bodies = [
      { batches: [resource] },
      { batches: [older] },
      { trace: { resourceSpans: [resource] } },
      [spans([span(use)])],
      { resourceSpans: [older] },
    ];
    for (const body of bodies) {
      for (const text of [JSON.stringify(body), JSON.stringify(body, null, 2)]) {
        const found = await importFile(writeOtlp(text, 'trace.json'));
        assert.deepEqual([found.importer, found.calls.size, found.issues], ['otlp', 1, []], text);
      }
    }
  });
});
