import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as made from '../../support/codexRollout';
import { importFile } from '../../support/imported';
import type { Tokens } from '../../support/codexRollout';
import type { CallFact } from '../../../src/shared/facts';

const { context, event, meta, rolloutOf, tokens } = made;
const calls = async (...lines: unknown[]): Promise<CallFact[]> => [
  ...(await importFile(rolloutOf(lines))).calls.values(),
];
const figures = ({ inputTokens, cacheReadTokens, outputTokens, reasoningTokens }: CallFact) => [
  inputTokens,
  cacheReadTokens,
  outputTokens,
  reasoningTokens,
];
const first: Tokens = [1000, 0, 100, 10];
const second: Tokens = [1500, 900, 50, 0];
const both: Tokens = [2500, 900, 150, 10];

describe('Codex, streams and files', () => {
  after(made.removeRollouts);

  describe('what codex exec prints', () => {
    const done = (input: number, more: object = {}) => ({
      type: 'turn.completed',
      usage: { input_tokens: input, cached_input_tokens: 0, output_tokens: 5 },
      ...more,
    });
    const started = { type: 'thread.started', thread_id: 't' };

    it('tells sums of the thread, not of the turn', async () => {
      const found = await importFile(rolloutOf([started, done(100), { type: 'turn.started' }, done(250)]));
      // Both turns together used 250; the naive reading says 350.
      assert.equal(found.calls.size, 1);
      assert.equal([...found.calls.values()][0]!.inputTokens, 250);
    });

    it('gives way to the rollout of the thread', async () => {
      const [sum] = await calls(started, done(100));
      const [call] = await calls(meta(0, 't', { source: 'exec' }), tokens(5, first, first));
      assert.deepEqual(sum!.account, { of: 'thread/t', rank: 1 });
      assert.deepEqual(call!.account, { of: 'thread/t', rank: 0 });
    });

    it('knows usage by its other names and places', async () => {
      const inside = { prompt_tokens: 50, cached_tokens: 5, completion_tokens: 12, reasoning_tokens: 2 };
      const data = { timestamp: made.at(7), model_name: 'gpt-5.2-codex', usage: inside };
      const found = await calls(
        { type: 'turn.started' },
        { type: 'result', data },
        { type: 'result', result: { usage: inside } },
        { type: 'result', response: { usage: inside }, model: 'gpt-5.4', created_at: made.noon / 1000 },
      );
      assert.deepEqual(
        found.map((call) => [...figures(call), call.model]),
        [
          [45, 5, 12, 2, 'gpt-5.2-codex'],
          [45, 5, 12, 2, 'gpt-5.2-codex'],
          [45, 5, 12, 2, 'gpt-5.4'],
        ],
      );
      assert.deepEqual([found[0]!.at, found[2]!.at], [made.noon + 7000, made.noon]);
    });

    it('counts a turn that failed', async () => {
      const [call] = await calls(started, { type: 'turn.failed', error: { message: 'canary' } });
      assert.deepEqual([call!.failed, call!.error, call!.inputTokens], [true, 'turn.failed', undefined]);
    });
  });

  describe('a file that grows', () => {
    const lines = [
      meta(0, 'child', { forked_from_id: 'root' }),
      meta(0.001, 'root'),
      context(0.002, 'gpt-5.4'),
      tokens(0.003, first, first),
      tokens(5, both, second),
      event(6, 'error', { codex_error_info: 'usage_limit_exceeded' }),
      context(7, 'gpt-5.5'),
      tokens(9, [4000, 900, 300, 10], [1500, 0, 150, 0]),
    ];

    it('costs what is new, and tells the same in two parts as in one', async () => {
      const whole = await importFile(rolloutOf(lines));
      for (let cut = 1; cut < lines.length; cut++) {
        const path = rolloutOf(lines.slice(0, cut));
        const begun = await importFile(path);
        writeFileSync(path, made.textOf(lines));
        const rest = await importFile(path, begun.cursor);
        assert.equal(begun.told + rest.told, whole.told, `cut after ${cut}`);
        assert.deepEqual(new Map([...begun.calls, ...rest.calls]), whole.calls, `cut after ${cut}`);
        assert.equal((await importFile(path, rest.cursor)).told, 0);
      }
    });

    it('reads a last line that was cut when it is whole', async () => {
      const text = made.textOf(lines);
      const path = rolloutOf([]);
      writeFileSync(path, text.slice(0, -100));
      const begun = await importFile(path);
      assert.deepEqual(begun.issues, [
        { path, message: 'Its last line is not complete: import it again when it is.' },
      ]);
      writeFileSync(path, text);
      const rest = await importFile(path, begun.cursor);
      assert.deepEqual([rest.told, rest.issues], [1, []]);
      assert.deepEqual(new Map([...begun.calls, ...rest.calls]), (await importFile(rolloutOf(lines))).calls);
    });

    it('is read anew if it is not the same file any more', async () => {
      const path = rolloutOf(lines);
      const { cursor } = await importFile(path);
      writeFileSync(path, made.textOf([meta(0, 'other'), tokens(5, first, first)]));
      const found = await importFile(path, cursor);
      assert.deepEqual([...found.sessions.keys()], ['other']);
    });
  });
});
