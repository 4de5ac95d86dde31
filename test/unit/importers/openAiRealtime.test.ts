import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEventLog } from '../../../src/importers/openAiRealtime/events';
import { importFile } from '../../support/imported';
import { audio, done, logOf, removeLogs, session, usage } from '../../support/realtimeLog';
import type { CallFact } from '../../../src/shared/facts';

const sample = join(__dirname, '../../fixtures/openai-realtime/events.jsonl');
const calls = async (path: string): Promise<CallFact[]> => [...(await importFile(path)).calls.values()];
const first = async (...lines: unknown[]): Promise<CallFact> => (await calls(logOf(lines)))[0]!;

after(removeLogs);

describe('OpenAI Realtime', () => {
  // Worked out by hand from the file: see the fixture's expected.json.
  it('reads the sample', async () => {
    const found = await importFile(sample);
    assert.equal(found.importer, 'openai-realtime');
    assert.deepEqual(found.issues, []);
    assert.deepEqual([...found.sessions.values()], [{ id: 'sess_rt1', functionCalls: 0 }]);
    const expected = JSON.parse(readFileSync(join(sample, '../events.expected.json'), 'utf8')) as unknown;
    assert.deepEqual(JSON.parse(JSON.stringify([...found.calls.values()])), expected);
  });

  for (const [name, wrap] of [
    ['timestamp and event', (event: object) => ({ timestamp: '2025-11-15T10:15:00.250Z', event })],
    ['ts in seconds and data', (data: object) => ({ ts: 1763201700.25, dir: 'in', data })],
    [
      'time in milliseconds and a message that is text',
      (event: object) => ({ time: 1763201700250, message: JSON.stringify(event) }),
    ],
    ['a time in the event itself', (event: object) => ({ ...event, timestamp: '2025-11-15T10:15:00.250Z' })],
    ['two envelopes', (event: object) => ({ time: 1763201700250, data: { type: 'server', event } })],
    [
      'the type outside',
      ({ type, ...data }: { type?: string }) => ({ event: type, data, timestamp: 1763201700250 }),
    ],
  ] as const) {
    it(`opens envelopes: ${name}`, async () => {
      const call = await first(wrap(session('s')), wrap(done('r')));
      // 2025-11-15T10:15:00.250Z is 1,763,201,700.25 s after 1970 (python3: datetime.timestamp).
      assert.deepEqual([call.id, call.session, call.at, call.inputTokens], ['s/r', 's', 1763201700250, 10]);
    });
  }

  it('has no time where the log has none, and none of nonsense', async () => {
    assert.equal((await first(session('s'), done('r'))).at, undefined);
    assert.equal(
      (await first({ ts: 'soon', event: session('s') }, { ts: 'x', event: done('r') })).at,
      undefined,
    );
  });

  it('takes a response from its beginning to its end', async () => {
    const event = (seconds: number, told: object) => ({ timestamp: 1763201700 + seconds, event: told });
    const found = await importFile(
      logOf([
        event(0, session('s')),
        event(2, { type: 'response.created', response: { id: 'r' } }),
        event(3.5, done('r')),
      ]),
    );
    const [call] = [...found.calls.values()];
    assert.deepEqual([call!.at, call!.latencyMs], [1763201702000, 1500]);
    assert.deepEqual(
      [...found.sessions.values()],
      [{ id: 's', createdAt: 1763201700000, durationMs: 3500, functionCalls: 0 }],
    );
  });

  it('splits cached audio as told, and else as little as there must have been', async () => {
    const details = (cached: object) => ({
      usage: {
        input_tokens: 900,
        output_tokens: 0,
        input_token_details: { text_tokens: 600, audio_tokens: 300, cached_tokens: 700, ...cached },
      },
    });
    const told = await first(
      session('s'),
      done('r', details({ cached_tokens_details: { text_tokens: 450, audio_tokens: 250 } })),
    );
    assert.deepEqual(
      [told.inputTokens, told.cacheReadTokens, told.audioInputTokens, told.audioCachedTokens],
      [200, 700, 300, 250],
    );
    // 200 tokens were not cached, so of 300 of audio at least 100 were.
    const old = await first(session('s'), done('r', details({})));
    assert.deepEqual(
      [old.inputTokens, old.cacheReadTokens, old.audioInputTokens, old.audioCachedTokens],
      [200, 700, 300, 100],
    );
  });

  it('counts audio in seconds only where no usage was given', async () => {
    // 72,000 bytes of PCM, 16 bits at 24 kHz: 1.5 s.
    const heard = await first(session('s'), audio('r', 24000), audio('r', 48000), done('r', { usage: null }));
    assert.deepEqual([heard.audioOutputSeconds, heard.outputTokens], [1.5, undefined]);
    const both = await first(session('s'), audio('r', 24000), done('r'));
    assert.deepEqual([both.audioOutputSeconds, both.outputTokens], [undefined, 20]);
    const open = await first(session('s'), audio('r', 24000));
    assert.deepEqual([open.id, open.audioOutputSeconds], ['s/r', 0.5]);
    const phone = await first(
      session('s', { audio: { output: { format: { type: 'audio/pcmu' } } } }),
      audio('r', 24000),
    );
    assert.equal(phone.audioOutputSeconds, 3);
  });

  it('takes the transcription model from the session', async () => {
    const item = {
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'i',
      content_index: 0,
      transcript: 'canary',
      usage: { type: 'duration', seconds: 2.5 },
    };
    const whisper = { input_audio_transcription: { model: 'whisper-1' } };
    const transcribe = { audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } };
    assert.equal((await first(session('s', whisper), item)).model, 'whisper-1');
    assert.equal((await first(session('s', transcribe), item)).model, 'gpt-4o-transcribe');
    assert.equal((await first(session('s'), item)).model, undefined);
    const updated = { ...session('s', transcribe), type: 'session.updated' };
    assert.equal((await first(session('s', whisper), updated, item)).model, 'gpt-4o-transcribe');
    const failed = { ...item, type: item.type.replace('completed', 'failed'), usage: undefined };
    const call = await first(session('s', whisper), { ...failed, error: { code: 'audio_unintelligible' } });
    assert.deepEqual(
      [call.failed, call.error, call.audioInputSeconds],
      [true, 'audio_unintelligible', undefined],
    );
  });

  it('counts what was cut off or failed, with its reason', async () => {
    const details = { status: 'failed', status_details: { error: { type: 'server_error', code: null } } };
    const failed = await first(session('s'), done('r', { ...details, usage: usage(5, 0) }));
    assert.deepEqual([failed.failed, failed.error, failed.inputTokens], [true, 'failed: server_error', 5]);
    const [, cut] = (await calls(sample)).filter(
      ({ audioOutputTokens }) => audioOutputTokens !== undefined && audioOutputTokens > 0,
    );
    assert.deepEqual([cut!.failed, cut!.error], [true, 'cancelled: turn_detected']);
  });

  it('counts a function call once, in whatever ways it is told', async () => {
    const call = { type: 'function_call', call_id: 'call_1', name: 'drive', arguments: '{}' };
    const told = { type: 'response.function_call_arguments.done', call_id: 'call_1', response_id: 'r' };
    const lines = [session('s'), told, done('r', { output: [call] }), { ...told, call_id: 'call_2' }];
    const found = await importFile(logOf([...lines, ...lines]));
    assert.equal(found.sessions.get('s')!.functionCalls, 2);
  });

  it('knows events without their ids by themselves', async () => {
    const response = { ...done('r').response, id: undefined };
    const named = { type: 'response.done', event_id: 'ev7', response };
    const nameless = { type: 'response.done', response };
    const found = await importFile(logOf([session('s'), named, named, nameless, nameless]));
    assert.deepEqual(
      [...found.calls.keys()].map((id) => String(id).replace(/[0-9a-f]{32}/, '<hash>')),
      ['s/ev7', 's/<hash>'],
    );
  });

  it('keeps nothing that was said', async () => {
    const words = 'canary words of the user';
    const found = await importFile(
      logOf([
        session('s', { instructions: words, tools: [{ name: words }] }),
        { type: 'conversation.item.created', item: { content: [{ text: words }] } },
        {
          type: 'conversation.item.input_audio_transcription.failed',
          item_id: 'i',
          transcript: words,
          error: { message: words, code: words },
        },
        { type: 'response.output_audio_transcript.done', transcript: words },
        done('r', {
          status: 'failed',
          output: [{ content: [{ transcript: words }] }, { type: 'function_call', arguments: words }],
          status_details: { reason: words, error: { message: words } },
        }),
        `{"cut": "${words}`,
      ]),
    );
    assert.equal(found.calls.size, 2);
    assert.doesNotMatch(JSON.stringify(found.batches), /canary/);
  });

  describe('recognises', () => {
    const accepted = [
      JSON.stringify(session('s')),
      `{"app": "started"}\n${JSON.stringify({ ts: 1, event: done('r') })}`,
      `{"type":"response.audio.delta","response_id":"r","delta":"${'A'.repeat(20_000)}`.slice(0, 16_384),
      `{"ts": 1, "event": {"type":"session.created","session":{"id":"s","instructions":"${'x'.repeat(20_000)}`,
    ];
    for (const head of accepted) it(head.slice(0, 60), () => assert.ok(isEventLog(head)));
    const refused = [
      '{"type":"response.created","response":{"id":"resp_1","object":"response"}}',
      '{"type":"session.updated","properties":{"info":{"id":"ses_1"}}}',
      '{"type":"session_meta","payload":{"id":"x"}}',
      '{"type":"user","message":{"role":"user","content":"session.created"}}',
      '[{"type":"response.done"}]',
      '{}',
      '',
    ];
    for (const head of refused) it(`not ${head}`, () => assert.ok(!isEventLog(head)));
  });

  describe('with bad input', () => {
    const values = [null, 'x', -1, NaN, 1e999, true, [], {}, [[[]]], { a: { b: 1 } }, '', '7', 1e300];
    const fields = ['input_tokens', 'output_tokens', 'input_token_details', 'output_token_details', 'type'];

    it('reads the rest, whatever a field holds', async () => {
      const rows = fields.flatMap((field) =>
        values.map((value, i) =>
          done(`${field}-${i}`, { usage: { input_tokens: 3, output_tokens: 4, [field]: value } }),
        ),
      );
      const found = await importFile(logOf([session('s'), ...rows, done('last')]));
      assert.equal(found.calls.size, rows.length + 1);
      for (const call of found.calls.values()) {
        for (const count of [call.inputTokens, call.outputTokens])
          assert.ok(Number.isInteger(count) && count! >= 0);
      }
      // Of each total: 'x', -1, true, [], {}, [[[]]], {...}, '', 1e300. NaN and 1e999 are written as null.
      assert.equal(found.issues.length, 18);
      assert.match(found.issues[0]!.message, /input_tokens/);
      assert.equal(found.issues[0]!.place, 'line 3');
    });

    it('reads the rest, whatever stands for an event', async () => {
      const odd = [
        ...['17', '"text"', '[]', 'null', '{"type": 7}', '{"event": {"event": {"event": {"event": 1}}}}'],
        ...['{"type":"response.done"}', '{"type":"response.done","response":[]}', 'no json', '', '{"a":'],
        ...['session.created', 'session.updated', 'response.created', 'response.audio.delta'].flatMap(
          (type) =>
            values.map((value) => JSON.stringify({ type, session: value, response: value, delta: value })),
        ),
        '['.repeat(100_000),
      ];
      const found = await importFile(logOf([session('s'), ...odd, done('r')]));
      assert.deepEqual([...found.calls.keys()], ['s/r']);
      assert.deepEqual(
        found.issues.map(({ place }) => place),
        ['line 8', 'line 9', 'line 10', 'line 12', `line ${2 + odd.length - 1}`],
      );
    });

    it('tells of a last line that is not complete until it is', async () => {
      const path = logOf([session('s'), done('r1'), JSON.stringify(done('r2')).slice(0, 40)], '');
      const found = await importFile(path);
      assert.deepEqual([...found.calls.keys()], ['s/r1']);
      assert.deepEqual(found.issues, [
        { path, message: 'Its last line is not complete: import it again when it is.' },
      ]);
      const whole = logOf([session('s'), done('r1'), done('r2')], '');
      assert.deepEqual([...(await importFile(whole)).calls.keys()], ['s/r1', 's/r2']);
    });
  });
});
