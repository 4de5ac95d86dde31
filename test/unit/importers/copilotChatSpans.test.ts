import assert from 'node:assert/strict';
import { editAgentTraces, spanRow, topLevel } from '../../support/agentTraces';
import { importFile } from '../../support/imported';
import { temporaryFolder } from '../../support/synthDb';
import type { Imported } from '../../support/imported';
import type { CallFact, ImportBatch } from '../../../src/shared/facts';

const parentAttribute = 'copilot_chat.parent_chat_session_id';
const only = ({ calls }: Imported): CallFact => {
  assert.equal(calls.size, 1);
  return [...calls.values()][0]!;
};
const mergesIn = ({ batches }: Imported): ImportBatch['merges'] =>
  batches.flatMap(({ merges = [] }) => merges);

describe('Copilot Chat: single spans', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  let files = 0;
  const made = (...statements: readonly (readonly string[])[]): string => {
    const path = folder.file(`spans-${++files}.db`);
    editAgentTraces(path, ...statements.flat());
    return path;
  };
  const callOf = async (...span: Parameters<typeof spanRow>): Promise<CallFact> =>
    only(await importFile(made(spanRow(...span))));

  describe('the session of a call', () => {
    const places: readonly (readonly [string, Parameters<typeof spanRow>, string])[] = [
      ['its own', [{ span_id: 'a', chat_session_id: 's', conversation_id: 'request' }], 's'],
      ['the one in its attributes', [{ span_id: 'a' }, { 'copilot_chat.session_id': 's' }], 's'],
      ['its parent, where it has none (a title)', [{ span_id: 'a' }, { [parentAttribute]: 's' }], 's'],
      [
        'none for a suggestion of the next edit',
        [{ span_id: 'a', agent_name: 'nes.next', conversation_id: 'r' }],
        'no-session',
      ],
      ['none where nothing names one', [{ span_id: 'a' }], 'no-session'],
      [
        'a conversation of its own where no agent knows it',
        [{ span_id: 'a', conversation_id: 'r' }],
        'conversation:r',
      ],
      [
        'that of a span still to come',
        [{ span_id: 'a', parent_span_id: 'p', conversation_id: 'r' }],
        'span:p',
      ],
    ];
    for (const [name, span, session] of places)
      it(`is ${name}`, async () => assert.equal((await callOf(...span)).session, session));

    it('is a conversation that an agent was invoked in', async () => {
      const agent = spanRow({
        span_id: 'b',
        trace_id: 'u',
        operation_name: 'invoke_agent',
        conversation_id: 'c',
      });
      const found = await importFile(made(spanRow({ span_id: 'a', conversation_id: 'c' }), agent));
      assert.equal(only(found).session, 'c');
    });

    it('is that of the nearest agent above, over tools, and never of the request', async () => {
      const found = await importFile(
        made(
          spanRow({ span_id: 'a', parent_span_id: 'tool', provider_name: 'anthropic', conversation_id: 'r' }),
          spanRow({ span_id: 'tool', parent_span_id: 'inner', operation_name: 'execute_tool' }),
          spanRow({
            span_id: 'inner',
            parent_span_id: 'root',
            operation_name: 'invoke_agent',
            chat_session_id: 'sub',
          }),
          spanRow({ span_id: 'root', operation_name: 'invoke_agent', chat_session_id: 's' }),
        ),
      );
      assert.equal(only(found).session, 'sub');
    });

    it('survives spans that are above each other', async () => {
      const loop = spanRow({ span_id: 'b', parent_span_id: 'a', operation_name: 'execute_tool' });
      assert.equal(
        only(await importFile(made(spanRow({ span_id: 'a', parent_span_id: 'b' }), loop))).session,
        'no-session',
      );
    });

    it('follows sub-agents of sub-agents up, with the kind of each', async () => {
      const found = await importFile(
        made(
          spanRow(
            { span_id: 'a', chat_session_id: 'two', agent_name: 'tool/runSubagent-Plan' },
            { [parentAttribute]: 'one' },
          ),
          spanRow(
            {
              span_id: 'b',
              chat_session_id: 'one',
              agent_name: 'retry-server-error-tool/runSubagent-Explore',
            },
            { [parentAttribute]: 's' },
          ),
          spanRow({ span_id: 'c', chat_session_id: 's' }),
          // A session that calls itself its parent is none of its own agents.
          spanRow({ span_id: 'd', chat_session_id: 'self' }, { [parentAttribute]: 'self' }),
        ),
      );
      const { of, agents } = topLevel(found);
      assert.deepEqual([...found.calls.values()].map(of), ['s', 's', 's', 'self']);
      assert.deepEqual(
        [...agents],
        [
          ['two', 'Plan'],
          ['one', 'Explore'],
        ],
      );
    });
  });

  describe('agents that come after their calls', () => {
    const call = spanRow({ span_id: 'a', parent_span_id: 'tool', provider_name: 'anthropic' });
    const tool = spanRow({ span_id: 'tool', parent_span_id: 'root', operation_name: 'execute_tool' });
    const root = spanRow({ span_id: 'root', operation_name: 'invoke_agent', chat_session_id: 's' });

    it('place the calls that were told before, step by step', async () => {
      const path = made(call);
      const first = await importFile(path);
      editAgentTraces(path, ...tool);
      const second = await importFile(path, first.cursor);
      editAgentTraces(path, ...root);
      const third = await importFile(path, second.cursor);
      assert.deepEqual(
        [first, second, third].map((found) => only(found).session),
        ['span:tool', 'span:root', 's'],
      );
      assert.deepEqual(mergesIn(second), [{ from: 'span:tool', into: 'span:root' }]);
      assert.deepEqual(mergesIn(third), [
        { from: 'span:tool', into: 's' },
        { from: 'span:root', into: 's' },
      ]);
      assert.equal((await importFile(path, third.cursor)).told, 0);
    });

    it('name the conversation of calls that were told before', async () => {
      const path = made(spanRow({ span_id: 'a', conversation_id: 'c' }));
      const first = await importFile(path);
      editAgentTraces(
        path,
        ...spanRow({ span_id: 'r', trace_id: 'u', operation_name: 'invoke_agent', conversation_id: 'c' }),
      );
      const second = await importFile(path, first.cursor);
      assert.deepEqual(mergesIn(second), [{ from: 'conversation:c', into: 'c' }]);
    });
  });

  describe('going on', () => {
    it('reads what was added, and a span that was written again', async () => {
      const path = made(
        spanRow({ span_id: 'a', output_tokens: 1 }),
        spanRow({ span_id: 'b', chat_session_id: 's' }),
      );
      const { cursor } = await importFile(path);
      editAgentTraces(path, ...spanRow({ span_id: 'a', output_tokens: 2 }), ...spanRow({ span_id: 'c' }));
      const { calls } = await importFile(path, cursor);
      assert.deepEqual([...calls.keys()], ['a', 'c']);
      assert.equal(calls.get('a')!.outputTokens, 2);
    });

    it('reads all again when pruning gave the numbers of rows anew', async () => {
      const path = made(spanRow({ span_id: 'a' }), spanRow({ span_id: 'b' }));
      const { cursor } = await importFile(path);
      editAgentTraces(
        path,
        'DELETE FROM spans',
        ...spanRow({ span_id: 'c' }),
        ...spanRow({ span_id: 'd' }),
        ...spanRow({ span_id: 'e' }),
      );
      assert.deepEqual([...(await importFile(path, cursor)).calls.keys()], ['c', 'd', 'e']);
    });

    it('reads an empty database, and then what comes', async () => {
      const path = made([]);
      const { cursor, importer } = await importFile(path);
      assert.equal(importer, 'copilot-chat');
      editAgentTraces(path, ...spanRow({ span_id: 'a' }));
      assert.equal((await importFile(path, cursor)).told, 1);
    });
  });

  it('leaves other stores of spans alone', async () => {
    const path = folder.file('other.db');
    editAgentTraces(
      path,
      'DROP TABLE spans',
      'CREATE TABLE spans (id INTEGER, span_id TEXT, trace_id TEXT, attributes TEXT, start_time TEXT)',
    );
    assert.equal((await importFile(path)).importer, undefined);
  });
});
