import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { attributes, logs, otlpFixture, span, spans, writeOtlp } from '../../support/otlp';
import { ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { shuffled } from '../../support/shuffled';

type Random = ReturnType<typeof random>;
const id = (length: number, ...parts: readonly number[]): string =>
  parts
    .map((part) => (part + 1).toString(16).padStart(2, '0'))
    .join('')
    .padStart(length, 'a');

interface World {
  /** Requests of an exporter, some sent twice. */
  readonly requests: readonly object[];
  readonly sums: Readonly<Record<string, number>>;
}

/** Traces of agents with requests in them, or without; some requests are told by a log too. */
function world(chance: Random): World {
  const parts: object[] = [];
  const sums = { calls: 0, errors: 0, inputTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
  for (let trace = 0; trace < 15; trace++) {
    const requests = chance.below(4);
    let [input, output] = [0, 0];
    const own = (n: number, parent: string) => ({
      ...{ traceId: id(32, trace), spanId: id(16, trace, n), parentSpanId: parent },
      startTimeUnixNano: `${1772442000 + trace * 60 + n}000000000`,
      endTimeUnixNano: `${1772442001 + trace * 60 + n}000000000`,
    });
    for (let n = 1; n <= requests; n++) {
      const failed = chance.chance(0.2);
      const [whole, cached, out] = [1000 + chance.below(900), chance.below(900), chance.below(300)];
      const used = { 'gen_ai.usage.input_tokens': whole, 'gen_ai.usage.output_tokens': out };
      const fields = {
        ...{
          'gen_ai.provider.name': 'openai',
          'gen_ai.conversation.id': `c${trace % 5}`,
          'user.id': `u${trace % 5}`,
        },
        ...(failed ? { 'error.type': '429' } : { ...used, 'gen_ai.usage.cache_read.input_tokens': cached }),
      };
      parts.push(spans([span(fields, own(n, id(16, trace, 0)))]));
      if (!failed && chance.chance(0.5)) {
        const log = {
          ...{ traceId: id(32, trace).toUpperCase(), spanId: id(16, trace, n) },
          timeUnixNano: `${1772442001 + trace * 60 + n}000000000`,
          eventName: 'gen_ai.client.inference.operation.details',
          attributes: attributes({
            ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
            ...{ 'gen_ai.conversation.id': `c${trace % 5}`, ...used },
          }),
        };
        parts.push(logs([log]));
      }
      sums.calls++;
      if (failed) sums.errors++;
      else {
        [input, output] = [input + whole, output + out];
        sums.cacheReadTokens += cached;
        sums.inputTokens += whole - cached;
        sums.outputTokens += out;
      }
    }
    if (requests === 0) {
      sums.calls++;
      [input, output] = [500, 50];
      sums.inputTokens += 500;
      sums.outputTokens += 50;
    }
    const agent = {
      ...{ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.conversation.id': `c${trace % 5}` },
      ...{ 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output },
    };
    parts.push(spans([span(agent, own(0, ''))]));
  }
  return { requests: parts, sums };
}

/** The requests in another order, some of them twice, in files of any shape. */
function spread(requests: readonly object[], chance: Random): string[] {
  const left = shuffled(
    [...requests, ...requests.filter(() => chance.chance(0.2))],
    () => chance.below(1e9) / 1e9,
  );
  const paths: string[] = [];
  while (left.length > 0) {
    const some = left.splice(0, 1 + chance.below(left.length));
    paths.push(chance.chance(0.5) ? writeOtlp(some) : writeOtlp(JSON.stringify(some, null, 2), 'list.json'));
  }
  return paths;
}

describe('OTLP: the same requests in any order, split and repeated', () => {
  for (const seed of seeds(3, 6)) {
    it(`are the same ledger, seed ${seed}`, async () => {
      const chance = random(seed);
      const { requests, sums } = world(chance);
      const first = await ledgerOf(...spread(requests, chance));
      const total = first.total as unknown as Record<string, number>;
      assert.deepEqual(Object.fromEntries(Object.keys(sums).map((name) => [name, total[name]])), sums);
      for (let turn = 0; turn < 3; turn++)
        assert.deepEqual(told(await ledgerOf(...spread(requests, chance))), told(first));
    });
  }

  it('counts the fixture the same, cut at any line', async () => {
    const lines = readFileSync(otlpFixture('dialects.jsonl'), 'utf8').split('\n').filter(Boolean);
    const whole = await ledgerOf(otlpFixture('dialects.jsonl'));
    assert.deepEqual(
      [whole.total.calls, whole.total.errors, whole.total.inputTokens, whole.total.outputTokens],
      [8, 1, 1872, 450],
    );
    for (let cut = 1; cut < lines.length; cut += 3) {
      const parts = [lines.slice(cut), lines.slice(0, cut)].map((some) => writeOtlp(`${some.join('\n')}\n`));
      const { total, calls } = told(await ledgerOf(...parts));
      assert.deepEqual({ total, calls }, { total: whole.total, calls: told(whole).calls });
    }
  });
});

/**
 * Tags are given in the order in which sessions arrive, and the store's own numbers too. A log says when its call ended,
 * by which the last time of a session may be later, where it comes first.
 */
const told = ({ issues, calls, sessions, total }: Awaited<ReturnType<typeof ledgerOf>>) => ({
  ...{ issues, total },
  calls: calls.map(({ duplicate_of: of, ...call }) => ({ ...call, counts: (of ?? null) === null })),
  sessions: sessions.map((session) => ({ ...session, tag: null, last_at: null })),
});
