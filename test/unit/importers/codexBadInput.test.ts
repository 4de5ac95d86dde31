import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import * as made from '../../support/codexRollout';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import type { Tokens } from '../../support/codexRollout';

const { context, event, meta, rolloutOf, tokens } = made;
const values = [null, 'x', -1, NaN, 1e999, true, [], {}, [[[]]], { a: { b: 1 } }, '', '7', 1e300, '\u0000'];
const first: Tokens = [1000, 0, 100, 10];
const next: Tokens = [3000, 0, 300, 10];
const last: Tokens = [2000, 0, 200, 0];

after(made.removeRollouts);

describe('Codex with bad input', function () {
  this.timeout(60_000);

  for (const name of Object.keys(meta(0, 's').payload).concat(
    'forked_from_id',
    'parent_thread_id',
    'session_id',
  )) {
    it(`reads on whatever stands in ${name} of a session`, async () => {
      for (const value of [...values, undefined]) {
        const found = await ledgerOf(rolloutOf([meta(0, 's', { [name]: value }), tokens(5, first, first)]));
        assert.deepEqual([found.total.calls, found.total.inputTokens, found.issues], [1, 1000, []]);
      }
    });
  }

  for (const name of ['timestamp', 'type', 'payload']) {
    it(`reads on whatever stands in ${name} of a line`, async () => {
      const lines = [meta(0, 's'), context(0, 'gpt-5.4'), tokens(5, first, first), event(6, 'error')].flatMap(
        (line) => values.map((value) => ({ ...line, [name]: value })),
      );
      const found = await ledgerOf(rolloutOf([meta(0, 's'), ...lines, tokens(9, next, last)]));
      assert.ok(found.calls.some((call) => call.input === 2000));
      for (const call of found.calls) assert.ok(call.at === null || (call.at as number) > 0);
      assert.deepEqual(found.issues, []);
    });
  }

  for (const name of Object.keys(made.usage(first))) {
    it(`counts without ${name} where it is no count, and says so`, async () => {
      const wrong = values.filter((value) => value !== '7' && value !== null && !Number.isNaN(value));
      for (const value of wrong.filter((one) => one !== Infinity)) {
        const bad = { ...made.usage(first), [name]: value };
        const line = event(5, 'token_count', { info: { total_token_usage: bad, last_token_usage: bad } });
        const { calls, issues } = await importFile(rolloutOf([meta(0, 's'), line, tokens(9, next, last)]));
        assert.deepEqual(
          [calls.size, issues.length, issues[0]!.place],
          [2, 1, 'line 2'],
          JSON.stringify(value),
        );
        assert.match(issues[0]!.message, new RegExp(name));
        for (const { inputTokens, outputTokens } of calls.values())
          assert.ok(inputTokens! >= 0 && outputTokens! >= 0);
      }
    });
  }

  it('cuts a part that is larger than its whole', async () => {
    const odd = {
      input_tokens: 100,
      cached_input_tokens: 900,
      output_tokens: 10,
      reasoning_output_tokens: 50,
    };
    const line = event(5, 'token_count', { info: { last_token_usage: odd } });
    const [call] = [...(await importFile(rolloutOf([meta(0, 's'), line]))).calls.values()];
    assert.deepEqual([call!.inputTokens, call!.cacheReadTokens, call!.reasoningTokens], [0, 100, 10]);
  });

  it('reads times in ISO, seconds and milliseconds, and bears clocks that run backwards', async () => {
    const times = [made.at(50), made.noon + 40_000, made.noon / 1000 + 30, String(made.noon + 20_000)];
    const lines = times.map((timestamp, i) => ({
      ...tokens(0, [1000 * (i + 1), 0, 10, 0], [1000, 0, 10, 0]),
      timestamp,
    }));
    const { calls } = await importFile(rolloutOf([meta(60, 's'), ...lines]));
    assert.deepEqual(
      [...calls.values()].map((call) => call.at! - made.noon),
      [50_000, 40_000, 30_000, 20_000],
    );
  });

  it('says where it is no JSON, and reads what stands after it', async () => {
    const path = rolloutOf([meta(0, 's'), tokens(5, first, first)]);
    appendFileSync(path, Buffer.from([0, 255, 254, 1, 10, 123, 34, 10]));
    appendFileSync(path, `${'['.repeat(50_000)}\n\n${made.textOf([tokens(9, next, last)])}`);
    const { calls, issues } = await importFile(path);
    assert.equal(calls.size, 2);
    assert.deepEqual(
      issues.map(({ place }) => place),
      ['line 3', 'line 4', 'line 5'],
    );
  });

  it('passes over what it does not know: lines, events, fields, deep values', async () => {
    const deep = `${'{"a":['.repeat(3000)}${']}'.repeat(3000)}`;
    const nested = (line: object) => JSON.stringify(line).replace('"deep"', deep);
    const { calls, issues } = await importFile(
      rolloutOf([
        nested(meta(0, 's', { newer: 'deep' })),
        nested(made.line(1, 'world_state', { of: 'deep' })),
        nested(event(2, 'newer_event', { of: 'deep' })),
        { ...tokens(5, first, first), ordinal: 7 },
        '17',
        '"text"',
        '[]',
        'null',
        '{}',
      ]),
    );
    assert.deepEqual([calls.size, issues], [1, []]);
  });

  it('reads what codex exec prints whatever its fields hold', async () => {
    const lines = ['thread_id', 'usage', 'model', 'timestamp', 'type'].flatMap((name) =>
      values.map((value) => ({ type: 'turn.completed', usage: { input_tokens: 1 }, [name]: value })),
    );
    const names = ['input_tokens', 'cached_input_tokens', 'output_tokens'].flatMap((name) =>
      values.map((value) => ({ type: 'turn.completed', usage: { input_tokens: 1, [name]: value } })),
    );
    const started = values.map((value) => ({ type: 'thread.started', thread_id: value }));
    const found = await ledgerOf(
      rolloutOf([{ type: 'turn.started' }, ...lines, ...names, ...started, 'no json']),
    );
    assert.ok(found.calls.length > 80);
    for (const issue of found.issues) assert.match(issue.place ?? '', /^line \d+$/);
  });
});
