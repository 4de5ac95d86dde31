import assert from 'node:assert/strict';
import { withoutOrder } from '../../support/arrangements';
import { countedCalls, sumsOf, toldCalls } from '../../support/countedCalls';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { attributes, insert, phoenixDb, project, span, trace } from '../../support/phoenix';
import { allOf, callIn, copied, database, fixture, tokens } from '../../support/sourceFiles';
import { wrongValues } from '../../support/wrongValues';

const sample = fixture('phoenix', 'phoenix.db');
const none = { llm_token_count_prompt: null, llm_token_count_completion: null };

describe('Phoenix', () => {
  it('counts the sample: cumulative counts repeat (naive: 2,600 in)', async () => {
    const found = await importFile(sample);
    assert.deepEqual([found.importer, found.identity, found.issues], ['phoenix', { kind: 'global' }, []]);
    assert.deepEqual(sumsOf(countedCalls(found.calls.values())), {
      ...{ calls: 1, errors: 0, inputTokens: 300, cacheReadTokens: 1000, cacheWriteTokens: 0 },
      ...{ outputTokens: 220, reasoningTokens: 20, recorded: 252_000 },
    });
    const [call] = [...found.calls.values()];
    assert.deepEqual(JSON.parse(JSON.stringify(call)), {
      id: '0af7651916cd43dd8448eb211c80319c/00f067aa0ba902b7',
      session: 'sess-7',
      account: { of: '0af7651916cd43dd8448eb211c80319c', rank: 0 },
      responseId: 'span 0af7651916cd43dd8448eb211c80319c/00f067aa0ba902b7',
      at: Date.UTC(2026, 2, 2, 9, 0, 0, 50),
      ...{ latencyMs: 2500, provider: 'openai', model: 'gpt-4o-mini', failed: false },
      ...{
        inputTokens: 300,
        cacheReadTokens: 1000,
        cacheWriteTokens: 0,
        outputTokens: 220,
        reasoningTokens: 20,
      },
      ...{ recorded: 252_000, recordedExact: true },
    });
    const { sessions, total } = await ledgerOf(sample);
    assert.deepEqual(
      sessions.map(({ own_id, person }) => [own_id, person]),
      [['sess-7', 'user-42']],
    );
    assert.deepEqual([total.calls, total.sessions, total.cost, total.recorded], [1, 1, 252_000, 252_000]);
  });

  it('counts requests, and what has counts of its own only where it repeats none', async () => {
    const agent = { span_kind: 'AGENT', parent_id: null };
    const path = phoenixDb([
      ...[project, trace(1), trace(2)],
      span(1, { ...agent, ...none }),
      span(2, agent),
      span(3),
      span(4, { span_kind: 'llm' }),
      span(5, { span_kind: 'TOOL', ...none }),
      span(6, {
        span_kind: 'EMBEDDING',
        attributes: { embedding: { model_name: 'text-embedding-3-small' } },
      }),
      span(7, { span_kind: 'RERANKER', attributes: {}, ...none }),
      span(8, { ...agent, trace_rowid: 2 }),
    ]);
    const calls = countedCalls((await importFile(path)).calls.values());
    assert.deepEqual(
      calls.map(({ id }) => id),
      ['trace1/span3', 'trace1/span4', 'trace1/span6', 'trace2/span8'],
    );
  });

  it('reads databases of every age', async () => {
    const rows = [
      ...[project, trace(1, { project_session_rowid: 1 })],
      [
        'project_sessions',
        { id: 1, session_id: 's1', project_id: 1, start_time: '2026-03-02 08:00:00' },
      ] as const,
      span(1, { attributes: attributes(1000, 100, { session: { id: 's1' }, user: { id: 'u1' } }) }),
      ['span_costs', { id: 1, span_rowid: 1, trace_rowid: 1, total_cost: 0.5 }] as const,
    ];
    const ages: [string[], number | undefined][] = [
      [[], 500_000_000],
      [['span_costs'], undefined],
      [['span_costs', 'project_sessions', 'project_session_rowid'], undefined],
      [
        [
          ...['span_costs', 'project_sessions', 'project_session_rowid'],
          ...['llm_token_count_prompt', 'llm_token_count_completion'],
        ],
        undefined,
      ],
    ];
    for (const [without, recorded] of ages) {
      const path = phoenixDb(rows, without);
      const call = await callIn(path, 'trace1/span1');
      assert.deepEqual([call.session, tokens(call), call.recorded], ['s1', [1000, 0, 0, 100, 0], recorded]);
      const { sessions } = await ledgerOf(path);
      assert.deepEqual(
        sessions.map(({ own_id, person }) => [own_id, person]),
        [['s1', 'u1']],
      );
    }
  });

  it('takes newer columns and tables as they come', async () => {
    const path = phoenixDb([project, trace(1), span(1)]);
    database([['ALTER TABLE spans ADD COLUMN novelty text'], ['CREATE TABLE novelties (id)']], path);
    assert.deepEqual((await importFile(path)).issues, []);
    assert.equal((await importFile(path)).calls.size, 1);
  });

  it('takes the cost that the instrumentation sent where Phoenix has none, and its 0 as unknown', async () => {
    const sent = (cost: object) => ({ attributes: { llm: { cost, token_count: { prompt: 5 } } } });
    const path = phoenixDb([
      ...[project, trace(1), span(1, sent({ total: 0.25 })), span(2, sent({ total: 0 }))],
      span(3, sent({ prompt: 0.1, completion: 0.2 })),
      ...[span(4, sent({ total: 9 })), span(5, sent({}))],
      ['span_costs', { id: 1, span_rowid: 4, total_cost: 0 }],
      ['span_costs', { id: 2, span_rowid: 5, total_cost: null, prompt_cost: 0.5, completion_cost: null }],
    ]);
    assert.deepEqual(
      [...(await importFile(path)).calls.values()].map(({ recorded }) => recorded),
      [250_000_000, undefined, 300_000_000, 0, 500_000_000],
    );
  });

  it('tells the class of an exception, and no text that somebody wrote', async () => {
    const thrown = (own: object) => [{ name: 'exception', attributes: own }];
    const failed = { status_code: 'ERROR', ...none, attributes: attributes(0, 0) };
    const path = phoenixDb([
      ...[project, trace(1)],
      span(1, {
        ...failed,
        events: thrown({ 'exception.type': 'RateLimitError', 'exception.message': 'CANARY' }),
      }),
      span(2, { ...failed, events: thrown({ exception: { type: 'x.Timeout', message: 'CANARY' } }) }),
      span(3, { ...failed, events: thrown({ 'exception.type': 'CANARY, he said' }) }),
      span(4, { ...failed, events: 'CANARY' }),
    ]);
    const found = await importFile(path);
    assert.deepEqual(
      [...found.calls.values()].map((call) => [call.failed, call.error]),
      [
        [true, 'RateLimitError'],
        [true, 'x.Timeout'],
        [true, undefined],
        [true, undefined],
      ],
    );
    assert.doesNotMatch(allOf(found), /CANARY/);
  });

  it('takes any value in any column', async () => {
    const rows = ['trace_rowid', 'parent_id', 'span_kind', 'start_time', 'end_time', 'attributes', 'events']
      .concat('status_code', 'llm_token_count_prompt', 'llm_token_count_completion')
      .flatMap((name) => wrongValues.map((value) => ({ [name]: value })));
    const path = phoenixDb([project, trace(1), ...rows.map((fields, i) => span(i + 1, fields))]);
    const found = await importFile(path);
    assert.ok(found.calls.size > rows.length - 2 * wrongValues.length);
    const places = found.issues.map(({ place }) => place);
    assert.ok(places.length > 0 && places.every((place) => place?.startsWith('spans.')));
    for (const { at, latencyMs, inputTokens = 0 } of found.calls.values())
      assert.ok(
        [at ?? 1, latencyMs ?? 0, inputTokens].every((figure) => figure >= 0 && Number.isFinite(figure)),
      );
  });

  it('takes any value in the attributes, NaN included, and names what has no span_id', async () => {
    const counts = wrongValues.map((value, i) =>
      span(i + 1, {
        attributes: { llm: { token_count: { prompt: value, completion: value }, cost: value } },
      }),
    );
    const path = phoenixDb([
      ...[project, trace(1), ...counts],
      span(90, {
        attributes: '{"llm": {"model_name": "m", "token_count": {"prompt": 7, "completion": NaN}}}',
      }),
      span(91, { span_id: null }),
    ]);
    const found = await importFile(path);
    assert.equal(found.calls.size, counts.length + 1);
    assert.deepEqual(
      [found.calls.get('trace1/span90')!.model, found.calls.get('trace1/span90')!.inputTokens],
      ['m', 7],
    );
    assert.deepEqual(
      found.issues.map(({ place }) => place),
      ['spans.90', 'spans.91'],
    );
  });

  it('reads of a grown database what is new: spans, and costs that were worked out later', async () => {
    const path = phoenixDb([project, trace(1), span(1), span(2)]);
    const first = await importFile(path);
    database(
      [
        insert(...trace(2)),
        insert(...span(3, { trace_rowid: 2 })),
        insert('span_costs', { id: 1, span_rowid: 2, total_cost: 0.001 }),
      ],
      path,
    );
    const second = await importFile(path, first.cursor);
    assert.deepEqual(
      toldCalls(second.batches).map(({ id, recorded }) => [id, recorded]),
      [
        ['trace1/span2', 1_000_000],
        ['trace2/span3', undefined],
      ],
    );
    assert.equal((await importFile(path, second.cursor)).told, 0);
    const other = phoenixDb([
      project,
      trace(1),
      span(9),
      ...[1, 2, 3].map((id) => span(id, { span_id: `x${id}` })),
    ]);
    assert.equal((await importFile(other, second.cursor)).told, 4);
  });

  it('counts a copy once, and two databases with overlapping spans once each', async () => {
    const one = phoenixDb([project, trace(1), trace(2), span(1), span(2, { trace_rowid: 2 })]);
    const other = phoenixDb([
      project,
      trace(2),
      trace(3),
      span(2, { trace_rowid: 2 }),
      span(3, { trace_rowid: 3 }),
    ]);
    const ledgers = [];
    for (const paths of [
      [one, other],
      [other, one],
      [one, copied(one, 'b.db'), other],
    ])
      ledgers.push(withoutOrder(await ledgerOf(...paths)));
    assert.equal(ledgers[0]!.total.calls, 3);
    for (const ledger of ledgers) assert.deepEqual(ledger, ledgers[0]);
  });

  it('moves a trace into its session when that is known', async () => {
    const early = phoenixDb([project, trace(1), span(1)]);
    const late = phoenixDb([
      ...[project, trace(1, { project_session_rowid: 1 }), span(1)],
      ['project_sessions', { id: 1, session_id: 's1', project_id: 1, start_time: '2026-03-02 08:00:00' }],
    ]);
    for (const paths of [
      [early, late],
      [late, early],
    ]) {
      const { sessions, total } = await ledgerOf(...paths);
      assert.deepEqual([sessions.map(({ own_id }) => own_id), total.calls], [['s1'], 1]);
    }
  });
});
