import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { sums, withoutOrder as withoutTags } from '../../support/arrangements';
import { claudeSample } from '../../support/claudeCode';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { span, spans, writeOtlp } from '../../support/otlp';
import { attributes, phoenixDb, project, span as phoenixSpan, trace } from '../../support/phoenix';
import { seeds } from '../../support/seeds';
import { randomFrom, shuffled } from '../../support/shuffled';
import { fixture, jsonLines, sourceFile } from '../../support/sourceFiles';
import { flag } from '../../../src/store/measures';
import type { Ledger } from '../../support/ledgerOf';

interface Figures {
  readonly calls: number;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly recorded: number;
  readonly errors: number;
}

interface Expected {
  readonly correct: Figures;
  /** What the same files add up to one by one. */
  readonly naive: Figures;
  /** Own ids of calls that stand in the ledger and do not count, each with the one that does. */
  readonly duplicates: Readonly<Record<string, string>>;
}

/** A session that was there before what its calls repeat had a tag by then; ids of projects are the store's own. */
const withoutOrder = (ledger: Ledger) => {
  const { sessions, calls, total } = withoutTags(ledger);
  // Formats may use the same ids.
  const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  return {
    total,
    calls: sorted(calls),
    sessions: sorted(sessions.map((session) => ({ ...session, tag_given: null, project: null }))),
  };
};

const duplicatesIn = ({ calls }: Ledger): Record<string, string> =>
  Object.fromEntries(
    calls.filter((call) => call.duplicate_of !== null).map((call) => [call.key, call.duplicate_of]),
  ) as Record<string, string>;

const added = (all: readonly Figures[]): Figures =>
  all.reduce(
    (sum, one) =>
      Object.fromEntries(
        Object.entries(sum).map(([name, value]) => [name, value + one[name as keyof Figures]]),
      ) as unknown as Figures,
  );

/** Sources, each one or several files that come together: in any order, at once or one by one, some again. */
async function assertOnce(sources: readonly (readonly string[])[], expected: Expected): Promise<void> {
  const first = await ledgerOf(...sources.flat());
  assert.deepEqual(sums(first), expected.correct);
  assert.deepEqual(duplicatesIn(first), expected.duplicates);
  const apart = await Promise.all(sources.map((files) => ledgerOf(...files)));
  assert.deepEqual(added(apart.map(sums)), expected.naive);
  for (const seed of seeds(2, 5)) {
    const next = randomFrom(seed);
    const files = shuffled(sources.flat(), seed);
    const steps = [...files, ...files.filter(() => next() < 0.4)].map((path) => () => [path]);
    assert.deepEqual(withoutOrder(await ledgerOf(...files)), withoutOrder(first), `at once, seed ${seed}`);
    assert.deepEqual(
      withoutOrder(await ledgerInSteps(...steps)),
      withoutOrder(first),
      `one by one, seed ${seed}`,
    );
  }
}

const at = (time: string): string => `2026-03-02T09:${time}.000Z`;

/** A row of LiteLLM's table, of a request that was passed through to Anthropic. */
const spend = (id: string, time: string, model: string, spent: number, tokens: readonly number[]) => {
  const [input = 0, read = 0, write = 0, output = 0] = tokens;
  const prompt = input + read + write;
  return {
    ...{ request_id: id, call_type: 'anthropic_messages', spend: spent, total_tokens: prompt + output },
    ...{ prompt_tokens: prompt, completion_tokens: output, startTime: at(time), endTime: at(time) },
    ...{ model, custom_llm_provider: 'anthropic', status: 'success', cache_hit: 'False' },
    metadata: {
      usage_object: {
        ...{ prompt_tokens: prompt, completion_tokens: output, total_tokens: prompt + output },
        ...{ cache_read_input_tokens: read, cache_creation_input_tokens: write },
      },
    },
  };
};

const nanos = (time: string): string => `${Date.parse(at(time))}000000`;

