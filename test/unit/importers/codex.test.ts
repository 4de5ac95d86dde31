import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as made from '../../support/codexRollout';
import { importFile } from '../../support/imported';
import type { Tokens } from '../../support/codexRollout';
import type { CallFact } from '../../../src/shared/facts';

const { context, event, meta, rolloutOf, tokens } = made;
const fixtures = join(__dirname, '../../fixtures/codex');
const parent = join(
  fixtures,
  'sessions/2026/03/02/rollout-2026-03-02T10-00-00-0199aaaa-0000-7000-8000-000000000001.jsonl',
);
const fork = join(
  fixtures,
  'sessions/2026/03/02/rollout-2026-03-02T12-00-00-0199aaaa-0000-7000-8000-000000000002.jsonl',
);
const [parentId, forkId] = ['0199aaaa-0000-7000-8000-000000000001', '0199aaaa-0000-7000-8000-000000000002'];

const callsIn = async (path: string): Promise<CallFact[]> => [...(await importFile(path)).calls.values()];
const calls = (...lines: unknown[]): Promise<CallFact[]> => callsIn(rolloutOf(lines));
const figures = ({ inputTokens, cacheReadTokens, outputTokens, reasoningTokens }: CallFact) => [
  inputTokens,
  cacheReadTokens,
  outputTokens,
  reasoningTokens,
];

const first: Tokens = [1000, 0, 100, 10];
const second: Tokens = [1500, 900, 50, 0];
const both: Tokens = [2500, 900, 150, 10];

after(made.removeRollouts);

