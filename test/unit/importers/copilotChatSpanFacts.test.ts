import assert from 'node:assert/strict';
import { editAgentTraces, spanRow } from '../../support/agentTraces';
import { importFile } from '../../support/imported';
import { temporaryFolder } from '../../support/synthDb';
import type { Imported } from '../../support/imported';
import type { CallFact } from '../../../src/shared/facts';

const only = ({ calls }: Imported): CallFact => {
  assert.equal(calls.size, 1);
  return [...calls.values()][0]!;
};

describe('Copilot Chat: what a span says', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  let files = 0;
  const made = (...statements: readonly (readonly string[])[]): string => {
    const path = folder.file(`said-${++files}.db`);
    editAgentTraces(path, ...statements.flat());
    return path;
  };
  const callOf = async (...span: Parameters<typeof spanRow>): Promise<CallFact> =>
    only(await importFile(made(spanRow(...span))));

  describe('what it used and cost', () => {
    it('takes -1 for not reported', async () => {
      const { inputTokens, outputTokens } = await callOf({
        span_id: 'a',
        input_tokens: -1,
        output_tokens: -1,
        provider_name: 'gemini',
      });
      assert.deepEqual([inputTokens, outputTokens], [undefined, undefined]);
    });

    it('takes cached and written tokens out of the input, and never more than it has', async () => {
      const written = { 'gen_ai.usage.cache_creation.input_tokens': '300' };
      const one = await callOf({ span_id: 'a', input_tokens: 1000, cached_tokens: 600 }, written);
      assert.deepEqual([one.inputTokens, one.cacheReadTokens, one.cacheWriteTokens], [100, 600, 300]);
      const other = await callOf({ span_id: 'a', input_tokens: 700, cached_tokens: 600 }, written);
      assert.deepEqual([other.inputTokens, other.cacheReadTokens, other.cacheWriteTokens], [0, 600, 100]);
    });

    const nano = 'copilot_chat.copilot_usage_nano_aiu';
    const costs: readonly (readonly [string, Record<string, string>, number | undefined])[] = [
      ['5.25 credits', { [nano]: '5250000000' }, 52_500_000],
      ['a recorded zero', { [nano]: '0' }, 0],
      ['credits of the agent host', { 'github.copilot.nano_aiu': '1000000000' }, 10_000_000],
      ['a multiplier of premium requests, which is no money', { 'github.copilot.cost': '0.33' }, undefined],
      ['a negative number', { [nano]: '-1' }, undefined],
      ['no number', { [nano]: 'many' }, undefined],
      ['a cost in dollars of another meaning', { 'copilot_chat.total_cost_usd': '9.99' }, undefined],
    ];
    for (const [name, attributes, recorded] of costs)
      it(`reads ${name}`, async () =>
        assert.equal((await callOf({ span_id: 'a' }, attributes)).recorded, recorded));

    it('bills credits from the first moment of June 2026', async () => {
      const at = async (start: number) =>
        (await callOf({ span_id: 'a', start_time_ms: start, end_time_ms: start + 1 }, { [nano]: '100' }))
          .recorded;
      assert.deepEqual([await at(Date.UTC(2026, 5, 1) - 1), await at(Date.UTC(2026, 5, 1))], [undefined, 1]);
    });

    it('goes by the model that answered', async () => {
      const { model } = await callOf({ span_id: 'a', request_model: 'auto', response_model: 'gpt-5.4' });
      assert.equal(model, 'gpt-5.4');
    });

    it('takes the first chunk, in seconds, before the response object', async () => {
      const both = await callOf(
        { span_id: 'a', ttft_ms: 400 },
        { 'gen_ai.response.time_to_first_chunk': '0.65' },
      );
      assert.equal(both.ttftMs, 650);
      assert.equal((await callOf({ span_id: 'a', ttft_ms: 400 })).ttftMs, 400);
    });

    it('knows a failure by its status alone, and never by its message', async () => {
      const broken = await callOf(
        { span_id: 'a', status_code: 2, status_message: 'the words of somebody' },
        { 'error.type': 'TypeError' },
      );
      assert.deepEqual([broken.failed, broken.error], [true, 'TypeError']);
      const sentence = await callOf(
        { span_id: 'a', status_code: 2 },
        { 'error.type': 'the words of somebody' },
      );
      assert.deepEqual([sentence.failed, sentence.error], [true, 'error']);
      assert.equal((await callOf({ span_id: 'a', status_code: 0 })).failed, false);
      const stopped = await callOf({ span_id: 'a' }, { 'copilot_chat.canceled': 'true' });
      assert.deepEqual([stopped.failed, stopped.error], [false, 'cancelled']);
    });
  });

  describe('bad input', () => {
    it('leaves out a span without an id, and says where', async () => {
      const path = made(spanRow({ span_id: null }), spanRow({ span_id: 'b' }));
      const found = await importFile(path);
      assert.equal(only(found).id, 'b');
      assert.deepEqual(found.issues, [
        { path, place: 'spans.1', message: 'It has no span_id and is left out.' },
      ]);
    });

    it('takes what is no count, time or name as not recorded', async () => {
      const call = await callOf({
        ...{
          span_id: 'a',
          input_tokens: 'many',
          output_tokens: 1e300,
          cached_tokens: -5,
          reasoning_tokens: 7,
        },
        ...{
          start_time_ms: 'yesterday',
          end_time_ms: 'today',
          status_code: 'fine',
          ttft_ms: 'soon',
          chat_session_id: ' ',
        },
      });
      assert.deepEqual(
        { ...call, command: undefined },
        {
          ...{ id: 'a', at: undefined, provider: 'github', model: 'gpt-5.4', session: 'no-session' },
          ...{ inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, failed: false },
          ...{ latencyMs: undefined, ttftMs: undefined, command: undefined, responseId: undefined },
        },
      );
    });

    it('reads times of a clock that ran backwards, in seconds, and with only an end', async () => {
      const back = await callOf({ span_id: 'a', start_time_ms: 1787000002000, end_time_ms: 1787000000000 });
      assert.deepEqual([back.at, back.latencyMs], [1787000002000, undefined]);
      assert.equal((await callOf({ span_id: 'a', start_time_ms: 1787000002 })).at, 1787000002000);
      assert.equal(
        (await callOf({ span_id: 'a', start_time_ms: 0, end_time_ms: 1787000002000 })).at,
        1787000002000,
      );
    });

    it('reads a newer schema as far as it knows it, and says so', async () => {
      const path = made(
        [
          'INSERT INTO schema_version VALUES (7)',
          'ALTER TABLE spans ADD COLUMN mood TEXT',
          'ALTER TABLE spans DROP COLUMN cached_tokens',
          'ALTER TABLE spans DROP COLUMN conversation_id',
        ],
        spanRow(
          { span_id: 'a', parent_span_id: 'p', input_tokens: 10 },
          { 'gen_ai.usage.cache_read.input_tokens': '4' },
        ),
      );
      const found = await importFile(path);
      assert.deepEqual([only(found).inputTokens, only(found).cacheReadTokens], [6, 4]);
      assert.match(found.issues[0]!.message, /schema 7 is newer/);
      editAgentTraces(
        path,
        ...spanRow({ span_id: 'p', operation_name: 'invoke_agent', chat_session_id: 's' }),
      );
      assert.equal(only(await importFile(path, found.cursor)).session, 's');
    });

    it('keeps a password in an address of a repository to itself', async () => {
      const agent = { span_id: 'a', operation_name: 'invoke_agent', chat_session_id: 's' };
      const { sessions } = await importFile(
        made(spanRow(agent, { 'copilot_chat.repo.remote_url': 'https://me:token@github.com/o/r.git?x=1' })),
      );
      assert.equal(sessions.get('s')!.project, 'https://github.com/o/r.git');
    });
  });

  it('keeps the words of every text field to itself', async () => {
    const canary = 'CANARY words of somebody';
    const attributes = Object.fromEntries(
      [
        ...[
          'gen_ai.input.messages',
          'gen_ai.output.messages',
          'gen_ai.system_instructions',
          'copilot_chat.user_request',
        ],
        ...[
          'copilot_chat.reasoning_content',
          'copilot_chat.debug_log_label',
          'error.type',
          'copilot_chat.canceled',
        ],
        ...['gen_ai.response.time_to_first_chunk', 'copilot_chat.copilot_usage_nano_aiu', 'other'],
      ].map((key) => [key, canary]),
    );
    const words = {
      name: canary,
      status_message: canary,
      agent_name: canary,
      tool_name: canary,
      status_code: 2,
    };
    const found = await importFile(
      made(
        spanRow({ span_id: 'a', chat_session_id: 's', ...words }, attributes),
        spanRow({ span_id: 'b', operation_name: 'execute_tool', ...words }, attributes),
      ),
    );
    assert.equal(only(found).error, 'error');
    assert.ok(!JSON.stringify(found.batches).includes('CANARY'));
  });
});
