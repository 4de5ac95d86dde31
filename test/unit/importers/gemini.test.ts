import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gemini } from '../../../src/importers/gemini';
import { logOf, response, writeLog } from '../../support/gemini';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import type { CallFact } from '../../../src/shared/facts';

const sample = join(__dirname, '../../fixtures/gemini/gemini-usage-metadata.jsonl');
const callsIn = async (path: string): Promise<CallFact[]> => [...(await importFile(path)).calls.values()];
const first = async (...records: unknown[]): Promise<CallFact> => (await callsIn(logOf(...records)))[0]!;
const figures = (call: CallFact) => [
  ...[call.inputTokens, call.cacheReadTokens, call.outputTokens, call.reasoningTokens],
  ...[call.audioInputTokens, call.audioCachedTokens, call.audioOutputTokens],
];

describe('Gemini', () => {
  // Worked out by hand: see arithmetic.md beside the sample.
  it('reads the sample', async () => {
    const found = await importFile(sample);
    assert.deepEqual([found.importer, found.issues, found.sessions.size], ['gemini', [], 1]);
    assert.deepEqual(
      [...found.calls.values()].map((call) => [call.provider, call.model, ...figures(call)]),
      [
        ['google', 'gemini-2.5-flash', 422, 100, 178, 136, 165, 0, 0],
        ['google', undefined, 522, 0, 178, 136, 165, 0, 42],
      ],
    );
  });

  for (const [name, record, expected] of [
    [
      "Python's spelling",
      {
        model_version: 'gemini-2.5-flash',
        response_id: 'p1',
        usage_metadata: {
          ...{
            prompt_token_count: 100,
            cached_content_token_count: 40,
            candidates_token_count: 7,
            thoughts_token_count: null,
          },
          prompt_tokens_details: [
            { modality: 'MediaModality.AUDIO', token_count: 60 },
            { modality: { value: 'TEXT' }, token_count: 40 },
          ],
          cache_tokens_details: [{ modality: 'AUDIO', token_count: 30 }],
        },
      },
      [60, 40, 7, 0, 60, 30, 0],
    ],
    [
      'results of tools as input',
      {
        usageMetadata: {
          promptTokenCount: 10,
          toolUsePromptTokenCount: 90,
          candidatesTokenCount: 5,
          totalTokenCount: 15,
        },
      },
      [100, 0, 5, 0, 0, 0, 0],
    ],
    [
      'details where the count is missing',
      {
        usageMetadata: {
          promptTokenCount: 10,
          responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 8 }],
        },
      },
      [10, 0, 8, 0, 0, 0, 8],
    ],
    [
      'no more audio than there is',
      {
        usageMetadata: {
          promptTokenCount: 10,
          promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 800 }],
        },
      },
      [10, 0, 0, 0, 10, 0, 0],
    ],
    [
      'the Interactions API',
      {
        ...{ id: 'i1', model: 'gemini-3-pro' },
        usage: {
          total_input_tokens: 50,
          total_cached_tokens: 20,
          total_output_tokens: 6,
          total_thought_tokens: 4,
          total_tokens: 60,
        },
      },
      [30, 20, 10, 4, 0, 0, 0],
    ],
    ['usage alone', { promptTokenCount: 3, candidatesTokenCount: 4 }, [3, 0, 4, 0, 0, 0, 0]],
    [
      'an envelope',
      { timestamp: '2026-03-02T09:00:00Z', session_id: 's', response: response('e1', 3, 4) },
      [3, 0, 4, 0, 0, 0, 0],
    ],
  ] as const) {
    it(`reads ${name}`, async () => assert.deepEqual(figures(await first(record)), expected));
  }

  it('takes time, session and model from the envelope, and a model that a Live session asked for', async () => {
    const wrapped = { ts: 1772442000, session_id: 's', response: response('e1', 3, 4) };
    const call = await first(wrapped);
    assert.deepEqual(
      [call.id, call.at, call.session, call.model],
      ['e1', 1772442000000, 's', 'gemini-2.5-flash'],
    );
    const live = { usageMetadata: { promptTokenCount: 1, responseTokenCount: 2 } };
    assert.equal((await first({ setup: { model: 'models/gemini-live' } }, live)).model, 'gemini-live');
  });

  it('reads arrays, one object over several lines, and event streams', async () => {
    const records = [response('a', 1, 2), response('b', 3, 4)];
    const stream =
      records.map((record) => `event: message\ndata: ${JSON.stringify(record)}\n\n`).join('') +
      'data: [DONE]\n';
    for (const [text, ids] of [
      [JSON.stringify(records), ['a', 'b']],
      [JSON.stringify(records, null, 2), ['a', 'b']],
      [JSON.stringify(records[0], null, 2), ['a']],
      [stream, ['a', 'b']],
    ] as const) {
      const found = await importFile(writeLog(text));
      assert.deepEqual([[...found.calls.keys()], found.issues], [ids, []], text.slice(0, 20));
    }
  });

  it('keeps the last chunk of a streamed response, also where chunks arrive in another order', async () => {
    const chunks = [response('a', 10, 1), response('a', 10, 20), response('b', 1, 1), response('a', 10, 42)];
    for (const order of [chunks, [...chunks].reverse()]) {
      const { total } = await ledgerOf(logOf(...order));
      assert.deepEqual([total.calls, total.inputTokens, total.outputTokens], [2, 11, 43]);
    }
    const { total } = await ledgerOf(...chunks.map((chunk) => logOf(chunk)).reverse());
    assert.deepEqual([total.calls, total.outputTokens], [2, 43]);
  });

  describe('with bad input', () => {
    it('takes a failure as a call that failed, and lines without usage as none', async () => {
      const failed = {
        timestamp: 1772442000,
        error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'You asked: CANARY' },
      };
      const found = await importFile(
        logOf(response('a', 1, 1), failed, { serverContent: {} }, { usageMetadata: {} }),
      );
      assert.deepEqual(found.issues, []);
      const [, call] = [...found.calls.values()];
      assert.deepEqual([found.calls.size, call!.failed, call!.error], [2, true, '429 RESOURCE_EXHAUSTED']);
    });

    it('names the lines and counts that it cannot read, and imports the rest', async () => {
      const broken = {
        responseId: 'b',
        usageMetadata: { promptTokenCount: -5, candidatesTokenCount: 'NaN', thoughtsTokenCount: 3 },
      };
      const found = await importFile(
        logOf(response('a', 1, 1), '{"cut', 17, broken, { usageMetadata: 'x' }, response('c', 1, 1)),
      );
      assert.deepEqual(
        found.issues.map(({ place }) => place),
        ['line 2', 'line 3', 'line 4', 'line 5'],
      );
      assert.match(found.issues[2]!.message, /promptTokenCount, candidatesTokenCount/);
      assert.deepEqual([...found.calls.keys()], ['a', 'b', 'c']);
      assert.equal(found.calls.get('b')!.outputTokens, 3);
    });

    it('takes any type in any field', async () => {
      const wrong = [null, true, -7, 1e30, '', 'words', [], [1], {}, { a: { a: {} } }];
      const names = [
        'modelVersion',
        'responseId',
        'sessionId',
        'timestamp',
        'usageMetadata',
        'response',
        'error',
        'setup',
        'usage',
      ];
      const inUsage = [
        'promptTokenCount',
        'thoughtsTokenCount',
        'promptTokensDetails',
        'cacheTokensDetails',
        'totalTokenCount',
      ];
      const rows = [
        ...names.flatMap((name) => wrong.map((value) => ({ ...response('x', 5, 6), [name]: value }))),
        ...inUsage.flatMap((name) =>
          wrong.map((value) => ({
            responseId: 'y',
            usageMetadata: { candidatesTokenCount: 6, [name]: value },
          })),
        ),
      ];
      const { total } = await ledgerOf(logOf(...rows));
      assert.ok(total.calls >= 2 && Object.values(total).every((value) => Number.isFinite(value)));
    });

    it('takes deep nesting', async () => {
      const deep = `{"usageMetadata":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
      assert.equal((await importFile(logOf(response('a', 1, 1), deep, response('b', 1, 1)))).calls.size, 2);
    });
  });

  it('keeps no prompt and no answer', async () => {
    const secret = 'CANARY-51c0';
    const record = response('a', 1, 1, {
      candidates: [{ content: { parts: [{ text: secret }], role: 'model' }, finishMessage: secret }],
      ...{ request: { contents: [{ parts: [{ text: secret }] }] }, prompt: secret, key: secret },
    });
    const { batches, issues } = await importFile(logOf(record));
    assert.ok(batches.length > 0 && !JSON.stringify([batches, issues]).includes(secret));
  });

  it('knows an answer whose text is longer than what is looked at, and leaves the files of others alone', () => {
    const long = `{"candidates": [{"content": {"parts": [{"text": "${'x'.repeat(20_000)}`;
    for (const [head, expected] of [
      [long, true],
      ['', false],
      ['[]', false],
      ['{"usage_metadata": {"input_tokens": 5, "output_tokens": 6}}', false],
      ['{"usage": {"input_tokens": 5}}', false],
      ['{"sessionId":"a","projectHash":"b","messages":[{"tokens":{"input":1,"promptTokenCount":1}}]}', false],
    ] as const) {
      assert.equal(gemini.detect({ path: 'x', head }), expected, head.slice(0, 60));
    }
  });
});