/** A span of a request to Anthropic, as an instrumentation of the proxy exports it. */
const requestSpan = (id: string, no: number, time: string, model: string, tokens: readonly number[]) => {
  const [input = 0, read = 0, write = 0, output = 0] = tokens;
  return span(
    {
      ...{ 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': model, 'gen_ai.response.id': id },
      'gen_ai.usage.input_tokens': input + read + write,
      'gen_ai.usage.output_tokens': output,
      'gen_ai.usage.cache_read.input_tokens': read,
      'gen_ai.usage.cache_creation.input_tokens': write,
    },
    {
      ...{ traceId: String(no).repeat(32), spanId: String(no).repeat(16) },
      ...{ startTimeUnixNano: nanos(time), endTimeUnixNano: nanos(time) },
    },
  );
};

describe('one use that sources of several formats tell', () => {
  // Worked out by hand from the transcripts: five responses, 67 + 63,500 + 2,200 + 840 tokens, one failure.
  const claude: Figures = {
    ...{ calls: 5, input: 67, cacheRead: 63_500, cacheWrite: 2200, output: 840, errors: 1 },
    // Of a version that still wrote it.
    recorded: 12_300_000,
  };
  const [fullA, fullB] = [
    [10, 20_000, 1500, 350],
    [6, 21_500, 0, 120],
  ] as const;

  it('counts once where Claude Code, LiteLLM and OpenTelemetry saw the response', async () => {
    const liteLlm = sourceFile([
      // msg_A took six seconds in the transcript; the proxy wrote down when it was asked.
      spend('msg_A', '00:01', 'claude-sonnet-4-5', 0.5, fullA),
      // Another client of the proxy: nobody else saw it.
      spend('msg_Z', '30:00', 'claude-sonnet-4-5', 0.25, [100, 0, 0, 50]),
      // The same id an hour later is another use.
      spend('msg_B', '59:00', 'claude-opus-4-6', 0.125, fullB),
    ]);
    const otlp = writeOtlp([
      spans([
        requestSpan('msg_A', 1, '00:02', 'claude-sonnet-4-5-20250929', fullA),
        requestSpan('msg_B', 2, '00:50', 'claude-opus-4-6', fullB),
        // Cut off by the client: fewer tokens, so it says nothing of the transcript's.
        requestSpan('msg_C', 3, '03:00', 'claude-sonnet-4-5-20250929', [8, 22_000, 0, 10]),
      ]),
    ]);
    await assertOnce([[claudeSample], [liteLlm], [otlp]], {
      naive: {
        ...{ calls: 5 + 3 + 3, recorded: 887_300_000, errors: 1 },
        ...{ input: 67 + 116 + 24, cacheRead: 63_500 + 41_500 + 63_500, cacheWrite: 2200 + 1500 + 1500 },
        output: 840 + 520 + 480,
      },
      correct: {
        ...{ calls: 5 + 2 + 1, recorded: 887_300_000, errors: 1 },
        ...{ input: 67 + 106 + 8, cacheRead: 63_500 + 21_500 + 22_000, cacheWrite: 2200 },
        output: 840 + 170 + 10,
      },
      duplicates: {
        // A replay in a side conversation, by the account of the message.
        'msg_A req_REPLAY': 'msg_A req_A',
        // The proxy knows what it cost; of the other two formats the first in the alphabet counts.
        'msg_A req_A': 'msg_A',
        [`${'1'.repeat(32)}/${'1'.repeat(16)}`]: 'msg_A',
        [`${'2'.repeat(32)}/${'2'.repeat(16)}`]: 'msg_B req_B',
      },
    });
    assert.deepEqual(sums(await ledgerOf(claudeSample)), claude);
  });

  it('counts once where LiteLLM tells of it in its table and its log, and OpenTelemetry too', async () => {
    const seen = {
      ...{ 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o-mini' },
      ...{ 'gen_ai.usage.input_tokens': 1300, 'gen_ai.usage.output_tokens': 220 },
      ...{ 'gen_ai.usage.cache_read.input_tokens': 1000, 'gen_ai.response.id': 'chatcmpl-1' },
    };
    const otlp = writeOtlp([
      spans([span(seen, { startTimeUnixNano: nanos('00:00'), endTimeUnixNano: nanos('00:02') })]),
    ]);
    const once = { input: 300, cacheRead: 1000, cacheWrite: 0, output: 220 };
    await assertOnce(
      [[fixture('litellm', 'spend_logs.json'), fixture('litellm', 'standard_logging_payload.jsonl')], [otlp]],
      {
        naive: {
          calls: 3,
          input: 600,
          cacheRead: 2000,
          cacheWrite: 0,
          output: 440,
          recorded: 252_000,
          errors: 1,
        },
        correct: { ...once, calls: 2, recorded: 252_000, errors: 1 },
        duplicates: { [`${'a'.repeat(32)}/${'b'.repeat(16)}`]: 'chatcmpl-1' },
      },
    );
  });

  it('counts once where Phoenix keeps the span that an OTLP file has, with a response id or without', async () => {
    const own = (no: number) => ({ traceId: String(no).repeat(32), spanId: String(no).repeat(16) });
    const time = { startTimeUnixNano: nanos('00:00'), endTimeUnixNano: nanos('00:02') };
    const counts = {
      ...{
        'openinference.span.kind': 'LLM',
        'gen_ai.request.model': 'gpt-4o-mini',
        'llm.provider': 'openai',
      },
      ...{ 'llm.token_count.prompt': 1000, 'llm.token_count.completion': 100 },
    };
    const otlp = writeOtlp([
      spans([span(counts, { ...own(1), ...time })]),
      spans([span({ ...counts, 'gen_ai.response.id': 'chatcmpl-7' }, { ...own(2), ...time })]),
      // Phoenix has no such trace.
      spans([span(counts, { ...own(3), ...time })]),
    ]);
    const kept = (no: number, more: object = {}) => [
      trace(no, { trace_id: own(no).traceId }),
      phoenixSpan(no, {
        ...{ trace_rowid: no, span_id: own(no).spanId, attributes: attributes(1000, 100, { ...more }) },
        ...{ start_time: '2026-03-02 09:00:00.000000', end_time: '2026-03-02 09:00:02.000000' },
      }),
      ['span_costs', { id: no, span_rowid: no, total_cost: 0.25 }] as const,
    ];
    const phoenix = phoenixDb([
      project,
      ...kept(1),
      ...kept(2, { gen_ai: { response: { id: 'chatcmpl-7' } } }),
    ]);
    const of = (calls: number) => ({ calls, input: calls * 1000, output: calls * 100 });
    const rest = { cacheRead: 0, cacheWrite: 0, recorded: 500_000_000, errors: 0 };
    const ledger = await ledgerOf(phoenix, otlp);
    assert.deepEqual(
      ledger.calls.filter(({ duplicate_of }) => duplicate_of !== null).map(({ recorded }) => recorded),
      [null, null],
      'Phoenix knows what it cost',
    );
    const key = (no: number) => `${own(no).traceId}/${own(no).spanId}`;
    await assertOnce([[phoenix], [otlp]], {
      naive: { ...of(5), ...rest },
      correct: { ...of(3), ...rest },
      duplicates: { [key(1)]: key(1), [key(2)]: key(2) },
    });
  });

  it('is not taken for one where only the response id is equal, as with all rounds of a turn', async () => {
    const rounds = [
      [10, 100],
      [20, 200],
    ].map(([input = 0, output = 0]) => [input, 0, 0, output]);
    const otlp = writeOtlp([
      spans(rounds.map((tokens, i) => requestSpan('msg_T', i + 1, '00:00', 'claude-opus-4-6', tokens))),
    ]);
    const liteLlm = sourceFile(
      jsonLines([spend('msg_T', '00:00', 'claude-opus-4-6', 0.5, rounds[1]!)]),
      'spend.jsonl',
    );
    await assertOnce([[otlp], [liteLlm]], {
      naive: {
        calls: 3,
        input: 50,
        cacheRead: 0,
        cacheWrite: 0,
        output: 500,
        recorded: 500_000_000,
        errors: 0,
      },
      correct: {
        calls: 2,
        input: 30,
        cacheRead: 0,
        cacheWrite: 0,
        output: 300,
        recorded: 500_000_000,
        errors: 0,
      },
      duplicates: { [`${'2'.repeat(32)}/${'2'.repeat(16)}`]: 'msg_T' },
    });
  });

  it('counts as often in one ledger of all formats as in each alone, but for what two of them saw', async () => {
    // Logs and databases beside each other, sums beside calls, copies in two shapes: each folder tells much twice.
    const folders = readdirSync(fixture())
      .filter((name) => name !== 'pricing' && name !== 'claude-code')
      .map((name) => fixture(name));
    folders.push(claudeSample);
    const alone = added(await Promise.all(folders.map(async (folder) => sums(await ledgerOf(folder)))));
    // chatcmpl-1, which LiteLLM's table and log tell, is also a span of 300 + 1,000 + 220 tokens in the OTLP sample.
    const once = {
      ...alone,
      ...{ calls: alone.calls - 1, input: alone.input - 300, cacheRead: alone.cacheRead - 1000 },
      output: alone.output - 220,
    };
    const first = await ledgerOf(...folders);
    const across = first.calls.filter(({ flags }) => ((flags as number) & flag.acrossFormats) !== 0);
    assert.deepEqual(
      across.map(({ key, duplicate_of }) => [key, duplicate_of]),
      [['5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174', 'chatcmpl-1']],
    );
    assert.deepEqual(sums(first), once);
    for (const seed of seeds(2, 3)) {
      const order = shuffled(folders, seed);
      const again = await ledgerInSteps(...[...order, ...order.slice(0, 9)].map((path) => () => [path]));
      assert.deepEqual(withoutOrder(again), withoutOrder(first), `seed ${seed}`);
    }
  });
});
