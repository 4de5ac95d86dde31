import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sums } from '../../support/arrangements';
import { importFile } from '../../support/imported';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { shuffled } from '../../support/shuffled';
import { allOf, copied, fixture, newPlace, sourceFile, tokens } from '../../support/sourceFiles';
import { damaged, isSound } from '../../support/wrongValues';
import type { CallFact } from '../../../src/shared/facts';

type Row = Record<string, unknown>;
const folder = fixture('cline');
const task = '1772442000000';
const sample = (name: string): string => fixture('cline', 'tasks', task, name);
const start = 1772442000000;
// samples/expected.json
const expected = {
  calls: 3,
  input: 65,
  cacheRead: 10_000,
  cacheWrite: 300,
  output: 325,
  recorded: 9_350_000,
  errors: 0,
};

const first: Row = { ts: start, type: 'say', say: 'task', text: 'CANARY' };
const say = (seconds: number, kind: string, told: unknown, fields: Row = {}): Row => ({
  ...{
    ts: start + seconds * 1000,
    type: 'say',
    say: kind,
    text: typeof told === 'string' ? told : JSON.stringify(told),
  },
  ...fields,
});
const request = (seconds: number, told: Row = {}, fields: Row = {}): Row =>
  say(
    seconds,
    'api_req_started',
    { request: 'CANARY', tokensIn: 50, tokensOut: 30, cacheWrites: 20, cacheReads: 100, cost: 0.01, ...told },
    fields,
  );
const messages = (rows: readonly unknown[], place = newPlace()): string =>
  sourceFile([first, ...rows], `tasks/${task}/ui_messages.json`, place);
const callsIn = async (...rows: readonly Row[]): Promise<CallFact[]> => [
  ...(await importFile(messages(rows))).calls.values(),
];

