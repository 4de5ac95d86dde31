import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { importFile } from '../../support/imported';
import {
  callsIn,
  generation,
  langfuseSample,
  langfuseSamples,
  pick,
  tokensOf,
  writeFile,
} from '../../support/langfuse';
import { ledgerOf } from '../../support/ledgerOf';

// Of obs-1 by hand: 300 input, 1,000 cached, 200 + 20 reasoning = 220 output, 0.000252 USD; obs-2 failed.
const good = {
  id: 'obs-1',
  at: Date.UTC(2026, 2, 2, 9),
  model: 'gpt-4o-mini',
  tokens: [300, 1000, 0, 220, 20],
  recorded: 252_000,
  exact: true,
  latencyMs: 2500,
  ttftMs: 700,
  failed: false,
};

describe('Langfuse', () => {
  for (const [name, session, ids] of [
    ['api-v1-observations.json', 'tr-1', ['obs-1', 'obs-2']],
    ['api-v2-observations.json', 'sess-7', ['obs-1']],
    ['ui-export-observations.json', 'tr-1', ['obs-1']],
    ['ui-export-observations.jsonl', 'tr-1', ['obs-1']],
    ['ui-export-observations.csv', 'tr-1', ['obs-1']],
  ] as const) {
    it(`reads ${name}`, async () => {
      const found = await importFile(langfuseSample(name));
      assert.equal(found.importer, 'langfuse');
      assert.deepEqual(found.issues, []);
      assert.deepEqual([...found.calls.keys()], ids);
      assert.deepEqual([...found.sessions.keys()], [session]);
      const call = found.calls.get('obs-1')!;
      assert.deepEqual(
        {
          ...{ id: call.id, at: call.at, model: call.model, tokens: tokensOf(call), recorded: call.recorded },
          ...{
            exact: call.recordedExact,
            latencyMs: call.latencyMs,
            ttftMs: call.ttftMs,
            failed: call.failed,
          },
        },
        good,
      );
    });
  }

  it('takes level ERROR as a call that failed', async () => {
    const { calls } = await importFile(langfuseSample('api-v1-observations.json'));
    const { failed, error, recorded, latencyMs } = calls.get('obs-2')!;
    assert.deepEqual([failed, error, recorded, latencyMs], [true, '429', undefined, 200]);
  });

  it('takes daily metrics as sums to compare with, which hold no calls', async () => {
    const { batches, calls, sessions, issues } = await importFile(langfuseSample('api-metrics-daily.json'));
    assert.deepEqual([calls.size, sessions.size, issues], [0, 0, []]);
    assert.deepEqual(batches[0]!.claims, [
      { day: '2026-03-02', model: 'gpt-4o-mini', calls: 1, recorded: 252_000, tokens: 1520 },
    ]);
  });

  it('joins all shapes into one session of two calls, in any order', async () => {
    const names = readdirSync(langfuseSamples).filter((name) => !/daily|\.md$/.test(name));
    const orders = [[...names], [...names].reverse(), [...names.slice(3), ...names.slice(0, 3)]];
    for (const paths of [[langfuseSamples], ...orders.map((order) => order.map(langfuseSample))]) {
      const { total, sessions, issues } = await ledgerOf(...paths);
      assert.deepEqual(issues, []);
      assert.deepEqual(
        [total.calls, total.errors, total.sessions, total.unpricedCalls, total.recorded, total.cost],
        [2, 1, 1, 0, 252_000, 252_000],
      );
      assert.deepEqual(
        [total.inputTokens, total.cacheReadTokens, total.outputTokens, total.reasoningTokens],
        [300, 1000, 220, 20],
      );
      const [session] = sessions;
      assert.deepEqual(
        [session!.own_id, session!.person, session!.labels],
        ['sess-7', 'user-42', '["1.4.0","beta","checkout","production"]'],
      );
    }
  });

  it("reads version 4's export, whose times are in milliseconds and whose rows name their session", async () => {
    const header =
      'id,traceId,traceName,type,name,startTime,endTime,userId,sessionId,level,providedModelName,usageDetails,costDetails,totalCost,latencyMs,timeToFirstTokenMs,tags,release';
    const row =
      'e1,t1,n,GENERATION,g,2026-03-02 09:00:00.000,,u1,s1,DEFAULT,gpt-4o,"{""input"":10,""output"":5}","{""total"":""0.0000000005""}",0.0000000005,1250,90,"[""a""]",r1';
    const found = await importFile(writeFile(`${header}\n${row}\n`, 'events.csv'));
    const call = found.calls.get('e1')!;
    assert.deepEqual(
      pick(call, 'session', 'model', 'inputTokens', 'outputTokens', 'recorded', 'latencyMs', 'ttftMs', 'at'),
      ['s1', 'gpt-4o', 10, 5, 1, 1250, 90, Date.UTC(2026, 2, 2, 9)],
    );
    assert.deepEqual(found.batches[0]!.merges, [{ from: 't1', into: 's1' }]);
    assert.deepEqual(
      [...found.sessions.values()],
      [{ id: 's1', createdAt: undefined, user: 'u1', labels: ['a', 'r1'] }],
    );
  });

  it('reads answers within answers: a session with its traces, a trace with its observations', async () => {
    const trace = {
      id: 't1',
      timestamp: '2026-03-02T09:00:00Z',
      userId: 'u1',
      sessionId: null,
      observations: [generation()],
    };
    const session = {
      id: 's1',
      createdAt: '2026-03-01T00:00:00Z',
      projectId: 'p',
      environment: 'e',
      traces: [trace],
    };
    for (const text of [JSON.stringify(session), JSON.stringify(session, null, 2)]) {
      const { total, sessions } = await ledgerOf(writeFile(text));
      assert.deepEqual(
        [total.calls, sessions.length, sessions[0]!.own_id, sessions[0]!.person],
        [1, 1, 's1', 'u1'],
      );
    }
  });

  it('reads pages of answers, one a line or in a list, and an empty page', async () => {
    const page = (id: string) => ({
      _deprecation: { message: 'm' },
      data: [generation({ id })],
      meta: { page: 1 },
    });
    const empty = { data: [], meta: { page: 3, limit: 50, totalItems: 2, totalPages: 2 } };
    const pages = [page('a'), page('b'), empty];
    for (const text of [pages.map((one) => JSON.stringify(one)).join('\n'), JSON.stringify(pages)]) {
      const found = await importFile(writeFile(text));
      assert.deepEqual([[...found.calls.keys()], found.issues], [['a', 'b'], []]);
    }
    assert.equal((await importFile(writeFile(empty))).issues.length, 0);
  });

  it('reads a list of sessions', async () => {
    const data = [{ id: 's1', createdAt: '2026-03-01T00:00:00Z', projectId: 'p', environment: 'prod' }];
    const found = await importFile(writeFile({ data, meta: {} }));
    assert.deepEqual(
      [...found.sessions.values()],
      [{ id: 's1', createdAt: Date.UTC(2026, 2, 1), user: undefined, labels: ['prod'] }],
    );
  });

  it('counts only what asked a model', async () => {
    const types = ['SPAN', 'EVENT', 'AGENT', 'TOOL', 'EMBEDDING', 'GENERATION'];
    const plain = types.map((type) => generation({ id: type, type }));
    const used = types.map((type) => generation({ id: `${type} used`, type, usageDetails: { input: 1 } }));
    assert.deepEqual(
      (await callsIn(writeFile([...plain, ...used]))).map(({ id }) => id),
      ['EMBEDDING', 'GENERATION', ...types.map((type) => `${type} used`)],
    );
  });

  it('prefers buckets to sums, the newer word, then the larger one, whatever comes first', async () => {
    const sums = writeFile([
      generation({ usage: { input: 1300, output: 220 }, updatedAt: '2026-04-01T00:00:00Z' }),
    ]);
    const buckets = writeFile([
      generation({ usageDetails: { input: 300, input_cached_tokens: 1000, output: 220 } }),
    ]);
    const early = writeFile([
      generation({ usageDetails: { input: 300, output: 5000 }, updatedAt: '2026-03-02T09:00:01Z' }),
    ]);
    const late = writeFile([
      generation({ usageDetails: { input: 300, output: 7 }, updatedAt: '2026-03-02T09:00:02Z' }),
    ]);
    for (const [paths, expected] of [
      [
        [sums, buckets],
        [300, 1000, 220],
      ],
      [
        [early, late],
        [300, 0, 7],
      ],
    ] as const) {
      for (const order of [paths, [...paths].reverse()]) {
        const { total } = await ledgerOf(...order);
        assert.deepEqual(
          [total.calls, total.inputTokens, total.cacheReadTokens, total.outputTokens],
          [1, ...expected],
        );
      }
    }
  });
});
