import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sums } from '../../support/arrangements';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { allOf, callIn, copied, database, fixture, sourceFile, tokens } from '../../support/sourceFiles';
import { damaged, isSound } from '../../support/wrongValues';
import { openCode } from '../../../src/importers/openCode';
import type { Statement } from '../../support/sourceFiles';

type Row = Record<string, unknown>;
const inStorage = (...names: readonly string[]): string => fixture('opencode', 'storage', ...names);
const db = fixture('opencode', 'opencode.db');
const file = inStorage('message', 'ses_1', 'msg_a1.json');
const message = (fields: Row = {}): Row => ({
  ...(JSON.parse(readFileSync(file, 'utf8')) as Row),
  ...fields,
});
const inFile = async (fields: Row) => callIn(sourceFile(JSON.stringify(message(fields), null, 2)), 'msg_a1');

const tables: Statement[] = [
  [
    'CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, title TEXT, time_created INTEGER, time_updated INTEGER, cost REAL, tokens_input INTEGER)',
  ],
  [
    'CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT)',
  ],
];
const sessions = (...rows: readonly (readonly [id: string, parent: string | null])[]): Statement => [
  'INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  rows.map(([id, parent]) => [id, parent, `/home/ana/${id}`, 'CANARY', 1, 1, 99, 99]),
];
const put = (
  ...rows: readonly (readonly [id: string, session: string, updated: number, data: unknown])[]
): Statement => [
  'INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)',
  rows.map(([id, session, updated, data]) => [
    ...[id, session, 1772442000000, updated],
    typeof data === 'string' ? data : JSON.stringify(data),
  ]),
];
const data = (fields: Row = {}): Row =>
  Object.fromEntries(
    Object.entries(message(fields)).filter(([name]) => name !== 'id' && name !== 'sessionID'),
  );

