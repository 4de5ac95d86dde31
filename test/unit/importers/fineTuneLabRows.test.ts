import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { csvOf, lastStates, makeWorkspace, without } from '../../support/fineTuneLab';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { temporaryFolder } from '../../support/synthDb';
import type { TableRow } from '../../support/fineTuneLab';

describe('FineTuneLab rows', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const write = (name: string, content: string): string => {
    writeFileSync(folder.file(name), content);
    return folder.file(name);
  };

  describe('what its numbers mean', () => {
    const base = { ...lastStates(makeWorkspace(7).states)[0], status: 'completed', end_time: null };
    const callOf = async (fields: TableRow) => {
      const { calls, issues } = await importFile(write('one.json', JSON.stringify([{ ...base, ...fields }])));
      assert.deepEqual(issues, []);
      return [...calls.values()][0];
    };

    it('counts spans of LLM operations only', async () => {
      const used = { input_tokens: 5, output_tokens: 5, model_name: 'm' };
      for (const operation_type of ['llm_call', 'embedding', 'llm.completion', 'chat', 'something_new'])
        assert.ok(await callOf({ ...used, operation_type }), operation_type);
      for (const operation_type of [
        'tool_call',
        'retrieval',
        'prompt_generation',
        'response_processing',
        'agent_run',
      ])
        assert.equal(await callOf({ ...used, operation_type }), undefined, operation_type);
      for (const operation_type of ['something_new', null, 17])
        assert.equal(
          await callOf({ ...used, operation_type, input_tokens: null, output_tokens: null }),
          undefined,
        );
    });

    it('takes a span that was left running as failed, unless its end is known', async () => {
      const unused = { input_tokens: null, output_tokens: null, cost_usd: null };
      const failed = async (fields: TableRow) => (await callOf({ ...unused, ...fields }))!.failed;
      assert.equal(await failed({ status: 'running' }), true);
      assert.equal(await failed({ status: 'pending' }), true);
      assert.equal(await failed({ status: 'running', end_time: '2025-12-21T07:33:22+00' }), false);
      assert.equal(await failed({ status: 'running', output_tokens: 7 }), false);
      assert.deepEqual(await Promise.all(['error', 'FAILED'].map((status) => failed({ status }))), [
        true,
        true,
      ]);
      for (const status of ['success', 'cancelled', 'completed'])
        assert.equal(await failed({ status }), false);
    });

    it('tells errors by class and code, and never by their message', async () => {
      const error = async (fields: TableRow) => (await callOf({ status: 'failed', ...fields }))!.error;
      assert.equal(await error({ error_type: 'RateLimitError' }), 'RateLimitError');
      assert.equal(await error({ error_type: null, error_category: 'rate_limit' }), 'rate_limit');
      assert.equal(await error({ error_type: 'you said: CANARY', error_message: 'CANARY' }), undefined);
      assert.equal(await error({ error_type: 'x'.repeat(101) }), undefined);
    });

    it('knows cached tokens beside the input of Anthropic, and inside of anyone else’s', async () => {
      const tokens = async (fields: TableRow) => {
        const call = (await callOf({ input_tokens: 1300, output_tokens: 220, ...fields }))!;
        return [call.inputTokens, call.cacheReadTokens, call.cacheWriteTokens, call.outputTokens];
      };
      const cached = { cache_read_input_tokens: '1000', cache_creation_input_tokens: 100 };
      assert.deepEqual(
        await tokens({ ...cached, model_provider: 'openai', model_name: 'gpt-4o' }),
        [200, 1000, 100, 220],
      );
      assert.deepEqual(await tokens({ ...cached, model_provider: 'Anthropic' }), [1300, 1000, 100, 220]);
      assert.deepEqual(
        await tokens({ ...cached, model_provider: null, model_name: 'claude-3' }),
        [1300, 1000, 100, 220],
      );
      assert.deepEqual(
        await tokens({ cache_read_input_tokens: 2000 }),
        [1300, 2000, 0, 220],
        'no part of it',
      );
      assert.deepEqual(await tokens({ input_tokens: null, total_tokens: 1520 }), [1300, 0, 0, 220]);
      assert.deepEqual(await tokens({ output_tokens: null, total_tokens: '1520' }), [1300, 0, 0, 220]);
    });

    it('keeps costs of numbers and of decimal strings, never as exact', async () => {
      for (const cost_usd of [0.000327, '0.000327', '3.27e-4']) {
        const call = (await callOf({ cost_usd }))!;
        assert.deepEqual([call.recorded, call.recordedExact], [327_000, false]);
      }
      for (const cost_usd of [-1, 'free', {}, null])
        assert.equal((await callOf({ cost_usd }))!.recorded, undefined);
    });

    it('reads times of every kind, and the time in the id where there is none', async () => {
      const at = async (start_time: unknown) => (await callOf({ start_time, created_at: null }))!.at;
      const times = [
        '2025-12-21T07:33:20+00:00',
        '2025-12-21 07:33:20.000+00',
        1766302400,
        1766302400000,
        '1766302400',
      ];
      for (const time of times) assert.equal(await at(time), 1766302400000, String(time));
      for (const time of ['soon', {}, null, -5]) assert.equal(await at(time), Date.UTC(2025, 11, 21, 7));
      assert.equal((await callOf({ start_time: 'soon', created_at: null, span_id: 'mine' }))!.at, undefined);
    });

    it('brings spans that name only their trace to its conversation, and no trace to two', async () => {
      const trace = { ...base, trace_id: 't', span_id: 's1', conversation_id: 'c1' };
      const rows = [
        trace,
        { ...trace, span_id: 's2', conversation_id: null },
        { ...trace, span_id: 's3', conversation_id: 'c2' },
      ];
      const { sessions, calls } = await ledgerOf(write('merge.json', JSON.stringify(rows)));
      assert.deepEqual(
        sessions.map(({ own_id }) => own_id),
        ['c1', 'c2'],
      );
      assert.deepEqual(
        calls.map(({ key, session }) => [key, session]),
        [
          ['s1', 'c1'],
          ['s2', 'c1'],
          ['s3', 'c2'],
        ],
      );
    });

    it('keeps the first tag of a session, whatever the order of its spans and files', async () => {
      const tagged = (n: number, tag: string) => ({ ...base, span_id: `s${n}`, session_tag: tag });
      const rows = [
        tagged(1, 'chat_model_4f9a1c_1000'),
        tagged(2, 'chat_model_4f9a1c_003'),
        tagged(3, 'chat_model_4f9a1c_004'),
      ];
      for (const order of [rows, [...rows].reverse()]) {
        const files = order.map((row, i) => write(`tag-${i}.json`, JSON.stringify([row])));
        for (const paths of [[write('tags.json', JSON.stringify(order))], files]) {
          const { sessions } = await ledgerOf(...paths);
          assert.deepEqual(
            sessions.map(({ tag }) => tag),
            ['chat_model_4f9a1c_003'],
          );
        }
      }
    });
  });

  describe('with bad input', () => {
    const { states } = makeWorkspace(5);
    const good = lastStates(states).find((row) => row.status === 'completed')!;
    const wrong: readonly unknown[] = [
      null,
      17,
      -3,
      'nonsense',
      '',
      true,
      {},
      [],
      [[{}]],
      { a: [1] },
      '\u0000',
      1e308,
    ];

    it('goes on whatever stands in a field', async () => {
      for (const name of [...Object.keys(good), 'conversation_id', 'children', 'unknown_field']) {
        const rows = wrong.map((value) => ({ ...good, [name]: value }));
        const last = { ...good, span_id: 'last', id: 'last', trace_id: 'last' };
        const { calls, issues } = await ledgerOf(write('field.json', JSON.stringify([...rows, last])));
        assert.ok(
          calls.some(({ key }) => key === 'last'),
          name,
        );
        for (const call of calls) {
          for (const field of ['input', 'output', 'cache_read', 'recorded', 'latency_ms'])
            assert.ok(Number(call[field] ?? 0) >= 0, `${name}: ${field}`);
        }
        for (const issue of issues) assert.match(issue.place ?? '', /^rows\.\d+$/, name);
      }
    });

    it('goes on whatever field is missing', async () => {
      for (const name of Object.keys(good)) {
        const row = without(good, name);
        const last = { ...good, span_id: 'last', id: 'last', trace_id: 'last' };
        const { calls } = await ledgerOf(write('field.json', JSON.stringify([last, row])));
        assert.ok(
          calls.some(({ key }) => key === 'last'),
          name,
        );
      }
    });

    it('names the rows that it leaves out', async () => {
      const nameless = { ...good, span_id: null, id: null };
      const json = JSON.stringify([good, 17, null, nameless, { hello: 1 }, [good]]).replace('17', 'NaN');
      const array = await importFile(write('rows.json', json));
      assert.deepEqual(
        array.issues.map(({ place }) => place),
        ['rows.1', 'rows.2', 'rows.3', 'rows.4', 'rows.5'],
      );
      assert.equal(array.calls.size, 1);
      const line = JSON.stringify(good);
      const lines = await importFile(write('rows.jsonl', `${line}\n\nnonsense\n${line.slice(0, 90)}`));
      assert.deepEqual(
        lines.issues.map(({ place }) => place),
        ['line 3', 'line 4'],
      );
      assert.equal(lines.calls.size, 1);
      const short = `${csvOf([good])}\na,b\n`;
      assert.deepEqual(
        (await importFile(write('rows.csv', short))).issues.map(({ place }) => place),
        ['line 3'],
      );
    });

    it('reads what stands before the cut', async () => {
      const text = JSON.stringify({ success: true, data: [good, good] });
      const { calls, issues } = await importFile(write('cut.json', text.slice(0, -200)));
      assert.equal(calls.size, 1);
      assert.match(issues[0]!.place!, /^byte \d+$/);
    });

    it('takes the newest of rows that differ, and tokens of the future for what they are', async () => {
      const rows = [
        { ...good, updated_at: '2026-01-01T00:00:00Z', input_tokens: 7, cost_usd: 'NaN' },
        { ...good, updated_at: '2025-12-31T00:00:00Z', input_tokens: 9_000_000, cost_usd: 5 },
      ];
      for (const order of [rows, [...rows].reverse()]) {
        const { total } = await ledgerOf(write('double.json', JSON.stringify(order)));
        assert.deepEqual([total.calls, total.inputTokens], [1, 7]);
      }
    });

    it('bears deep nesting', async () => {
      const deep = `${'{"children":['.repeat(20_000)}${']}'.repeat(20_000)}`;
      const { calls } = await importFile(write('deep.jsonl', `${JSON.stringify(good)}\n${deep}\n`));
      assert.equal(calls.size, 1);
    });

    it('stores no prompt, answer, title, message or key', async () => {
      const secret = 'CANARY';
      const row = {
        ...{
          ...good,
          input_data: { secret },
          output_data: { secret },
          error_message: secret,
          reasoning: secret,
        },
        ...{
          retry_reason: `because ${secret}`,
          user_notes: secret,
          judgments: [{ notes: secret }],
          status: 'failed',
        },
        ...{ error_type: `it was ${secret} that`, request_headers_sanitized: { secret }, span_name: secret },
        metadata: { tags: ['ok'], previous_message_id: secret, note: secret },
      };
      const chat = {
        id: 'c',
        user_id: 'u',
        title: secret,
        session_id: null,
        llm_model_id: null,
        content: secret,
      };
      const unified = {
        _type: 'trace',
        traceId: 't',
        retryReason: secret,
        status: 'failed',
        errorType: `${secret} is`,
      };
      const lines = [row, chat, unified, { traceId: 'u', metadata: { prompt: secret } }];
      const { batches } = await importFile(
        write('private.jsonl', lines.map((one) => JSON.stringify(one)).join('\n')),
      );
      assert.equal(batches.flatMap(({ calls }) => calls ?? []).length, 3);
      assert.ok(!JSON.stringify(batches).includes(secret), JSON.stringify(batches));
    });
  });
});