describe('Cline, Roo and Kilo', () => {
  it('counts messages, history and the list of tasks once (naive: the request of the history again)', async () => {
    const { total, sessions, issues } = await ledgerOf(folder);
    assert.deepEqual([sums({ total } as never), total.sessions, issues], [expected, 1, []]);
    assert.equal(sessions[0]!.project_path, '/home/ana/shop-api');
    const paths = [
      sample('ui_messages.json'),
      sample('api_conversation_history.json'),
      fixture('cline', 'state', 'taskHistory.json'),
    ];
    for (const order of [paths, [...paths].reverse()])
      assert.deepEqual(sums(await ledgerOf(...order)), expected);
    const twice = await ledgerOf(
      copied(folder),
      folder,
      copied(sample('ui_messages.json'), 'elsewhere.json'),
    );
    assert.deepEqual(sums(twice), expected);
  });

  it('reads requests, and the sums of sub-agents and of what was deleted', async () => {
    const { calls } = await importFile(sample('ui_messages.json'));
    const [main, agents, deleted] = [...calls.values()];
    assert.deepEqual(
      [main!.id, main!.at, main!.session, main!.provider, main!.model, main!.recorded, main!.recordedExact],
      [`${start}-${start + 1000}`, start + 1000, task, 'anthropic', 'claude-sonnet-4-5', 8_850_000, true],
    );
    assert.deepEqual(
      [main, agents, deleted].map((call) => tokens(call!)),
      [
        [50, 10_000, 300, 300, 0],
        [10, 0, 0, 20, 0],
        [5, 0, 0, 5, 0],
      ],
    );
    assert.deepEqual([main!.agent, agents!.agent], [undefined, { id: 'subagents', name: 'subagents' }]);
  });

  it('reads the history where there are no messages, with the cached part taken out of the prompt', async () => {
    const ledger = await ledgerOf(sample('api_conversation_history.json'));
    assert.deepEqual(sums(ledger), {
      ...expected,
      calls: 1,
      input: 350,
      cacheWrite: 0,
      output: 300,
      recorded: 8_850_000,
    });
  });

  it('counts no request that is still under way, and one that was broken off as failed', async () => {
    const broken = { cancelReason: 'streaming_failed', streamingFailedMessage: 'CANARY' };
    const none = {
      tokensIn: undefined,
      tokensOut: undefined,
      cacheWrites: undefined,
      cacheReads: undefined,
      cost: undefined,
    };
    const calls = await callsIn(
      request(1, none),
      request(2, broken),
      request(3, { ...none, cancelReason: 'user_cancelled' }),
    );
    assert.deepEqual(
      calls.map((call) => [call.at, call.failed, call.error, call.recorded]),
      [
        [start + 2000, true, 'streaming_failed', 10_000_000],
        [start + 3000, true, 'user_cancelled', undefined],
      ],
    );
  });

  it('counts each failed attempt beside the request that succeeded in the end', async () => {
    const failure = { ts: start + 2000, type: 'ask', ask: 'api_req_failed', text: '429 CANARY too many' };
    const calls = await callsIn(
      request(1, {}, { modelInfo: { modelId: 'm', providerId: 'openrouter' } }),
      failure,
    );
    assert.deepEqual(
      calls.map((call) => [call.failed, call.error, call.model]),
      [
        [false, undefined, 'm'],
        [true, '429', 'm'],
      ],
    );
    const told = await callsIn(
      request(1, {
        tokensIn: 0,
        tokensOut: 0,
        cacheWrites: 0,
        cacheReads: 0,
        cost: 0,
        cancelReason: 'retries_exhausted',
      }),
      failure,
    );
    assert.equal(told.length, 1);
  });

  it('joins the figures of very old files, which follow the request (naive: no tokens)', async () => {
    const calls = await callsIn(
      say(1, 'api_req_started', { request: 'CANARY' }),
      say(4, 'api_req_finished', { tokensIn: 7, tokensOut: 3, cost: 0.5 }),
      say(5, 'api_req_finished', { tokensIn: 9 }),
    );
    assert.deepEqual(
      calls.map((call) => [call.id, call.at, tokens(call), call.recorded]),
      [[`${start}-${start + 1000}`, start + 1000, [7, 0, 0, 3, 0], 500_000_000]],
    );
  });

  it("takes the cache out of Roo's input where it includes it", async () => {
    const at = async (protocol: string | undefined, seconds: number, tokensIn: number) =>
      tokens((await callsIn(request(seconds, { apiProtocol: protocol, tokensIn })))[0]!).slice(0, 3);
    const before = (Date.UTC(2025, 5, 1) - start) / 1000;
    assert.deepEqual(await at('openai', before, 150), [30, 100, 20]);
    assert.deepEqual(await at('anthropic', before, 150), [150, 100, 20]);
    assert.deepEqual(await at('anthropic', 1, 150), [30, 100, 20]);
    assert.deepEqual(await at('anthropic', 1, 50), [50, 100, 20]);
    assert.deepEqual(await at(undefined, 1, 150), [150, 100, 20]);
  });

  it('takes a cost of 0 beside tokens as unknown, and names vendors as others do', async () => {
    const of = async (providerId: string, cost: unknown) =>
      (await callsIn(request(1, { cost }, { modelInfo: { modelId: 'm', providerId } })))[0]!;
    assert.deepEqual(
      [(await of('ollama', 0)).recorded, (await of('ollama', 0)).included],
      [undefined, undefined],
    );
    const subscribed = await of('claude-code', 0);
    assert.deepEqual(
      [subscribed.recorded, subscribed.included, subscribed.provider],
      [undefined, true, 'anthropic'],
    );
    assert.equal((await of('openai-native', undefined)).provider, 'openai');
    assert.equal((await of('vscode-lm', undefined)).provider, 'copilot');
  });

  it('counts what was deleted once, though it was told before, request by request', async () => {
    const deleted = say(9, 'deleted_api_reqs', {
      tokensIn: 150,
      tokensOut: 90,
      cacheWrites: 60,
      cacheReads: 300,
      cost: 0.03,
    });
    const all = [request(1), request(2), request(3), request(4)];
    const place = newPlace();
    const whole = {
      calls: 5,
      input: 250,
      cacheRead: 500,
      cacheWrite: 100,
      output: 150,
      recorded: 50_000_000,
      errors: 0,
    };
    // The first import saw requests 1 to 3; of 2, 3 and 4 only the sum is left. Naive: 60 million, 350 of input.
    const grown = await ledgerInSteps(
      () => [messages(all.slice(0, 3), place)],
      () => [messages([request(1), deleted, request(10)], place)],
      () => [messages([request(1), deleted, request(10)], place)],
    );
    assert.deepEqual(sums(grown), whole);
    const anew = await ledgerOf(messages([request(1), deleted, request(10)]));
    assert.deepEqual(sums(anew), { ...whole, calls: 3 });
  });

  it('is the same ledger however it grew, and in whatever order its files came', async () => {
    const { below, chance } = random(5);
    const rows = Array.from({ length: 30 }, (_, i) =>
      chance(0.2)
        ? say(i + 1, 'text', 'CANARY')
        : request(i + 1, { tokensIn: below(900), tokensOut: 1 + below(90), cost: below(1000) / 1e6 + 1e-6 }),
    );
    const place = newPlace();
    const steps = [5, 5, 17, 30].map((n) => () => [messages(rows.slice(0, n), place)]);
    const grown = await ledgerInSteps(...steps);
    const other = sourceFile([{ ...first, ts: start + 1 }, ...rows], `tasks/${start + 1}/ui_messages.json`);
    const paths = [messages(rows), copied(messages(rows)), other];
    assert.deepEqual(sums(await ledgerOf(messages(rows))), sums(grown));
    const both = sums(await ledgerOf(...paths));
    // Another task with requests at the same times is another task.
    assert.equal(both.calls, 2 * sums(grown).calls);
    for (let seed = 1; seed < 5; seed++)
      assert.deepEqual(sums(await ledgerOf(...shuffled(paths, seed))), both);
  });

  it("reads Roo's file of a task, and compares no sums of which the parts are not known", async () => {
    const one = {
      id: 'a-b',
      number: 1,
      ts: start,
      task: 'CANARY',
      tokensIn: 1,
      tokensOut: 2,
      totalCost: 3,
      workspace: '/home/ana/x',
    };
    const { sessions, batches } = await importFile(sourceFile(one, 'history_item.json'));
    assert.deepEqual([...sessions.values()], [{ id: 'a-b', project: '/home/ana/x' }]);
    assert.deepEqual(
      batches.flatMap(({ claims }) => claims ?? []),
      [],
    );
    const listed = await importFile(fixture('cline', 'state', 'taskHistory.json'));
    assert.deepEqual(
      listed.batches.flatMap(({ claims }) => claims ?? []),
      [{ session: task, recorded: 9_350_000, inputTokens: 10_365, outputTokens: 325 }],
    );
  });

  it('takes any type in any field, and reads a file up to where it was cut', async () => {
    const bad = [...damaged(request(1, {}, { modelInfo: { modelId: 'm', providerId: 'p' } }))] as Row[];
    const inner = [...damaged(JSON.parse(request(1).text as string))].map((told, i) =>
      say(i + 100, 'api_req_started', told),
    );
    const path = messages([...bad, 17, null, 'x', ...inner]);
    const { calls, issues } = await importFile(path);
    assert.ok(calls.size > 50 && [...calls.values()].every(isSound));
    assert.ok(issues.length >= 3);
    const history = JSON.parse(readFileSync(sample('api_conversation_history.json'), 'utf8')) as Row[];
    const answers = [...damaged(history[1]!)];
    const found = await importFile(sourceFile([history[0], ...answers], 'h.json'));
    assert.equal(found.importer, 'cline');
    assert.ok([...found.calls.values()].every(isSound));
    const text = readFileSync(sample('ui_messages.json'), 'utf8');
    const cut = await importFile(
      sourceFile(text.slice(0, text.indexOf('subagent_usage')), 'ui_messages.json'),
    );
    assert.deepEqual([cut.calls.size, cut.issues.length], [1, 1]);
    assert.match(cut.issues[0]!.place!, /^byte \d+$/);
  });

  it('keeps nothing that a user or a model wrote', async () => {
    const words = { text: 'CANARY', images: ['CANARY'], conversationHistoryIndex: 1 };
    const failure = { ts: start + 2000, type: 'ask', ask: 'api_req_failed', text: 'CANARY' };
    const found = await importFile(messages([request(1), say(2, 'text', 'CANARY', words), failure]));
    assert.equal(found.told, 2);
    const list = readFileSync(fixture('cline', 'state', 'taskHistory.json'), 'utf8').replace(
      'add health',
      'CANARY',
    );
    const history = readFileSync(sample('api_conversation_history.json'), 'utf8').replace(
      'add health',
      'CANARY',
    );
    for (const one of [found, await importFile(sourceFile(list)), await importFile(sourceFile(history))]) {
      assert.equal(one.importer, 'cline');
      assert.ok(!allOf(one).includes('CANARY'));
    }
  });
});