describe('OpenCode', () => {
  // samples/expected.json
  const sample = {
    calls: 1,
    input: 50,
    cacheRead: 10_000,
    cacheWrite: 300,
    output: 300,
    recorded: 8_850_000,
    errors: 0,
  };

  it('counts a message of the database and of a file once (naive: its part, its session and its file too)', async () => {
    for (const paths of [[db], [file], [db, file], [file, db], [copied(db), copied(file), db]]) {
      const ledger = await ledgerOf(...paths);
      assert.deepEqual([sums(ledger), ledger.total.sessions, ledger.issues], [sample, 1, []]);
    }
    for (const path of [db, file]) {
      const call = await callIn(path, 'msg_a1');
      assert.deepEqual(tokens(call), [50, 10_000, 300, 300, 0]);
      assert.deepEqual(
        [
          call.session,
          call.provider,
          call.model,
          call.at,
          call.latencyMs,
          call.recorded,
          call.recordedExact,
          call.failed,
        ],
        ['ses_1', 'anthropic', 'claude-sonnet-4-5', 1772442000000, 4000, 8_850_000, true, false],
      );
      assert.equal((await importFile(path)).sessions.get('ses_1')!.project, '/home/ana/shop-api');
    }
  });

  it('adds reasoning to the output, and takes a cost of 0 beside tokens as unknown (naive: 30 tokens for 0 USD)', async () => {
    const call = await callIn(inStorage('message', 'ses_2', 'msg_b2.json'), 'msg_b2');
    assert.deepEqual(tokens(call), [400, 600, 0, 100, 70]);
    assert.deepEqual([call.recorded, call.recordedExact, call.provider], [undefined, undefined, 'copilot']);
  });

  it('makes a session with a parent an agent of it, however it is stored', async () => {
    const files = await ledgerOf(fixture('opencode', 'storage'));
    assert.deepEqual([files.total.calls, files.total.sessions], [2, 1]);
    assert.deepEqual(
      files.calls.map(({ key, session, agent }) => [key, session, agent]),
      [
        ['msg_a1', 'ses_1', null],
        ['msg_b2', 'ses_1', 'ses_2'],
      ],
    );
    const path = database([
      ...[...tables, sessions(['ses_3', 'ses_2'], ['ses_1', null], ['ses_2', 'ses_1'])],
      put(
        ['msg_a1', 'ses_1', 1, data()],
        ['msg_b2', 'ses_2', 1, data({ agent: 'explore' })],
        ['msg_c3', 'ses_3', 1, data()],
      ),
    ]);
    const { batches } = await importFile(path);
    assert.deepEqual(
      batches.flatMap(({ merges }) => merges ?? []),
      [
        { from: 'ses_3', into: 'ses_2', agent: { name: 'build' } },
        { from: 'ses_2', into: 'ses_1', agent: { name: 'explore' } },
      ],
    );
    const { total, calls } = await ledgerOf(path);
    assert.deepEqual([total.calls, total.sessions, total.inputTokens], [3, 1, 150]);
    assert.deepEqual(
      calls.map(({ session }) => session),
      ['ses_1', 'ses_1', 'ses_1'],
    );
  });

  it('counts an answer that a fork copied once, where it was given (naive: 100 tokens of input)', async () => {
    // Ids begin with the time they were made at, in hexadecimal digits.
    const [given, forked] = ['msg_c6d2a0000001abcdefghijklmn', 'msg_c6d2b0000001abcdefghijklmn'];
    const rows = [
      [forked, 'ses_2', 1, data()],
      [given, 'ses_1', 1, data()],
    ] as const;
    for (const order of [rows, [...rows].reverse()]) {
      const ledger = await ledgerOf(...order.map((row) => database([...tables, put(row)])));
      assert.deepEqual(sums(ledger), sample);
      assert.deepEqual(
        ledger.calls.map(({ key, duplicate_of }) => [key, duplicate_of]),
        [
          [given, null],
          [forked, given],
        ],
      );
    }
    const later = { time: { created: 1772442000000, completed: 1772442004001 } };
    const other = await ledgerOf(database([...tables, put(rows[1], [forked, 'ses_2', 1, data(later)])]));
    assert.equal(other.total.calls, 2);
  });

  it('passes over what holds no calls and says why', () => {
    for (const [path, why] of [
      [inStorage('message', 'ses_2', 'msg_b1.json'), /user's message/],
      [inStorage('part', 'msg_a1', 'prt_1.json'), /part of a message/],
      [inStorage('project', 'prj_1.json'), /folder of a project/],
    ] as const) {
      assert.match(openCode.skips!({ path, head: readFileSync(path, 'utf8') })!, why);
    }
  });

  it('tells errors by class and status, and counts no answer that is still being written', async () => {
    const error = { name: 'APIError', data: { message: 'CANARY', statusCode: 429, responseBody: 'CANARY' } };
    const none = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
    const failed = await inFile({ error, tokens: none, cost: 0 });
    assert.deepEqual([failed.failed, failed.error, failed.recorded], [true, 'APIError 429', 0]);
    const open = { tokens: none, cost: 0, time: { created: 1772442000000 } };
    assert.equal((await importFile(sourceFile(message(open)))).told, 0);
    const long = { ...data({ error, tokens: none }), system: ['CANARY'.repeat(5000)] };
    const path = database([
      ...tables,
      put(['msg_1', 's', 1, long], ['msg_2', 's', 1, { ...data(), system: long.system }]),
    ]);
    const [first, second] = (await importFile(path)).calls.values();
    assert.deepEqual([first!.error, second!.error, second!.failed], ['APIError 429', undefined, false]);
    assert.deepEqual(tokens(second!), [50, 10_000, 300, 300, 0]);
    assert.equal(second!.recorded, 8_850_000);
  });

  it('recognises an answer whose system prompt is longer than what is looked at', async () => {
    const { id, role, ...rest } = message();
    const path = sourceFile(JSON.stringify({ id, role, system: ['x '.repeat(20_000)], ...rest }, null, 2));
    assert.deepEqual(tokens(await callIn(path, 'msg_a1')), [50, 10_000, 300, 300, 0]);
  });

  it("reads the next generation's table only while the old one is empty", async () => {
    const next: Statement[] = [
      ...tables,
      [
        'CREATE TABLE session_message (id TEXT PRIMARY KEY, session_id TEXT, type TEXT, seq INTEGER, time_created INTEGER, time_updated INTEGER, data TEXT)',
      ],
      [
        'INSERT INTO session_message VALUES (?, ?, ?, ?, ?, ?, ?)',
        [
          ['msg_n1', 'ses_1', 'user', 1, 1, 1, '{"text":"CANARY"}'],
          [
            'msg_n2',
            'ses_1',
            'assistant',
            2,
            1,
            1,
            JSON.stringify({
              ...data({ modelID: undefined, providerID: undefined, role: undefined }),
              model: { id: 'gpt-5', providerID: 'openai' },
            }),
          ],
        ],
      ],
    ];
    const path = database(next);
    const call = await callIn(path, 'msg_n2');
    assert.deepEqual(
      [call.model, call.provider, tokens(call)],
      ['gpt-5', 'openai', [50, 10_000, 300, 300, 0]],
    );
    const both = await importFile(database([...next, put(['msg_a1', 'ses_1', 1, data()])]));
    assert.deepEqual([...both.calls.keys()], ['msg_a1']);
  });

  it('reads only rows that are new or were changed since', async () => {
    const growing = { tokens: { input: 1, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }, cost: 0 };
    const day = 86_400_000;
    const path = database([
      ...[...tables, sessions(['ses_1', null])],
      put(['msg_1', 'ses_1', day, data()], ['msg_2', 'ses_1', 2 * day, data(growing)]),
    ]);
    const before = await importFile(path);
    assert.equal(before.told, 2);
    const quiet = await importFile(path, before.cursor);
    assert.deepEqual(
      [...quiet.calls.keys()],
      ['msg_2'],
      'the latest hour is read again, in case its clock was set back',
    );
    database(
      [
        [
          'UPDATE message SET data = ?, time_updated = ? WHERE id = ?',
          [[JSON.stringify(data()), 3 * day, 'msg_1']],
        ],
        put(['msg_3', 'ses_1', 3 * day, data()]),
      ],
      path,
    );
    const after = await importFile(path, quiet.cursor);
    assert.deepEqual([...after.calls.keys()].sort(), ['msg_1', 'msg_2', 'msg_3']);
    const last = await importFile(path, after.cursor);
    assert.deepEqual([...last.calls.keys()].sort(), ['msg_1', 'msg_3']);
  });

  it('takes any type in any field, and names what it leaves out', async () => {
    const rows = [...damaged(data())].map((one, i) => [`msg_${i}`, 'ses_1', 1, one] as const);
    const path = database([...tables, put(...rows, ['msg_x', 'ses_1', 1, '{"role": "assistant", "tok'])]);
    const { calls, issues } = await importFile(path);
    assert.ok(calls.size > rows.length * 0.9);
    assert.ok([...calls.values()].every(isSound));
    assert.deepEqual(
      issues.map(({ place }) => place),
      [`message.${rows.length + 1}`],
    );
    for (const one of damaged(message())) {
      const found = await importFile(sourceFile(one));
      assert.ok(found.importer === undefined || found.issues.length < 2);
    }
    const cut = await importFile(sourceFile(readFileSync(file, 'utf8').slice(0, 300)));
    assert.match(cut.issues[0]!.message, /not valid JSON/);
  });

  it('keeps no title, prompt or message of an error', async () => {
    const secret = {
      title: 'CANARY',
      system: 'CANARY',
      summary: 'CANARY',
      finish: 'CANARY',
      error: { name: 'a CANARY', data: 'CANARY' },
    };
    const path = database([...tables, sessions(['ses_1', null]), put(['msg_1', 'ses_1', 1, data(secret)])]);
    for (const one of [
      path,
      sourceFile(message(secret)),
      inStorage('session', 'prj_1', 'ses_2.json'),
      inStorage('message', 'ses_2', 'msg_b2.json'),
    ]) {
      const found = await importFile(one);
      assert.equal(found.importer, 'opencode');
      assert.ok(!allOf(found).includes('CANARY'), one);
    }
  });
});
