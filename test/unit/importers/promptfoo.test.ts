import assert from 'node:assert/strict';
import { sums } from '../../support/arrangements';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { evals, results, tables, usual } from '../../support/promptfoo';
import { allOf, callIn, copied, database, fixture, tokens } from '../../support/sourceFiles';
import { isSound, wrongValues } from '../../support/wrongValues';
import type { Fields } from '../../support/promptfoo';

const sample = fixture('promptfoo', 'promptfoo.db');
const one = async (fields: Partial<Fields>) =>
  callIn(database([...tables, results({ ...fields, id: 'r' })]), 'r');

describe('promptfoo', () => {
  it("gives the sample's totals, and the same for a copy beside it", async () => {
    // samples/expected.json
    const expected = {
      calls: 1,
      input: 1300,
      cacheRead: 0,
      cacheWrite: 0,
      output: 220,
      recorded: 252_000,
      errors: 0,
    };
    assert.deepEqual(sums(await ledgerOf(sample)), expected);
    const both = await ledgerOf(copied(sample, 'other'), sample);
    assert.deepEqual(
      [sums(both), both.total.sessions, both.sessions[0]!.person],
      [expected, 1, 'ana@example.com'],
    );
    const call = await callIn(sample, 'r1');
    assert.deepEqual(
      [call.session, call.at, call.provider, call.model, call.latencyMs, call.recordedExact, call.failed],
      ['eval-abc-2026-03-02T09:00:00', 1772442001000, 'openai', 'gpt-4o-mini', 900, true, false],
    );
  });

  it('takes what its own cache answered as free (naive: the cost of the first time once more)', async () => {
    const response = { cached: true, tokenUsage: { total: 1520, cached: 1520 } };
    const hit = await one({ response });
    assert.deepEqual([hit.recorded, hit.recordedExact, tokens(hit)], [0, true, [0, 0, 0, 0, 0]]);
  });

  it('takes any other 0 beside tokens as unknown, and the cost of the response where the column has none', async () => {
    assert.equal((await one({ cost: 0 })).recorded, undefined);
    assert.equal(
      (await one({ cost: null, response: { ...usual.response, cost: 0.001 } })).recorded,
      1_000_000,
    );
  });

  it('takes an assertion that did not hold as no failure (naive: an error for each)', async () => {
    const said = await one({ error: 'Expected output "CANARY" to contain "CANARY"', failure_reason: 1 });
    assert.deepEqual([said.failed, said.error], [false, undefined]);
    const failed = await one({
      error: 'API error: 429 Too Many Requests\nCANARY',
      failure_reason: 2,
      response: null,
    });
    assert.deepEqual([failed.failed, failed.error, tokens(failed)], [true, 'API error 429', [0, 0, 0, 0, 0]]);
    assert.equal(
      (await one({ error: 'API error: rate_limit 429 CANARY', failure_reason: 2 })).error,
      'API error 429',
    );
    assert.equal((await one({ error: 'what CANARY said', failure_reason: 2 })).error, 'error');
  });

  it('tells vendor and model of a provider, and neither of a program', async () => {
    const told = [
      ['openai:chat:gpt-4o', 'openai', 'gpt-4o'],
      ['anthropic:messages:claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
      [
        'bedrock:us.anthropic.claude-3-haiku-20240307-v1:0',
        'bedrock',
        'us.anthropic.claude-3-haiku-20240307-v1:0',
      ],
      ['openrouter:meta-llama/llama-3:free', 'openrouter', 'meta-llama/llama-3:free'],
      ['google:gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
      ['openai:chat', 'openai', 'chat'],
      ['file://provider.py', undefined, undefined],
      ['exec:run.sh', undefined, undefined],
      ['my-provider', undefined, undefined],
    ] as const;
    const rows = told.flatMap(([id], i) => [
      { id: `${i} object`, provider: { id, label: 'CANARY' } },
      { id: `${i} text`, provider: id },
    ]);
    const { calls } = await importFile(database([...tables, results(...rows)]));
    for (const [i, [id, vendor, model]] of told.entries()) {
      for (const kind of ['object', 'text']) {
        const call = calls.get(`${i} ${kind}`)!;
        assert.deepEqual([call.provider, call.model], [vendor, model], id);
      }
    }
    const echo = await importFile(database([...tables, results({ id: 'r', provider: { id: 'echo' } })]));
    assert.equal(echo.told, 0);
  });

  it('takes what a provider cached out of its prompt, for Anthropic beside it', async () => {
    const completionDetails = { reasoning: 20, cacheReadInputTokens: 1000, cacheCreationInputTokens: 100 };
    const response = { tokenUsage: { prompt: 1300, completion: 220, total: 1520, completionDetails } };
    assert.deepEqual(tokens(await one({ response })), [200, 1000, 100, 220, 20]);
    const anthropic = await one({ response, provider: { id: 'anthropic:messages:claude-sonnet-4-5' } });
    assert.deepEqual(tokens(anthropic), [1300, 1000, 100, 220, 20]);
  });

  const entry = (fields: object = {}) => ({
    ...{
      provider: { id: 'openai:gpt-4' },
      latencyMs: 800,
      cost: 0.01,
      success: true,
      prompt: { raw: 'CANARY' },
      vars: { a: 'CANARY' },
    },
    response: { output: 'CANARY', tokenUsage: { prompt: 100, completion: 10, total: 110 } },
    ...fields,
  });

  it('reads old evals, which keep their results in themselves', async () => {
    const list = [
      entry(),
      entry({
        provider: 'anthropic:claude-2',
        error: 'API error: 500',
        failureReason: 2,
        response: undefined,
        cost: undefined,
      }),
      'odd',
      entry({ response: { cached: true, tokenUsage: { cached: 110, total: 110 } } }),
    ];
    const path = database([
      ...tables,
      evals(
        ['eval-old', { version: 2, results: list, stats: { tokenUsage: { prompt: 99_999 } } }],
        ['eval-new', {}],
      ),
    ]);
    const { calls, sessions, issues } = await importFile(path);
    assert.deepEqual(
      [...calls.values()].map((call) => [
        call.id,
        call.at,
        call.model,
        tokens(call),
        call.recorded,
        call.failed,
        call.error,
      ]),
      [
        [
          'eval-old 0',
          Date.UTC(2025, 0, 2, 3, 4, 5),
          'gpt-4',
          [100, 0, 0, 10, 0],
          10_000_000,
          false,
          undefined,
        ],
        [
          'eval-old 1',
          Date.UTC(2025, 0, 2, 3, 4, 5),
          'claude-2',
          [0, 0, 0, 0, 0],
          undefined,
          true,
          'API error 500',
        ],
        ['eval-old 3', Date.UTC(2025, 0, 2, 3, 4, 5), 'gpt-4', [0, 0, 0, 0, 0], 0, false, undefined],
      ],
    );
    assert.deepEqual([[...sessions.keys()], issues], [['eval-old', 'eval-new'], []]);
  });

  it('counts results that were moved into rows of their own once, whatever copy comes first', async () => {
    const before = database([...tables, evals(['eval-1', { results: [entry(), entry()] }])]);
    const after = database([...tables, evals(['eval-1', {}]), results({ id: 'a' }, { id: 'b' })]);
    const both = database([
      ...tables,
      evals(['eval-1', { results: [entry(), entry()] }]),
      results({ id: 'a' }, { id: 'b' }),
    ]);
    const expected = {
      calls: 2,
      input: 2600,
      cacheRead: 0,
      cacheWrite: 0,
      output: 440,
      recorded: 504_000,
      errors: 0,
    };
    for (const paths of [[after], [both], [before, after], [after, before], [before, both, after]])
      assert.deepEqual(sums(await ledgerOf(...paths)), expected);
  });

  it('reads only rows that are new or were changed since', async () => {
    const day = 86_400_000;
    const path = database([
      ...tables,
      results({ id: 'a', updated_at: day }, { id: 'b', updated_at: 2 * day }),
    ]);
    const before = await importFile(path);
    database([results({ id: 'c', updated_at: 3 * day })], path);
    const after = await importFile(path, before.cursor);
    assert.deepEqual(
      [...after.calls.keys()].sort(),
      ['b', 'c'],
      'of the old rows only those of the last hour',
    );
  });

  it('takes any type in any column, and names what it leaves out', async () => {
    const fields = Object.keys(usual);
    const rows = fields.flatMap((name, i) =>
      [...wrongValues, '{"id": ', '[1'].map((value, j) => ({ id: `${i} ${j}`, [name]: value })),
    );
    const path = database([
      ...tables,
      ['ALTER TABLE eval_results ADD COLUMN new_kind BLOB'],
      results(...rows),
      evals(['e', '{"results": ['], ['f', { results: wrongValues }], ['g', { results: { a: 1 } }]),
    ]);
    const { calls, issues } = await importFile(path);
    assert.ok(calls.size > rows.length * 0.9);
    assert.ok([...calls.values()].every(isSound));
    assert.deepEqual(
      new Set(issues.map(({ place }) => place!.split('.')[0])),
      new Set(['evals', 'eval_results']),
    );
    const bare = database([
      ['CREATE TABLE eval_results (id TEXT, eval_id TEXT, provider TEXT)'],
      [
        'INSERT INTO eval_results VALUES (?, ?, ?)',
        [
          ['r', 'e', 'openai:gpt-4'],
          [null, 'e', 'x:y'],
        ],
      ],
    ]);
    const found = await importFile(bare);
    assert.deepEqual(
      [[...found.calls.keys()], found.issues.map(({ place }) => place)],
      [['r'], ['eval_results.2']],
    );
  });

  it('keeps no prompt, answer, description, label or reason', async () => {
    const path = database([
      ...tables,
      results({ id: 'r' }, { id: 's', error: 'CANARY', failure_reason: 2 }),
      evals(['old', { results: [entry({ error: 'CANARY', failureReason: 1 })] }]),
    ]);
    const found = await importFile(path);
    assert.equal(found.told, 3);
    assert.ok(!allOf(found).includes('CANARY'));
  });
});
