import assert from 'node:assert/strict';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { sums } from '../../support/arrangements';
import { allOf, callIn, copied, database, fixture, sourceFile, tokens } from '../../support/sourceFiles';
import { isSound, wrongValues } from '../../support/wrongValues';
import type { Statement } from '../../support/sourceFiles';

const sample = fixture('llm', 'logs.db');

const responses = 'CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, ';
const newest = `${responses} conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER,
  output_tokens INTEGER, token_details TEXT, resolved_model TEXT, schema_id TEXT)`;
/** Before token counts came, and before resolved models. */
const first = `${responses} conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT)`;
const turns = `CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, model TEXT, resolved_model TEXT, input_tokens INTEGER,
  output_tokens INTEGER, token_details TEXT, duration_ms INTEGER, datetime_utc TEXT, response_json TEXT)`;
const names = 'id, model, conversation_id, datetime_utc, input_tokens, output_tokens, token_details';
const insert = (...rows: readonly unknown[][]): Statement => [
  `INSERT INTO responses (${names}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  rows,
];
const withDetails = async (input: unknown, output: unknown, details: unknown) =>
  tokens(
    await callIn(
      database([[newest], insert(['r', 'm', 'c', '2026-01-01', input, output, JSON.stringify(details)])]),
      'r',
    ),
  );

describe('llm', () => {
  it('reads responses and turns of one file (naive: 2,220 tokens of input and the cached ones again)', async () => {
    const { calls, issues } = await importFile(sample);
    assert.deepEqual(issues, []);
    assert.deepEqual(
      [...calls.values()].map((call) => [call.id, call.session, call.model, tokens(call), call.latencyMs]),
      [
        [
          ...['01hresp0000000000000000001', '01hconv0000000000000000001', 'gpt-4o-mini-2024-07-18'],
          ...[[56, 64, 0, 18, 0], 812],
        ],
        ['01hresp0000000000000000002', '01hconv0000000000000000001', 'orca-mini-3b', [0, 0, 0, 0, 0], 90],
        [
          ...['01kturn000000000000000001', '01kthread00000000000000001', 'gpt-5.6-luna-2026-07-01'],
          ...[[564, 1536, 0, 540, 320], 5400],
        ],
      ],
    );
    const times = [...calls.values()].map(({ at }) => at);
    // An old row without an offset is UTC.
    assert.deepEqual(times, [
      Date.UTC(2025, 5, 1, 10, 0, 0, 123),
      Date.UTC(2023, 8, 1, 10, 0, 0, 500),
      Date.UTC(2026, 7, 5, 9),
    ]);
    assert.ok(
      [...calls.values()].every(({ provider, recorded }) => provider === undefined && recorded === undefined),
    );
  });

  it("gives the sample folder's totals, and the same for a copy beside it", async () => {
    // samples/expected.json
    const expected = {
      calls: 3,
      input: 620,
      cacheRead: 1600,
      cacheWrite: 0,
      output: 558,
      recorded: 0,
      errors: 0,
    };
    assert.deepEqual(sums(await ledgerOf(sample)), expected);
    const both = await ledgerOf(copied(sample, 'moved.sqlite'), sample);
    assert.deepEqual([sums(both), both.total.sessions], [expected, 2]);
  });

  it('counts a response that both generations hold once', async () => {
    const path = database([
      ...([[newest], [turns]] as Statement[]),
      insert(['same', 'gpt-4o', 'c', '2026-08-01T00:00:00+00:00', 100, 5, '{}']),
      [
        'INSERT INTO turns (id, thread_id, model, input_tokens, output_tokens, datetime_utc) VALUES (?, ?, ?, ?, ?, ?)',
        [['same', 'c', 'gpt-4o', 100, 5, '2026-08-01T00:00:00+00:00']],
      ],
    ]);
    assert.deepEqual((await importFile(path)).told, 2);
    assert.deepEqual(
      [(await ledgerOf(path)).total.calls, (await ledgerOf(path)).total.inputTokens],
      [1, 100],
    );
  });

  it('takes the cache as each provider reports it', async () => {
    const openAi = {
      prompt_tokens_details: { cached_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 4 },
    };
    assert.deepEqual(await withDetails(100, 10, openAi), [70, 30, 0, 10, 4]);
    const responsesApi = {
      input_tokens_details: { cached_tokens: 30 },
      output_tokens_details: { reasoning_tokens: 4 },
    };
    assert.deepEqual(await withDetails(100, 10, responsesApi), [70, 30, 0, 10, 4]);
    // Beside the input, not in it (naive: 70 - 30 = 40 of input).
    const anthropic = {
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 20,
      service_tier: 'standard',
    };
    assert.deepEqual(await withDetails(100, 10, anthropic), [100, 30, 20, 10, 0]);
    assert.deepEqual(
      await withDetails(100, 10, { cachedContentTokenCount: 30, thoughtsTokenCount: 4 }),
      [70, 30, 0, 10, 4],
    );
    assert.deepEqual(await withDetails(100, null, null), [100, 0, 0, 0, 0]);
  });

  it('reads a file of before there were token counts, and logs of 2023', async () => {
    const old = database([
      [first],
      [
        'INSERT INTO responses (id, model, conversation_id, datetime_utc, duration_ms) VALUES (?, ?, ?, ?, ?)',
        [['r1', 'gpt-4', null, '2023-07-12 10:00:00', 7]],
      ],
    ]);
    assert.deepEqual(
      [...(await importFile(old)).calls.values()].map(({ session }) => session),
      ['r1'],
    );
    const logs: Statement[] = [
      [
        'CREATE TABLE logs (id INTEGER PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, chat_id INTEGER, datetime_utc TEXT)',
      ],
      [
        'INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?)',
        [
          [1, 'gpt-3.5-turbo', 'CANARY', 'CANARY', 1, '2023-06-16 10:00:00'],
          [2, 'gpt-3.5-turbo', 'CANARY', 'CANARY', 1, '2023-06-16 10:01:00'],
          [3, 'gpt-4', 'CANARY', 'CANARY', null, '2023-06-16 11:00:00'],
        ],
      ],
    ];
    const other = JSON.parse(JSON.stringify(logs).replaceAll('2023-06-16', '2023-06-17')) as Statement[];
    const path = database(logs);
    const { total } = await ledgerOf(path, copied(path), database(other));
    // Naive by id: 3 calls and 2 sessions, since both files count from 1.
    assert.deepEqual([total.calls, total.sessions], [6, 4]);
    assert.ok(!allOf(await importFile(path)).includes('CANARY'));
  });

  it('reads only new rows, and all of them after the file was made anew', async () => {
    const row = (i: number) => [`r${i}`, 'm', 'c', '2026-01-01', i, 1, null];
    const path = database([[newest], insert(row(1), row(2))]);
    const before = await importFile(path);
    assert.equal(before.told, 2);
    database([insert(row(3))], path);
    const after = await importFile(path, before.cursor);
    assert.deepEqual([...after.calls.keys()], ['r3']);
    assert.equal((await importFile(path, after.cursor)).told, 0);
    database([['DELETE FROM responses'], insert(row(5), row(6), row(7), row(8))], path);
    const anew = await importFile(path, after.cursor);
    assert.deepEqual([...anew.calls.keys()], ['r5', 'r6', 'r7', 'r8']);
    const { calls } = await importFile(path, { ...after.cursor, 'responses.row': 'x' });
    assert.equal(calls.size, 4);
  });

  it('is the same ledger however it was split over imports', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => {
      const details = { prompt_tokens_details: { cached_tokens: i } };
      return [
        `r${i}`,
        'gpt-4o',
        `c${i % 4}`,
        `2026-01-01T00:00:${String(i + 10)}`,
        100 + i,
        i,
        JSON.stringify(details),
      ];
    });
    const whole = await ledgerOf(database([[newest], insert(...rows)]));
    assert.deepEqual(sums(whole), { ...sums(whole), calls: 30, input: 3000, cacheRead: 435, output: 435 });
    const parts = [rows.slice(20), rows.slice(0, 12), rows.slice(5, 25)].map((part) =>
      database([[newest], insert(...part)]),
    );
    assert.deepEqual(sums(await ledgerOf(...parts)), sums(whole));
    assert.deepEqual(sums(await ledgerOf(...parts.reverse())), sums(whole));
  });

  it('takes any type in any column, unknown columns and tables', async () => {
    const good = ['', 'gpt-4o', 'c', '2026-01-01', 10, 5, '{}'];
    const bad = [
      ...wrongValues.map((value) => (typeof value === 'object' && value ? JSON.stringify(value) : value)),
      1e300,
    ];
    const rows = good.flatMap((_, column) =>
      bad.map((value, i) =>
        good.map((was, at) => (at === column ? value : at === 0 ? `${column} ${i}` : was)),
      ),
    );
    const distinct = rows.filter(([id], i) => rows.findIndex(([other]) => other === id) === i);
    const path = database([
      [newest.replace('TEXT PRIMARY KEY', 'TEXT')],
      ['ALTER TABLE responses ADD COLUMN new_kind BLOB'],
      ['CREATE TABLE tool_calls_v9 (id INTEGER)'],
      insert(...distinct),
    ]);
    const { calls, issues } = await importFile(path);
    assert.ok([...calls.values()].every(isSound));
    assert.ok(calls.size >= 80);
    assert.ok(issues.length >= 1 && issues.every(({ place }) => /^responses\.\d+$/.test(place!)));
  });

  it('keeps no prompt, answer, name or option', async () => {
    const secret = 'CANARY';
    const path = database([
      [newest],
      ['CREATE TABLE conversations (id TEXT, name TEXT, model TEXT)'],
      ['INSERT INTO conversations VALUES (?, ?, ?)', [['c', secret, 'm']]],
      [
        'INSERT INTO responses (id, model, prompt, response, schema_id, token_details, input_tokens) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [['r', 'm', secret, secret, secret, JSON.stringify({ [secret]: secret }), 1]],
      ],
    ]);
    const found = await importFile(path);
    assert.equal(found.told, 1);
    assert.ok(!allOf(found).includes(secret));
  });

  it('leaves other databases and damaged ones alone', async () => {
    const other = database([['CREATE TABLE responses (id TEXT, body TEXT, model TEXT)']]);
    assert.equal((await importFile(other)).importer, undefined);
    const broken = sourceFile(
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4000, 0xa5)]),
      'logs.db',
    );
    const found = await importFile(broken);
    assert.deepEqual([found.importer, found.issues.length], [undefined, 1]);
  });
});
