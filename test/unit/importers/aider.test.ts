import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importFile } from '../../support/imported';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { randomFrom, shuffled } from '../../support/shuffled';
import { temporaryFolder } from '../../support/synthDb';
import type { CallFact } from '../../../src/shared/facts';

const fixtures = join(__dirname, '../../fixtures/aider');
const folder = temporaryFolder();
const began = 1_772_442_000;
let files = 0;

const event = (name: string, seconds: number, properties: object = {}) => ({
  event: name,
  properties,
  user_id: 'ana',
  time: began + seconds,
});
const send = (seconds: number, more: object = {}) =>
  event('message_send', seconds, {
    main_model: 'gpt-5.4',
    edit_format: 'diff',
    prompt_tokens: 1000,
    completion_tokens: 100,
    total_tokens: 1100,
    cost: 0.004,
    total_cost: 0.004,
    ...more,
  });
const textOf = (lines: readonly unknown[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
function logOf(lines: readonly unknown[], name = `log-${++files}.jsonl`): string {
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(folder.file(name), textOf(lines));
  return folder.file(name);
}
const calls = async (...lines: unknown[]): Promise<CallFact[]> => [
  ...(await importFile(logOf([event('launched', 0), ...lines]))).calls.values(),
];

describe('Aider', () => {
  after(() => folder.remove());

  it('reads the sample, and passes over the history beside it', async () => {
    const found = await importFile(join(fixtures, 'analytics.jsonl'));
    assert.equal(found.importer, 'aider');
    assert.deepEqual(found.issues, []);
    const [session] = [...found.sessions.values()];
    assert.deepEqual([found.sessions.size, session!.createdAt, session!.user], [1, began * 1000, '1f0c…']);
    assert.deepEqual(
      [...found.calls.values()].map((call) => [
        ...[call.session, call.at, call.model, call.inputTokens, call.outputTokens],
        ...[call.recorded, call.recordedExact],
      ]),
      [
        [session!.id, (began + 30) * 1000, 'anthropic/claude-sonnet-4-5', 3200, 150, 11_850_000, true],
        [session!.id, (began + 90) * 1000, 'anthropic/claude-sonnet-4-5', 1000, 100, 4_500_000, true],
      ],
    );
    const { total, issues } = await ledgerOf(fixtures);
    // The cumulative costs would add up to 0.0282 USD, and the history to a third call.
    assert.deepEqual(
      [total.calls, total.inputTokens, total.outputTokens, total.recorded, total.cost, issues],
      [2, 4200, 250, 16_350_000, 16_350_000, []],
    );
  });

  it('takes what Aider does not know for unknown', async () => {
    const found = await calls(
      send(1, { main_model: 'None', cost: 'None', total_cost: 'None' }),
      send(2, { main_model: 'ollama/REDACTED', cost: 0, total_cost: 0 }),
      send(3, { prompt_tokens: 'None', completion_tokens: null }),
    );
    assert.deepEqual(
      found.map(({ model, recorded, inputTokens, outputTokens }) => [
        model,
        recorded,
        inputTokens,
        outputTokens,
      ]),
      [
        [undefined, undefined, 1000, 100],
        ['ollama/REDACTED', undefined, 1000, 100],
        ['gpt-5.4', 4_000_000, 0, 0],
      ],
    );
  });

  it('begins a session with each start, and tells equal messages of one second apart by the running cost', async () => {
    const found = await importFile(
      logOf([
        send(-5),
        event('launched', 0),
        send(1),
        send(1, { total_cost: 0.008 }),
        event('exit', 2),
        event('launched', 3),
        send(4),
      ]),
    );
    assert.equal(found.calls.size, 4);
    const sessions = [...found.calls.values()].map(({ session }) => session);
    assert.match(sessions[0]!, /^log-/);
    assert.deepEqual([sessions[1] === sessions[2], new Set(sessions).size], [true, 3]);
  });

  it('counts a request that failed, with the class of its error', async () => {
    const [named, other] = await calls(
      event('message_send_exception', 1, { exception: 'litellm.RateLimitError: canary' }),
      event('message_send_exception', 2, { exception: 'canary' }),
    );
    assert.deepEqual([named!.failed, named!.error], [true, 'RateLimitError']);
    assert.deepEqual([other!.failed, other!.error], [true, 'error']);
  });

  it('is the same ledger whatever the order, splits, copies and repetition', async () => {
    const random = randomFrom(5);
    const runs = [0, 1000, 2000].map((from) => [
      event('launched', from),
      ...Array.from({ length: 8 }, (_, i) => send(from + 1 + i, { total_cost: 0.004 * (i + 1) })),
      event('message_send_exception', from + 20, { exception: 'x' }),
    ]);
    const straight = await ledgerOf(logOf(runs.flat()));
    assert.deepEqual([straight.total.calls, straight.total.inputTokens], [27, 24_000]);
    for (let round = 0; round < 4; round++) {
      // A part without its start is only read beside the whole, as an older copy of the end would be.
      const tail = runs[0]!.slice(2 + Math.floor(random() * 6));
      const paths = [
        ...runs.map((run) => logOf(run)),
        ...runs.map((run) => logOf(run.slice(0, 4))),
        logOf(tail),
      ];
      const mixed = await ledgerOf(...shuffled(paths, random));
      assert.deepEqual(mixed.calls, straight.calls);
      assert.equal(mixed.total.cost, straight.total.cost);
    }
  });

  it('costs what is new of a file that grows, and reads a cut line when it is whole', async () => {
    const text = textOf([
      event('launched', 0),
      send(1),
      send(2),
      event('exit', 3),
      event('launched', 4),
      send(5),
    ]);
    const straight = await ledgerOf(logOf([text.trimEnd()]));
    for (let cut = 120; cut < text.length; cut += 41) {
      const path = logOf([]);
      writeFileSync(path, text.slice(0, cut));
      const { cursor } = await importFile(path);
      const grown = await ledgerInSteps(
        () => [path],
        () => {
          writeFileSync(path, text);
          return [path];
        },
      );
      assert.deepEqual(grown, straight, `cut at ${cut}`);
      const rest = await importFile(path, cursor);
      assert.equal((await importFile(path, rest.cursor)).told, 0);
    }
  });

  it('keeps nothing that was said', async () => {
    const found = await importFile(
      logOf([
        event('launched', 0, { argv: 'canary' }),
        event('command_run', 1, { command: 'canary', output: 'canary' }),
        send(2, { note: 'canary', edit_format: 'canary canary' }),
        event('message_send_exception', 3, { exception: 'canary words', traceback: 'canary' }),
        event('exit', 4, { reason: 'canary' }),
        '{"event": "canary',
      ]),
    );
    assert.equal(found.calls.size, 2);
    assert.doesNotMatch(JSON.stringify(found.batches), /canary/);
  });

  describe('with bad input', () => {
    const values = [null, 'x', -1, NaN, true, [], {}, [[[]]], { a: { b: 1 } }, '', '7', 1e300];

    for (const name of ['prompt_tokens', 'completion_tokens']) {
      it(`counts without ${name} where it is no count, and says so`, async () => {
        const found = await importFile(
          logOf([event('launched', 0), ...values.map((value, i) => send(i, { [name]: value }))]),
        );
        assert.equal(found.calls.size, values.length);
        // 'x', -1 and 1e300: the others say nothing that could be a count.
        assert.deepEqual(
          found.issues.map(({ place }) => place),
          ['line 3', 'line 4', 'line 13'],
        );
      });
    }

    it('reads on whatever stands in any field', async () => {
      const lines = ['event', 'properties', 'user_id', 'time'].flatMap((name) =>
        values.map((value, i) => ({ ...send(i), [name]: value })),
      );
      const inside = ['main_model', 'cost', 'total_cost', 'edit_format'].flatMap((name) =>
        values.map((value, i) => send(100 + i, { [name]: value })),
      );
      const last = send(999, { main_model: 'last' });
      const started = values.map((time) => ({ ...event('launched', 0), time }));
      const found = await ledgerOf(logOf([send(0), ...lines, ...inside, ...started, '17', '[]', last]));
      assert.ok(found.calls.some(({ model }) => model === 'last'));
      for (const { recorded } of found.calls) assert.ok(recorded === null || (recorded as number) > 0);
      assert.deepEqual(found.issues, []);
    });

    it('reads times in seconds, milliseconds and ISO, and costs that are text', async () => {
      const forms = [began, began * 1000, new Date(began * 1000).toISOString(), 'soon'];
      const found = await calls(
        ...forms.map((time, i) => ({ ...send(0, { cost: '0.004', n: i, prompt_tokens: i }), time })),
      );
      assert.deepEqual(
        found.map(({ at, recorded }) => [at, recorded]),
        [began * 1000, began * 1000, began * 1000, undefined].map((at) => [at, 4_000_000]),
      );
    });

    it('says where it is no JSON, and reads what stands after it', async () => {
      const found = await importFile(
        logOf([event('launched', 0), '\u0001\u0000\ufffd', '{"event":', `${'['.repeat(50_000)}`, send(1)]),
      );
      assert.equal(found.calls.size, 1);
      assert.deepEqual(
        found.issues.map(({ place }) => place),
        ['line 2', 'line 3', 'line 4'],
      );
    });
  });
});