describe('Codex', () => {
  it('reads the sample: a call where the sums grew', async () => {
    const found = await importFile(parent);
    assert.equal(found.importer, 'codex');
    assert.deepEqual(found.issues, []);
    assert.deepEqual(
      [...found.sessions.values()],
      [
        {
          id: parentId,
          createdAt: Date.UTC(2026, 2, 2, 10),
          project: '/home/ana/shop-api',
          branch: { name: 'main', at: Date.UTC(2026, 2, 2, 10) },
        },
      ],
    );
    // Of 1,200 tokens none was cached; of 3,000 two thirds. The naive reading counts the first call twice.
    assert.equal(found.told, 2);
    assert.deepEqual([...found.calls.values()].map(figures), [
      [1200, 0, 300, 100],
      [1000, 2000, 400, 150],
    ]);
    const [call] = [...found.calls.values()];
    assert.deepEqual(
      [call!.session, call!.at, call!.provider, call!.model],
      [parentId, Date.UTC(2026, 2, 2, 10, 0, 10), 'openai', 'gpt-5.3-codex'],
    );
  });

  it('knows what a fork copied by the session that it comes from', async () => {
    const [ofParent, ofFork] = [await importFile(parent), await importFile(fork)];
    const copied = [...ofFork.calls.values()].filter(({ also }) => also);
    assert.deepEqual(
      copied.map(({ id }) => id),
      [...ofParent.calls.keys()],
    );
    for (const { also } of copied) assert.match(String(also), new RegExp(`^${forkId}/`));
    const own = [...ofFork.calls.values()].filter(({ also }) => !also);
    assert.deepEqual(own.map(figures), [[100, 900, 200, 50]]);
    assert.equal(own[0]!.session, forkId);
  });

  it('reads what codex exec prints, at the time of the file', async () => {
    const found = await importFile(join(fixtures, 'exec-json/run1.jsonl'));
    const [call, ...others] = [...found.calls.values()];
    assert.deepEqual(
      [others.length, found.issues.length, call!.session, ...figures(call!)],
      [0, 0, '0199-exec', 700, 100, 60, 0],
    );
    assert.ok(call!.at! > Date.UTC(2026, 0, 1) && call!.model === undefined);
  });

  it('skips what is told again with the same sum, and counts what differs', async () => {
    const again = tokens(9, first, first);
    const found = await calls(meta(0, 's'), tokens(5, first, first), again, again, tokens(12, both, second));
    assert.deepEqual(found.map(figures), [
      [1000, 0, 100, 10],
      [600, 900, 50, 0],
    ]);
  });

  it('takes the last call where the sum went down', async () => {
    const found = await calls(meta(0, 's'), tokens(5, both, both), tokens(9, second, second));
    // The difference of the sums would be negative.
    assert.deepEqual(found.map(figures), [
      [1600, 900, 150, 10],
      [600, 900, 50, 0],
    ]);
  });

  it('takes the difference where only sums are told, and adds up where only calls are', async () => {
    const info = (name: string, of: Tokens, seconds: number) =>
      event(seconds, 'token_count', { info: { [name]: made.usage(of) } });
    const sums = await calls(
      meta(0, 's'),
      info('total_token_usage', first, 5),
      info('total_token_usage', both, 9),
      info('total_token_usage', [1100, 0, 100, 10], 12),
    );
    assert.deepEqual(sums.map(figures), [
      [1000, 0, 100, 10],
      [600, 900, 50, 0],
      [1100, 0, 100, 10],
    ]);
    const each = ['last_token_usage', first, 5] as const;
    const alone = await calls(
      meta(0, 's'),
      info(...each),
      info(...each),
      info('last_token_usage', second, 9),
    );
    assert.deepEqual(alone.map(figures), [
      [1000, 0, 100, 10],
      [600, 900, 50, 0],
    ]);
  });

  it('counts no call where only the fill of the context is told', async () => {
    const full = { total_tokens: 272_000, input_tokens: 0, output_tokens: 0 };
    const found = await calls(
      meta(0, 's'),
      tokens(5, first, first),
      event(6, 'token_count', { info: { total_token_usage: full, last_token_usage: full } }),
      event(7, 'token_count', { info: null }),
      tokens(12, second, second),
    );
    assert.deepEqual(found.map(figures), [
      [1000, 0, 100, 10],
      [600, 900, 50, 0],
    ]);
  });

  it('follows the model, its provider and its tier, and makes none up', async () => {
    const settings = { model: 'gpt-5.4', model_provider_id: 'azure', service_tier: 'priority' };
    const found = await calls(
      meta(0, 's'),
      tokens(5, first, first),
      context(6, 'gpt-5.3-codex'),
      tokens(9, both, second),
      event(10, 'thread_settings_applied', { thread_settings: settings }),
      tokens(15, [4000, 900, 300, 10], [1500, 0, 150, 0]),
    );
    assert.deepEqual(
      found.map(({ model, provider, tier }) => [model, provider, tier]),
      [
        [undefined, 'openai', undefined],
        ['gpt-5.3-codex', 'openai', undefined],
        ['gpt-5.4', 'azure', 'priority'],
      ],
    );
  });

  it('takes what was written to a cache out of the input', async () => {
    const counted = { ...made.usage([1000, 600, 50, 0]), cache_write_input_tokens: 300 };
    const [call] = await calls(
      meta(0, 's'),
      event(5, 'token_count', { info: { total_token_usage: counted, last_token_usage: counted } }),
    );
    assert.deepEqual([call!.inputTokens, call!.cacheReadTokens, call!.cacheWriteTokens], [100, 600, 300]);
  });

  it('counts failed requests with their code, and failures of Codex itself as no calls', async () => {
    const limit = { message: 'canary', codex_error_info: 'usage_limit_exceeded' };
    const lost = {
      message: 'canary',
      codex_error_info: { http_connection_failed: { http_status_code: 503 } },
    };
    const own = { message: 'canary', codex_error_info: 'thread_rollback_failed' };
    const found = await calls(
      meta(0, 's'),
      event(1, 'error', limit),
      event(2, 'error', limit),
      tokens(5, first, first),
      event(6, 'stream_error', lost),
      event(7, 'error', own),
      event(8, 'error', { message: 'canary' }),
      event(9, 'turn_aborted', { reason: 'interrupted' }),
    );
    assert.deepEqual(
      found.map(({ id, failed, error, noCall }) => [String(id).split('/').at(-1), failed, error, noCall]),
      [
        ['failed.1', true, 'usage_limit_exceeded', undefined],
        ['failed.2', true, 'usage_limit_exceeded', undefined],
        ['1000.0.100.10.1100', undefined, undefined, undefined],
        ['failed.1', true, 'http_connection_failed 503', undefined],
        ['failed.2', true, 'thread_rollback_failed', true],
        ['failed.3', true, 'error', undefined],
      ],
    );
  });

  it('makes a sub-agent an agent of the session that started it', async () => {
    const found = await importFile(
      rolloutOf([
        meta(0, 'child', made.spawnedBy('root')),
        context(0.01, 'gpt-5.4-mini'),
        tokens(5, first, first),
      ]),
    );
    assert.deepEqual(
      found.batches.flatMap(({ merges = [] }) => merges),
      [{ from: 'child', into: 'root', agent: { name: 'explorer' } }],
    );
    // It began with nothing copied: what it did is its own.
    assert.deepEqual(
      [...found.calls.values()].map(({ also, session }) => [also, session]),
      [[undefined, 'child']],
    );
    const review = meta(0, 'r', { source: { subagent: 'review' }, parent_thread_id: 'root' });
    const [merge] = (await importFile(rolloutOf([review]))).batches.flatMap(({ merges = [] }) => merges);
    assert.deepEqual(merge, { from: 'r', into: 'root', agent: { name: 'review' } });
    const forked = await importFile(rolloutOf([meta(0, 'f', { forked_from_id: 'root' })]));
    assert.deepEqual(
      forked.batches.flatMap(({ merges = [] }) => merges),
      [],
    );
  });

  it('passes over sessions of the first builds', async () => {
    const old =
      '{"id":"0199aaaa-0000-7000-8000-000000000001","timestamp":"2025-06-01T10:00:00Z","instructions":null}';
    const found = await importFile(rolloutOf([old, '{"record_type":"state"}']));
    assert.deepEqual([found.importer, found.issues], [undefined, []]);
  });

  it('keeps nothing that was said', async () => {
    const words = 'canary words of the user';
    const said = { type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] };
    const paths = [
      rolloutOf([
        meta(0, 's', { instructions: words, base_instructions: { text: words }, agent_nickname: words }),
        context(1, 'gpt-5.4', { user_instructions: words, summary: words }),
        made.line(2, 'response_item', said),
        made.line(2, 'compacted', { message: words }),
        event(3, 'user_message', { message: words }),
        event(3, 'error', { message: words, codex_error_info: words }),
        event(3, 'error', { message: words, codex_error_info: { [words]: words } }),
        tokens(5, first, first),
        `{"timestamp": "${words}", "type": "response_item`,
      ]),
      rolloutOf([meta(0, 'a', { source: { subagent: { other: words } }, parent_thread_id: 'p' })]),
      rolloutOf([
        { type: 'thread.started', thread_id: 't' },
        { type: 'item.completed', item: { text: words } },
        { type: 'turn.failed', error: { message: words } },
        { type: 'error', message: words },
        { type: 'turn.completed', usage: { input_tokens: 1 }, text: words },
      ]),
    ];
    for (const path of paths) {
      const found = await importFile(path);
      assert.equal(found.importer, 'codex');
      assert.doesNotMatch(JSON.stringify(found.batches), /canary/);
    }
  });

  it('is known by its content where the first line is longer than what is looked at', async () => {
    const long = meta(0, 's', { base_instructions: { text: 'x'.repeat(40_000) } });
    assert.equal((await calls(long, tokens(5, first, first))).length, 1);
    const turned = JSON.stringify({
      payload: context(0, 'gpt-5.4').payload,
      type: 'turn_context',
      timestamp: made.at(0),
    });
    assert.equal((await calls(turned, tokens(5, first, first))).length, 1);
  });

  it('knows a session without its first line by how the file begins, in every copy', async () => {
    const lines = [context(0, 'gpt-5.4'), tokens(5, first, first)];
    const [one, copy] = [await calls(...lines), await calls(...lines)];
    assert.match(String(one[0]!.session), /^log-[0-9a-f]{12}$/);
    assert.deepEqual(one, copy);
  });
});
