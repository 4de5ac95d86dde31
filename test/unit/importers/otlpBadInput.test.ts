import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { importFile } from '../../support/imported';
import { toldCalls } from '../../support/countedCalls';
import { attributes, otlpFixture, span, spans, writeOtlp } from '../../support/otlp';

const good = (digit: string) =>
  spans([span({ 'gen_ai.usage.input_tokens': 10 }, { spanId: digit.repeat(16) })]);

describe('OTLP: bad input', () => {
  const wrong = [
    null,
    true,
    -7,
    1e300,
    'NaN',
    '',
    'words',
    [],
    [1],
    {},
    { intValue: {} },
    { doubleValue: 'x' },
  ];

  it('takes any type in any field', async () => {
    const fields = [
      'traceId',
      'parentSpanId',
      'name',
      'startTimeUnixNano',
      'endTimeUnixNano',
      'status',
      'events',
    ];
    const names = [
      ...['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.usage.cache_read.input_tokens'],
      ...[
        'gen_ai.usage.cost',
        'gen_ai.response.model',
        'gen_ai.system',
        'gen_ai.response.time_to_first_chunk',
      ],
      ...['gen_ai.conversation.id', 'user.id', 'error.type', 'gen_ai.openai.response.service_tier'],
    ];
    let id = 0;
    const nextId = () => ({ spanId: `${++id}`.padStart(16, 'c') });
    const bad = wrong.flatMap((value) => [
      ...fields.map((name) => span({}, { ...nextId(), [name]: value })),
      ...names.map((name) => span({ [name]: value }, nextId())),
    ]);
    const { calls, issues } = await importFile(writeOtlp([spans(bad)]));
    assert.deepEqual([calls.size, issues], [bad.length, []]);
    for (const call of calls.values())
      for (const figure of Object.values(call))
        if (typeof figure === 'number') assert.ok(Number.isFinite(figure) && figure >= 0);
  });

  it('takes any type for what holds the spans', async () => {
    for (const name of ['resource', 'scopeSpans', 'spans', 'attributes']) {
      const lines = wrong.map((value) => ({
        resourceSpans: [
          { resource: {}, scopeSpans: [{ spans: [span()] }], [name]: value },
          { scopeSpans: [{ spans: [{ ...span(), attributes: [] }], [name]: value }] },
          { scopeSpans: [{ spans: [{ ...span(), [name]: value }] }] },
        ],
      }));
      const found = await importFile(writeOtlp([good('1'), ...lines, good('2')]));
      assert.ok(found.calls.size >= 2);
      assert.deepEqual(found.issues, []);
    }
  });

  it('names the lines that it leaves out, and imports the rest', async () => {
    const text = [
      JSON.stringify(good('1')),
      '\u0000\u0001\uFFFDbinary\u0000',
      '{"resourceSpans": [{"scopeSpans": ',
      '17',
      '{"level":"info"}',
      '',
      JSON.stringify(spans([span({}, { spanId: null }), span({}, { spanId: '0'.repeat(16) })])),
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      JSON.stringify(good('2')),
    ].join('\n');
    const found = await importFile(writeOtlp(`${text}\n`));
    assert.deepEqual(
      found.issues.map(({ place }) => place),
      ['line 2', 'line 3', 'line 4', 'line 5', 'line 7', 'line 8'],
    );
    assert.equal(found.calls.size, 2);
  });

  it('reads times in any unit, and none where the clock ran backwards', async () => {
    const times = ['1772442000000000000', 1772442000000, 1772442000, '2026-03-02T09:00:00Z'];
    for (const start of times) {
      const path = writeOtlp([
        spans([span({}, { startTimeUnixNano: start, endTimeUnixNano: '1772441000000000000' })]),
      ]);
      const [call] = [...(await importFile(path)).calls.values()];
      assert.deepEqual([call!.at, call!.latencyMs], [1772442000000, undefined]);
    }
    const path = writeOtlp([spans([span({}, { startTimeUnixNano: '0', endTimeUnixNano: 'soon' })])]);
    assert.equal([...(await importFile(path)).calls.values()][0]!.at, undefined);
  });

  it('takes attributes as a plain object, and passes over lists and maps', async () => {
    const plain = { ...span(), attributes: { 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 3 } };
    const nested = attributes({
      'gen_ai.system': { kvlistValue: { values: [] } },
      'gen_ai.request.model': 'm',
    });
    const { calls } = await importFile(
      writeOtlp([spans([plain, { ...span({}, { spanId: '2'.repeat(16) }), attributes: nested }])]),
    );
    assert.deepEqual(
      [...calls.values()].map(({ inputTokens }) => inputTokens),
      [3],
    );
  });

  it('reads the complete resources of a document that was cut off', async () => {
    const whole = readFileSync(otlpFixture('pretty-snake.json'), 'utf8');
    const path = writeOtlp(whole.slice(0, whole.indexOf('resource_logs')), 'cut.json');
    const found = await importFile(path);
    assert.equal(found.calls.size, 8);
    assert.equal(found.issues.length, 1);
    assert.match(found.issues[0]!.message, /cut off/);
  });

  it('reads a last line when it is completed, and of a grown file only what is new', async () => {
    const path = writeOtlp([good('1'), good('2')]);
    const third = JSON.stringify(good('3'));
    const first = await importFile(path);
    appendFileSync(path, third.slice(0, 100));
    const second = await importFile(path, first.cursor);
    assert.deepEqual([second.told, second.cursor], [0, first.cursor]);
    assert.match(second.issues[0]!.message, /not complete/);
    assert.equal(second.issues[0]!.place, undefined);
    appendFileSync(path, `${third.slice(100)}\n`);
    const last = await importFile(path, second.cursor);
    assert.deepEqual(
      [toldCalls(last.batches).map(({ id }) => id), last.issues],
      [[`${'a'.repeat(32)}/${'3'.repeat(16)}`], []],
    );
    truncateSync(path, 0);
    appendFileSync(path, `${JSON.stringify(good('4'))}\n`.repeat(9));
    assert.equal((await importFile(path, last.cursor)).told, 9);
  });

  it('takes a last line without its end, if it is whole, and reads it again', async () => {
    const path = writeOtlp(JSON.stringify(good('1')));
    const first = await importFile(path);
    assert.deepEqual([first.told, first.issues, first.cursor!.end], [1, [], 0]);
  });

  it('reads a single line that is too long resource by resource, and leaves out one among others', async () => {
    const [resource] = good('1').resourceSpans;
    const line = JSON.stringify({ resourceSpans: Array.from({ length: 40_000 }, () => resource) });
    const alone = await importFile(writeOtlp(`${line}\n\n`));
    assert.deepEqual([alone.told, alone.calls.size, alone.issues], [40_000, 1, []]);
    const found = await importFile(writeOtlp(`${line}\n${JSON.stringify(good('2'))}\n`));
    assert.deepEqual([found.told, found.issues.map(({ place }) => place)], [1, ['line 1']]);
  });
});
