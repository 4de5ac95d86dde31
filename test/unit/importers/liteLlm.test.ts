import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { importFile } from '../../support/imported';
import { allOf, callIn, fixture, jsonLines, sourceFile, tokens } from '../../support/sourceFiles';
import { damaged, isSound } from '../../support/wrongValues';
import { liteLlm } from '../../../src/importers/liteLlm';

const logs = fixture('litellm', 'spend_logs.json');
const payloads = fixture('litellm', 'standard_logging_payload.jsonl');
const table = fixture('litellm', 'LiteLLM_SpendLogs.csv');
type Row = Record<string, unknown>;
const row = (fields: Row = {}): Row => ({
  ...(JSON.parse(readFileSync(logs, 'utf8')) as Row[])[0],
  ...fields,
});
const payload = (fields: Row = {}): Row => ({
  ...(JSON.parse(readFileSync(payloads, 'utf8').split('\n')[0]!) as Row),
  ...fields,
});
const lines = (...records: Row[]): string => sourceFile(jsonLines(records), 'log.jsonl');

describe('LiteLLM', () => {
  // By hand: 1,300 prompt tokens of which 1,000 cached leave 300; naive: 1,300 + 1,000.
  for (const [name, path] of Object.entries({ logs, payloads, table })) {
    it(`takes what was cached out of the prompt: ${name}`, async () => {
      const call = await callIn(path, 'chatcmpl-1');
      assert.deepEqual(tokens(call), [300, 1000, 0, 220, 20]);
      assert.deepEqual(
        [call.recorded, call.recordedExact, call.at, call.latencyMs, call.ttftMs, call.failed],
        [252_000, true, Date.UTC(2026, 2, 2, 9), 2500, 700, false],
      );
      assert.deepEqual([call.provider, call.model, call.responseId], ['openai', 'gpt-4o-mini', 'chatcmpl-1']);
    });
  }

  it('knows the session by session_id, else by trace_id, and end users before users', async () => {
    const { sessions } = await importFile(logs);
    assert.deepEqual([...sessions.values()], [{ id: 'sess-7', user: 'user-42', labels: ['beta'] }]);
    assert.equal((await callIn(payloads, 'chatcmpl-1')).session, 'tr-1');
    const inner = await importFile(lines(payload({ end_user: null })));
    assert.equal(inner.sessions.get('tr-1')!.user, 'ana');
    assert.equal((await callIn(lines(row({ session_id: null })), 'chatcmpl-1')).session, 'chatcmpl-1');
  });

  it('tells a failure by class, else code, and never by its message', async () => {
    const call = await callIn(payloads, 'x-2');
    assert.deepEqual(
      [call.failed, call.error, tokens(call), call.responseId],
      [true, 'RateLimitError', [0, 0, 0, 0, 0], undefined],
    );
    const failed = (fields: Row) => callIn(lines(payload({ id: 'f', status: 'failure', ...fields })), 'f');
    assert.equal((await failed({ error_information: { error_code: '429' } })).error, '429');
    assert.equal((await failed({ error_str: 'litellm.Timeout: CANARY' })).error, 'Timeout');
    assert.equal((await failed({ error_str: 'what the user said' })).error, 'error');
    assert.equal((await failed({})).error, 'failure');
  });

  it('takes the 0 of a cache hit as a true 0, and any other 0 beside tokens as unknown (naive: all are free)', async () => {
    const { calls } = await importFile(table);
    const hit = [...calls.values()].find(({ id }) => String(id).includes(' hit '))!;
    assert.deepEqual(
      [hit.recorded, hit.recordedExact, hit.responseId, tokens(hit)],
      [0, true, undefined, [1300, 0, 0, 220, 0]],
    );
    assert.deepEqual(
      [calls.get('local-1')!.recorded, tokens(calls.get('local-1')!)],
      [undefined, [20, 0, 0, 10, 0]],
    );
  });

  it('knows an answer of the cache by when it began: each place gives it an id of its own', async () => {
    // Naive: 1772442060.5094 and ...5110 are two calls; the table rounds 500.7 up to 501 ms.
    const hit = payload({
      ...{ id: 'chatcmpl-1_cache_hit1772442060.5094', cache_hit: true, response_cost: 0 },
      ...{ startTime: 1772442060.5007, endTime: 1772442060.509 },
    });
    const [told] = (await importFile(lines(hit))).calls.values();
    const inTable = [...(await importFile(table)).calls.values()].find((call) => call.also !== undefined)!;
    assert.equal(told!.id, `chatcmpl-1 hit ${Date.UTC(2026, 2, 2, 9, 1, 0, 500)}`);
    assert.deepEqual(
      [inTable.id, inTable.also],
      [`chatcmpl-1 hit ${Date.UTC(2026, 2, 2, 9, 1, 0, 501)}`, [told!.id]],
    );
  });

  it("has Anthropic's cache writes and reads inside of the prompt (naive: 4,050 tokens of input)", async () => {
    assert.deepEqual(tokens(await callIn(table, 'msg_01A')), [50, 1500, 500, 300, 0]);
    assert.equal((await callIn(table, 'msg_01A')).recorded, 10_537_500);
  });

  it('counts a retry as a call of its own in the same session', async () => {
    const { calls } = await importFile(table);
    const retried = [...calls.values()].filter(({ session }) => session === 'tr-3');
    assert.deepEqual(
      retried.map(({ failed, error }) => [failed, error]),
      [
        [true, 'InternalServerError'],
        [false, undefined],
      ],
    );
  });

  it('counts what asks no model only if it used something', async () => {
    assert.ok(!(await importFile(table)).calls.has('file-1'));
    const tool = row({
      request_id: 'tool',
      call_type: 'call_mcp_tool',
      prompt_tokens: 0,
      completion_tokens: 0,
    });
    const none = { total_tokens: 0, metadata: {}, spend: 0 };
    assert.equal((await importFile(lines({ ...tool, ...none }))).calls.size, 0);
    assert.equal((await importFile(lines({ ...tool, ...none, spend: 0.01 }))).calls.size, 1);
  });

  it('passes over daily sums and says why (naive: 1,300 tokens twice)', async () => {
    const daily = fixture('litellm', 'LiteLLM_DailyUserSpend.json');
    const csv =
      'date,api_key,model,spend,api_requests,successful_requests,failed_requests\n2026-03-02,k,m,1,1,1,0\n';
    const activity = {
      results: [{ date: '2026-03-02', metrics: { spend: 1, successful_requests: 1, failed_requests: 0 } }],
    };
    const byDay = [{ startTime: '2026-03-02', spend: 1, users: { ana: 1 }, models: { m: 1 } }];
    for (const path of [daily, sourceFile(csv, 'd.csv'), sourceFile(activity), sourceFile(byDay)]) {
      const head = readFileSync(path, 'utf8');
      assert.equal(liteLlm.detect({ path, head }), true, head);
      assert.match(liteLlm.skips!({ path, head })!, /sums of spend by day/);
      assert.equal((await importFile(path)).told, 0);
    }
  });

  it('reads a page of an answer, and one payload a file', async () => {
    for (const path of [
      sourceFile({ total: 1, page: 1, data: [row()] }),
      sourceFile(JSON.stringify(payload(), null, 2)),
      sourceFile(JSON.stringify(payload())),
      sourceFile([payload()]),
    ]) {
      const { calls, issues } = await importFile(path);
      assert.deepEqual([[...calls.keys()], issues], [['chatcmpl-1'], []]);
    }
  });

  it('reads only what was appended, and a last line when it is complete', async () => {
    const [first, second] = [payload(), payload({ id: 'b' })];
    const path = lines(first);
    const before = await importFile(path);
    const half = JSON.stringify(second);
    appendFileSync(path, half.slice(0, 300));
    const torn = await importFile(path, before.cursor);
    assert.deepEqual([torn.told, torn.issues.length, torn.issues[0]!.place], [0, 1, undefined]);
    assert.deepEqual(torn.cursor, before.cursor);
    appendFileSync(path, `${half.slice(300)}\n`);
    const after = await importFile(path, torn.cursor);
    assert.deepEqual([[...after.calls.keys()], after.issues], [['b'], []]);
    writeFileSync(path, jsonLines([payload({ id: 'rewritten' }), second]));
    assert.equal((await importFile(path, after.cursor)).told, 2);
  });

  it('takes any type in any field', async () => {
    const bad = [...damaged(row()), ...damaged(payload())] as Row[];
    const path = lines(
      row(),
      ...bad.map((one, i) => ('request_id' in one ? { ...one, request_id: `b${i}` } : one)),
    );
    const found = await importFile(path);
    assert.ok(found.told > bad.length * 0.9);
    assert.ok([...found.calls.values()].every(isSound));
    assert.ok(found.issues.every(({ message }) => /no request_id or id/.test(message)));
  });

  it('names what it leaves out, and reads the lines beside it', async () => {
    const garbage = Buffer.concat([
      Buffer.from(jsonLines([payload()])),
      Buffer.from([0, 255, 254, 10, 0x7b, 10]),
    ]);
    const deep = `${'{"data":['.repeat(4000)}${']}'.repeat(4000)}\n`;
    const rest = jsonLines([17, null, { ...payload({ id: null }) }, payload({ id: 'last' })]);
    const path = sourceFile(Buffer.concat([garbage, Buffer.from(deep + rest)]), 'x.jsonl');
    const { calls, issues } = await importFile(path);
    assert.deepEqual([...calls.keys()], ['chatcmpl-1', 'last']);
    assert.deepEqual(
      issues.map(({ place }) => place),
      ['line 2', 'line 3', 'line 4', 'line 5', 'line 6', 'line 7'],
    );
  });

  it('keeps nothing that a user wrote', async () => {
    const secret = 'CANARY';
    const words = Object.fromEntries(
      [
        'messages',
        'response',
        'proxy_server_request',
        'error_str',
        'model_parameters',
        'requester_ip_address',
      ].map((name) => [name, { [secret]: secret }]),
    );
    const metadata = { requester_metadata: { secret }, spend_logs_metadata: secret, prompt: secret };
    const error_information = { error_message: secret, traceback: secret, error_class: `a ${secret}` };
    const path = lines(
      row({ ...words, metadata }),
      payload({ ...words, status: 'failure', error_information }),
    );
    for (const found of [await importFile(path), await importFile(table)]) {
      assert.ok(found.told > 0);
      assert.ok(!allOf(found).includes(secret));
    }
  });
});
