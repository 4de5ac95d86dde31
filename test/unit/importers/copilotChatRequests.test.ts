import assert from 'node:assert/strict';
import { begun, canary, conversation, logFile, pushed, request, set } from '../../support/chatLog';
import { toldCalls } from '../../support/countedCalls';
import { importFile } from '../../support/imported';
import { allOf, sourceFile } from '../../support/sourceFiles';
import { damaged, isSound } from '../../support/wrongValues';
import type { Imported } from '../../support/imported';
import type { CallFact } from '../../../src/shared/facts';

const only = ({ calls }: Imported): CallFact => {
  assert.equal(calls.size, 1);
  return [...calls.values()][0]!;
};
const callOf = async (fields: object): Promise<CallFact> =>
  only(await importFile(logFile([begun('s', [request('r', fields)])])));

describe('Copilot Chat: what a request of a conversation says', () => {
  describe('what a request says', () => {
    it('is who sells the model, and its name there', async () => {
      const of = async (fields: object) => {
        const { provider, model } = await callOf(fields);
        return [provider, model];
      };
      assert.deepEqual(await of({ modelId: 'anthropic/claude-opus-4-6' }), ['anthropic', 'claude-opus-4-6']);
      assert.deepEqual(await of({ modelId: 'openrouter/meta/llama-3' }), ['openrouter', 'meta/llama-3']);
      assert.deepEqual(await of({ modelId: 'gpt-4o' }), ['copilot', 'gpt-4o']);
      assert.deepEqual(await of({ modelId: undefined }), ['copilot', undefined]);
    });

    it('is its credits at 0.01 USD each, with 0 as a price', async () => {
      assert.equal((await callOf({ copilotCredits: 5.25 })).recorded, 52_500_000);
      assert.equal((await callOf({ copilotCredits: 0 })).recorded, 0);
      assert.equal((await callOf({ copilotCredits: -1 })).recorded, undefined);
      assert.equal((await callOf({ copilotCredits: 'some' })).recorded, undefined);
    });

    it('is how it ended', async () => {
      const of = async (fields: object) => {
        const { failed, error } = await callOf(fields);
        return [failed, error];
      };
      const details = (code?: string) => ({ result: { errorDetails: { message: canary, code } } });
      assert.deepEqual(await of(details('rateLimited')), [true, 'rateLimited']);
      assert.deepEqual(await of(details()), [true, 'error']);
      assert.deepEqual(await of(details(canary)), [true, 'error']);
      assert.deepEqual(await of(details('canceled')), [false, 'cancelled']);
      assert.deepEqual(await of({ isCanceled: true }), [false, 'cancelled']);
      assert.deepEqual(await of({ modelState: { value: 2 } }), [false, 'cancelled']);
      assert.deepEqual(await of({ modelState: { value: 3 } }), [true, 'error']);
      assert.deepEqual(await of({ result: {} }), [false, undefined]);
      assert.deepEqual(await of({}), [undefined, undefined]);
    });
  });

  describe('bad input', () => {
    it('goes on after a line that is none, and no longer trusts positions', async () => {
      const path = sourceFile(
        Buffer.concat([
          Buffer.from(`${JSON.stringify(begun('s', [request('a')]))}\n`),
          Buffer.from([0xff, 0x00, 0xfe, 0x0a]),
          Buffer.from(
            [set(0, 'promptTokens', 1), pushed(request('b')), set(1, 'promptTokens', 2)]
              .map((line) => `${JSON.stringify(line)}\n`)
              .join(''),
          ),
          Buffer.from(`${JSON.stringify({ kind: 9 })}\n[1]\n`),
        ]),
        'x.jsonl',
      );
      const found = await importFile(path);
      assert.deepEqual(
        [...found.calls.values()].map(({ id, inputTokens }) => [id, inputTokens]),
        [
          ['s/b', undefined],
          ['s/a', 1],
        ],
      );
      assert.deepEqual(
        found.issues.map(({ place }) => place),
        ['line 2', 'line 6', 'line 7'],
      );
    });

    it('leaves out what is no request or has neither id nor time, and says so', async () => {
      const nameless = request('x', { requestId: null, timestamp: 0 });
      const found = await importFile(
        sourceFile({ ...conversation('s'), requests: [7, nameless, request('a')] }),
      );
      assert.equal(only(found).id, 's/a');
      assert.deepEqual(
        found.issues.map(({ place, message }) => [place, message]),
        [
          ['requests.0', 'It is no request and is left out.'],
          [undefined, '1 of its requests have neither an id nor a time and are left out.'],
        ],
      );
    });

    it('survives a wrong value in every field', async () => {
      const full = request('a', {
        ...{
          promptTokens: 5,
          completionTokens: 6,
          copilotCredits: 1,
          isCanceled: false,
          modelState: { value: 1 },
        },
        result: {
          timings: { firstProgress: 1, totalElapsed: 2 },
          errorDetails: { code: 'x' },
          metadata: { responseId: 'r' },
        },
      });
      const lines = [...damaged(full)].map((one, i) => begun(`s${i}`, [one as object]));
      const changes = [...damaged(set(0, 'result', full.result))] as object[];
      const found = await importFile(logFile([begun('s'), ...lines, begun('t', [full]), ...changes]));
      assert.ok(found.told > 100);
      assert.ok(toldCalls(found.batches).every(isSound));
      assert.ok(!allOf(found).includes('CANARY'));
    });
  });

  it('keeps the words of every text field to itself', async () => {
    const lines = [
      begun('s', [request('a', { promptTokens: 1 })]),
      set(0, 'message', { text: canary }),
      { kind: 1, k: ['customTitle'], v: canary },
    ];
    const found = [
      await importFile(logFile(lines)),
      await importFile(sourceFile(conversation('t', [request('b')]))),
    ];
    assert.deepEqual(
      found.map(only).map(({ id }) => id),
      ['s/a', 't/b'],
    );
    assert.ok(!found.map(allOf).join('').includes('CANARY'));
  });
});
