import assert from 'node:assert/strict';
import { withoutOrder } from '../../support/arrangements';
import { countedCalls, sumsOf, toldCalls } from '../../support/countedCalls';
import { importFile, share } from '../../support/imported';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { experiment, insert, metadata, mlflowDb, span, trace, usage, used } from '../../support/mlflow';
import { allOf, callIn, copied, database, fixture, tokens } from '../../support/sourceFiles';
import { wrongValues } from '../../support/wrongValues';
import type { MlflowRow } from '../../support/mlflow';

const sample = fixture('mlflow', 'mlflow.db');
const counted = async (path: string) => countedCalls((await importFile(path)).calls.values());
const under = (parent: string, type = 'CHAT_MODEL') => ({ parent_span_id: parent, type });

describe('MLflow', () => {
  it('counts the sample: spans or metadata, never both (naive: 2,600 in)', async () => {
    const found = await importFile(sample);
    assert.deepEqual([found.importer, found.identity?.kind, found.issues], ['mlflow', 'anchored', []]);
    assert.deepEqual(sumsOf(countedCalls(found.calls.values())), {
      ...{ calls: 1, errors: 0, inputTokens: 1300, cacheReadTokens: 0, cacheWriteTokens: 0 },
      ...{ outputTokens: 220, reasoningTokens: 0, recorded: 0 },
    });
    assert.deepEqual([...found.experiments.values()], [{ id: '1', name: 'shop-bot', createdAt: undefined }]);
    const call = found.calls.get('tr-1/s1')!;
    assert.deepEqual(
      [call.session, call.at, call.latencyMs, call.failed],
      ['sess-7', 1772442000000, 2500, false],
    );
    const { sessions, total } = await ledgerOf(sample);
    assert.deepEqual(
      sessions.map(({ own_id, person, experiment: own }) => [own_id, person, own]),
      [['sess-7', 'user-42', '1']],
    );
    assert.deepEqual([total.calls, total.inputTokens, total.outputTokens, total.sessions], [1, 1300, 220, 1]);
  });

  it('counts one of two libraries that both wrote the request, the requests of an agent, an agent without', async () => {
    const path = mlflowDb([
      ...[experiment(1), trace('t1'), trace('t2'), trace('t3'), trace('t4'), trace('t5')],
      // LangChain around OpenAI.
      ...[span('t1', 'a', used(100, 10)), span('t1', 'b', used(100, 10), under('a'))],
      span('t1', 'c', {}, under('b')),
      // The sum of an agent, and requests at two depths.
      ...[span('t2', 'a', used(300, 30), { type: 'AGENT' }), span('t2', 'b', used(100, 10), under('a'))],
      ...[span('t2', 'tool', {}, under('a', 'TOOL')), span('t2', 'c', used(200, 20), under('tool'))],
      // Agents alone: the outer one.
      ...[span('t3', 'a', used(50, 5), { type: 'AGENT' }), span('t3', 'b', used(40, 4), under('a', 'AGENT'))],
      // A request that tells nothing around one that does.
      ...[span('t4', 'a', {}, { type: 'LLM' }), span('t4', 'b', used(70, 7), under('a'))],
      // Each other's parents, which cannot be.
      ...[span('t5', 'a', used(9, 1), under('b')), span('t5', 'b', used(8, 1), under('a'))],
    ]);
    const calls = await counted(path);
    assert.deepEqual(
      calls.map(({ id, inputTokens }) => [id, inputTokens]),
      [
        ['t1/b', 100],
        ['t2/b', 100],
        ['t2/c', 200],
        ['t3/a', 50],
        ['t4/b', 70],
        ['t5/a', 9],
        ['t5/b', 8],
      ],
    );
  });

  it('takes the sum of a trace whose spans are elsewhere, or tell nothing', async () => {
    const rows = [
      ...[experiment(1), trace('t1', { status: 'ERROR' }), trace('t2'), trace('t3')],
      metadata('t1', 'tokenUsage', usage(500, 50)),
      metadata('t1', 'cost', { input_cost: 0.001, output_cost: 0.002, total_cost: 0.003 }),
      ...[metadata('t2', 'tokenUsage', usage(70, 7)), span('t2', 'a')],
      span('t3', 'a'),
    ];
    const told = (await counted(mlflowDb(rows))).map(({ id, inputTokens, failed }) => [
      id,
      inputTokens,
      failed,
    ]);
    assert.deepEqual(told, [
      ['t1', 500, true],
      ['t2', 70, false],
      ['t3/a', undefined, false],
    ]);
    const [older] = await counted(mlflowDb(rows, ['spans']));
    assert.deepEqual([older!.id, older!.recorded, older!.latencyMs], ['t1', 3_000_000, 2500]);
    assert.deepEqual(await counted(mlflowDb(rows, ['spans', 'trace_request_metadata'])), []);
  });

  it('takes cached tokens out of the input, except where MLflow counts them beside it', async () => {
    const cached = { cache_read_input_tokens: 600, cache_creation_input_tokens: 100 };
    const told = (input: number, more: object = {}) => ({
      'mlflow.chat.tokenUsage': usage(input, 50, cached),
      ...more,
    });
    const path = mlflowDb([
      ...[experiment(1), trace('t1')],
      span('t1', 'openai', told(1000)),
      span('t1', 'anthropic', told(1000, { 'mlflow.message.format': 'anthropic' })),
      span('t1', 'larger', told(20)),
      span('t1', 'pydantic', told(1000, { 'mlflow.message.format': 'pydantic_ai' })),
    ]);
    const calls = await counted(path);
    assert.deepEqual(calls.map((call) => [String(call.id).slice(3), ...tokens(call)]).sort(), [
      ['anthropic', 1000, 600, 100, 50, 0],
      ['larger', 20, 600, 100, 50, 0],
      ['openai', 300, 600, 100, 50, 0],
      ['pydantic', 300, 600, 100, 50, 0],
    ]);
  });

  it('knows model, provider, cost and response by any of their names', async () => {
    const full = {
      ...{ 'mlflow.llm.model': 'claude-sonnet-4-5', 'mlflow.llm.provider': 'Anthropic' },
      ...{ 'mlflow.llm.cost': { total_cost: 0.00042 }, 'gen_ai.response.id': 'msg_1' },
    };
    const path = mlflowDb([
      ...[experiment(1), trace('t1')],
      span('t1', 'a', used(1, 1, full)),
      span('t1', 'b', used(1, 1, { 'mlflow.spanOutputs': { model: 'gpt-4o-mini-2024-07-18', id: 'x' } })),
      span('t1', 'c', used(1, 1)),
      span('t1', 'd', used(1, 1, { 'mlflow.spanInputs': { model: 'what the CANARY said' } })),
      span('t1', 'e', used(1, 1, { 'mlflow.llm.cost': { total_cost: 0 } })),
      span(
        't1',
        'f',
        {},
        { content: { attributes: { 'mlflow.chat.tokenUsage': usage(3, 2), 'mlflow.llm.model': 'm' } } },
      ),
    ]);
    const { provider, recorded, recordedExact, responseId } = await callIn(path, 't1/a');
    assert.deepEqual([provider, recorded, recordedExact, responseId], ['anthropic', 420_000, true, 'msg_1']);
    const { calls } = await importFile(path);
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e', 'f']
        .map((id) => calls.get(`t1/${id}`)!)
        .map(({ model, recorded: own }) => [model, own]),
      [
        ['claude-sonnet-4-5', 420_000],
        ['gpt-4o-mini-2024-07-18', undefined],
        ['gpt-4o-mini', undefined],
        [undefined, undefined],
        ['gpt-4o-mini', undefined],
        ['m', undefined],
      ],
    );
  });

  it('tells the class of an exception, and no text that somebody wrote', async () => {
    const thrown = (type: string) => ({
      content: {
        attributes: {},
        events: [
          { name: 'exception', attributes: { 'exception.type': type, 'exception.message': 'CANARY' } },
        ],
      },
    });
    const path = mlflowDb([
      ...[experiment(1), trace('t1', { status: 'ERROR' })],
      span('t1', 'a', {}, { status: 'ERROR', ...thrown('RateLimitError') }),
      span('t1', 'b', {}, { status: 'ERROR', ...thrown('"openai.Timeout"') }),
      span('t1', 'c', {}, { status: 'ERROR', ...thrown('CANARY, he said') }),
      ['trace_tags', { request_id: 't1', key: 'mlflow.traceName', value: 'CANARY' }],
    ]);
    const found = await importFile(path);
    assert.deepEqual(
      [...found.calls.values()].map(({ failed, error }) => [failed, error]),
      [
        [true, 'RateLimitError'],
        [true, 'openai.Timeout'],
        [true, undefined],
      ],
    );
    assert.doesNotMatch(allOf(found), /CANARY/);
  });

  it('takes any value in any column', async () => {
    const columns = [
      'parent_span_id',
      'type',
      'status',
      'start_time_unix_nano',
      'end_time_unix_nano',
      'content',
    ];
    const spans = columns.flatMap((name) =>
      wrongValues.map((value, i) => span('t', `${name} ${i}`, used(5, 1), { [name]: value })),
    );
    const attributes = [
      'mlflow.chat.tokenUsage',
      'mlflow.llm.cost',
      'mlflow.llm.model',
      'mlflow.spanInputs',
    ].flatMap((name) => wrongValues.map((value, i) => span('t', `${name} ${i}`, { [name]: value })));
    const traces = ['experiment_id', 'timestamp_ms', 'execution_time_ms', 'status'].flatMap((name) =>
      wrongValues.flatMap((value, i): MlflowRow[] => {
        const id = `${name} ${i}`;
        return [trace(id, { [name]: value }), metadata(id, 'tokenUsage', usage(1, 1))];
      }),
    );
    const sums = wrongValues.flatMap((value, i): MlflowRow[] => [
      trace(`m${i}`),
      metadata(`m${i}`, 'tokenUsage', { input_tokens: value, output_tokens: value }),
    ]);
    const path = mlflowDb([
      ...[experiment(1), trace('t'), ...spans, ...attributes, ...traces, ...sums],
      trace('u', { request_id: null }),
      span(
        't',
        'NaN',
        {},
        { content: '{"attributes": {"mlflow.chat.tokenUsage": {"input_tokens": 7, "x": NaN}}}' },
      ),
    ]);
    const found = await importFile(path);
    assert.equal(found.calls.get('t/NaN')!.inputTokens, 7);
    assert.ok(
      traces.every(([, row]) => row.value !== undefined || found.calls.has(row.request_id as string)),
    );
    assert.deepEqual(new Set(found.issues.map(({ place }) => place?.split('.')[0])), new Set(['trace_info']));
    for (const { at, latencyMs, inputTokens = 0 } of found.calls.values())
      assert.ok(
        [at ?? 1, latencyMs ?? 0, inputTokens].every((figure) => figure >= 0 && Number.isFinite(figure)),
      );
  });

  it('takes newer columns and tables as they come', async () => {
    const path = mlflowDb([experiment(1), trace('t1'), span('t1', 'a', used(1, 1))]);
    database([['ALTER TABLE spans ADD COLUMN novelty text'], ['CREATE TABLE novelties (id)']], path);
    assert.equal((await counted(path)).length, 1);
  });

  it('reads of a grown database what is new, what was under way, and what began not long before', async () => {
    const day = 24 * 3_600_000;
    const at = (days: number) => ({ timestamp_ms: 1772442000000 + days * day });
    const path = mlflowDb([
      ...[
        experiment(1),
        trace('old', at(0)),
        trace('open', { ...at(2.5), status: 'IN_PROGRESS' }),
        trace('new', at(3)),
      ],
      ...['old', 'open', 'new'].map((id) => span(id, 'a', used(1, 1))),
    ]);
    const first = await importFile(path);
    database(
      [trace('next', at(4)), span('next', 'a', used(2, 1)), span('new', 'b', used(3, 1))].map(insert),
      path,
    );
    const second = await importFile(path, first.cursor);
    assert.deepEqual(
      toldCalls(second.batches).map(({ id }) => id),
      ['open/a', 'new/a', 'new/b', 'next/a'],
    );
    assert.equal((await importFile(sample, second.cursor)).told, 2);
  });

  it('knows a database again, moved or grown, and tells apart those with the same experiments', async () => {
    const one = mlflowDb([
      experiment(0, 'Default', 5),
      trace('t1', { experiment_id: 0 }),
      span('t1', 'a', used(1, 1)),
    ]);
    const other = mlflowDb([
      experiment(0, 'Default', 6),
      trace('t2', { experiment_id: 0 }),
      span('t2', 'a', used(2, 1)),
    ]);
    const grown = copied(one, 'grown.db');
    database([insert(trace('t3', { experiment_id: 0 })), insert(span('t3', 'a', used(4, 1)))], grown);
    assert.equal(share(await importFile(one), await importFile(grown)), true);
    assert.equal(share(await importFile(one), await importFile(other)), false);
    const orders = [
      [one, other, grown],
      [grown, one, other],
      [other, grown, one],
    ];
    const ledgers = [];
    for (const order of orders) ledgers.push(withoutOrder(await ledgerOf(...order)));
    assert.deepEqual([ledgers[0]!.total.calls, ledgers[0]!.total.inputTokens], [3, 7]);
    for (const ledger of ledgers) assert.deepEqual(ledger, ledgers[0]);
  });

  it('counts a grown database as a fresh one: a request that turns out to be inside another', async () => {
    const early = [
      experiment(1),
      trace('t1', { status: 'IN_PROGRESS' }),
      span('t1', 'b', used(100, 10), under('a')),
    ];
    const late = [trace('t1'), span('t1', 'a', used(100, 10)), metadata('t1', 'tokenUsage', usage(100, 10))];
    const path = mlflowDb(early);
    const grown = await ledgerInSteps(
      () => [path],
      () => {
        database(late.map(insert), path);
        return [path];
      },
    );
    assert.deepEqual([grown.total.calls, grown.total.inputTokens], [1, 100]);
    const fresh = await ledgerOf(mlflowDb([...early, ...late]));
    assert.deepEqual(withoutOrder(grown), withoutOrder(fresh));
  });
});
