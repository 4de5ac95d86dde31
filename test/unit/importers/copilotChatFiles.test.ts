import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { begun, conversation, logFile, pushed, request, set } from '../../support/chatLog';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { copied, fixture, newPlace, sourceFile } from '../../support/sourceFiles';
import type { Imported } from '../../support/imported';
import type { CallFact } from '../../../src/shared/facts';

const storage = ['copilot-chat', 'workspaceStorage', '0123abcd'];
const document = fixture(...storage, 'chatSessions', 'aaaa1111-0000-4000-8000-000000000000.json');
const log = fixture(...storage, 'chatSessions', 'bbbb2222-0000-4000-8000-000000000000.jsonl');

const only = ({ calls }: Imported): CallFact => {
  assert.equal(calls.size, 1);
  return [...calls.values()][0]!;
};
describe('Copilot Chat: files of conversations', () => {
  describe('the samples', () => {
    it('add up to what was worked out by hand', async () => {
      const { total, issues } = await ledgerOf(fixture('copilot-chat'));
      assert.deepEqual(issues, []);
      assert.deepEqual(
        [total.calls, total.inputTokens, total.outputTokens, total.recorded, total.cost],
        [2, 35_348, 520, 52_500_000, 52_500_000],
      );
      // The one without tokens is not unpriced: a subscription paid for it.
      assert.deepEqual([total.includedCalls, total.unpricedCalls, total.sessions], [1, 0, 2]);
    });

    it('are calls of their session, folder and time', async () => {
      const found = await importFile(document);
      assert.deepEqual([found.importer, found.identity], ['copilot-chat', { kind: 'global' }]);
      const session = 'aaaa1111-0000-4000-8000-000000000000';
      assert.deepEqual(
        [...found.sessions.values()],
        [{ id: session, createdAt: 1763727100000, project: 'file:///home/ana/shop-api' }],
      );
      assert.deepEqual(only(found), {
        ...{ id: `${session}/request_1`, session, at: 1763727100000, provider: 'copilot', model: 'gpt-4o' },
        ...{ inputTokens: undefined, outputTokens: undefined, latencyMs: 4100, ttftMs: 900, failed: false },
        ...{ responseId: undefined, account: { of: `session:${session}`, rank: 1 } },
      });
    });

    it('have the same keys wherever they lie', async () => {
      for (const path of [document, log]) {
        const [here, there] = [await importFile(path), await importFile(copied(path))];
        assert.deepEqual([...there.calls], [...here.calls]);
      }
    });
  });

  it('replays the log: a naive reading of its pushes finds no tokens', async () => {
    const pushes = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"kind":2'));
    assert.ok(!pushes.join('').includes('promptTokens'));
    assert.equal(only(await importFile(log)).inputTokens, 35_348);
  });

  it('keeps what was taken back, which was paid for all the same', async () => {
    const lines = [begun('s', [request('a', { promptTokens: 1 }), request('b', { promptTokens: 2 })])];
    const { calls } = await importFile(
      logFile([...lines, { kind: 2, k: ['requests'], i: 1, v: [request('c')] }, set(1, 'promptTokens', 4)]),
    );
    assert.deepEqual([...calls.values()].map(({ id, inputTokens }) => [id, inputTokens]).sort(), [
      ['s/a', 1],
      ['s/b', 2],
      ['s/c', 4],
    ]);
  });

  it('takes back without putting anything there, deletes fields, and replaces requests and all of them', async () => {
    const { calls } = await importFile(
      logFile([
        begun('s', [request('a', { promptTokens: 1 }), request('b')]),
        { kind: 2, k: ['requests'], i: 1 },
        { kind: 3, k: ['requests', 0, 'promptTokens'] },
        { kind: 1, k: ['requests', 0, 'result', 'timings', 'totalElapsed'], v: 7 },
        { kind: 1, k: ['requests', 5, 'promptTokens'], v: 99 },
        pushed(request('c', { promptTokens: 3 })),
        { kind: 1, k: ['requests'], v: [request('d', { promptTokens: 4 })] },
        { kind: 1, k: ['requests', 0], v: request('e', { promptTokens: 5 }) },
      ]),
    );
    const told = [...calls.values()].map(({ id, inputTokens, latencyMs }) => [id, inputTokens, latencyMs]);
    assert.deepEqual(told.sort(), [
      ['s/a', undefined, 7],
      ['s/b', undefined, undefined],
      ['s/c', 3, undefined],
      ['s/d', 4, undefined],
      ['s/e', 5, undefined],
    ]);
  });

  it('counts a conversation that was copied with its requests once', async () => {
    const id = 'request_3d0f0a52-8a0f-4f8e-9f0a-1c2b3d4e5f60';
    const of = (session: string) => logFile([begun(session, [request(id, { promptTokens: 10 })])]);
    const { total } = await ledgerOf(of('original'), of('fork'));
    assert.deepEqual([total.calls, total.inputTokens], [1, 10]);
  });

  it('tells short ids of two conversations apart', async () => {
    const of = (session: string) => logFile([begun(session, [request('request_1')])]);
    assert.equal((await ledgerOf(of('one'), of('two'))).total.calls, 2);
  });

  it('reads what was added only, and what it changed', async () => {
    const path = logFile([begun('s', [request('a')]), pushed(request('b'))]);
    const first = await importFile(path);
    appendFileSync(path, `${JSON.stringify(set(1, 'promptTokens', 5))}\n`);
    const second = await importFile(path, first.cursor);
    assert.deepEqual([only(second).id, only(second).inputTokens, second.told], ['s/b', 5, 1]);
    assert.equal((await importFile(path, second.cursor)).told, 0);
  });

  it('starts again for a change of a request that the cursor does not remember', async () => {
    const path = logFile([
      begun(
        's',
        Array.from({ length: 60 }, (_, i) => request(`r${i}`)),
      ),
    ]);
    const { cursor } = await importFile(path);
    assert.ok(JSON.stringify(cursor).length < 10_000);
    appendFileSync(path, `${JSON.stringify(set(3, 'promptTokens', 5))}\n`);
    const { calls } = await importFile(path, cursor);
    assert.deepEqual([calls.size, calls.get('s/r3')!.inputTokens], [60, 5]);
  });

  it('starts again when the file was rewritten', async () => {
    const path = logFile([begun('s', [request('a')]), set(0, 'promptTokens', 5)]);
    const { cursor } = await importFile(path);
    logFile(
      [begun('s', [request('a', { promptTokens: 5 }), request('b')])],
      'log.jsonl',
      path.replace(/[\\/][^\\/]*$/, ''),
    );
    assert.deepEqual([...(await importFile(path, cursor)).calls.keys()], ['s/a', 's/b']);
  });

  it('tells of a last line without its end, and reads it again when it is complete', async () => {
    const path = logFile([begun('s', [request('a')])]);
    const line = JSON.stringify(pushed(request('b')));
    appendFileSync(path, line.slice(0, 40));
    const cut = await importFile(path);
    assert.deepEqual(
      [[...cut.calls.keys()], cut.issues.length, cut.issues[0]!.place],
      [['s/a'], 1, undefined],
    );
    appendFileSync(path, line.slice(40));
    const whole = await importFile(path, cut.cursor);
    assert.deepEqual([[...whole.calls.keys()], whole.issues], [['s/b'], []]);
    appendFileSync(path, `\n${JSON.stringify(set(1, 'promptTokens', 5))}\n`);
    const { calls } = await importFile(path, whole.cursor);
    assert.deepEqual([[...calls.keys()], calls.get('s/b')!.inputTokens], [['s/b'], 5]);
  });

  describe('documents', () => {
    const spellings: readonly (readonly [string, (value: object) => string])[] = [
      ['on one line', (value) => JSON.stringify(value)],
      ['with two spaces', (value) => JSON.stringify(value, null, 2)],
      [
        'with tabs and carriage returns',
        (value) => JSON.stringify(value, null, '\t').replaceAll('\n', '\r\n'),
      ],
    ];
    for (const [name, spelled] of spellings)
      it(`are read ${name}, with their id after the requests`, async () => {
        const { sessionId, ...rest } = conversation('s', [
          request('a', { sessionId: 'not this', promptTokens: 3 }),
        ]);
        const found = await importFile(sourceFile(spelled({ ...rest, sessionId }), 'moved.json'));
        assert.deepEqual([only(found).id, only(found).inputTokens, found.issues], ['s/a', 3, []]);
      });

    it('are known by their name where they do not name themselves', async () => {
      const { sessionId, ...rest } = conversation('s', [request('a')]);
      assert.equal(sessionId, 's');
      assert.equal(only(await importFile(sourceFile(rest, 'c0ffee.json'))).id, 'c0ffee/a');
    });

    it('that break off give their complete requests', async () => {
      const whole = JSON.stringify(conversation('s', [request('a'), request('b')]));
      const found = await importFile(sourceFile(whole.slice(0, -60)));
      assert.deepEqual([[...found.calls.keys()], found.issues.length], [['file/a'], 1]);
    });
  });

  it('passes the name of the folder over, and takes it from beside a conversation only', async () => {
    const workspace = fixture(...storage, 'workspace.json');
    assert.equal((await importFile(workspace)).importer, undefined);
    const place = newPlace();
    sourceFile({ workspace: 'file:///home/ana/a.code-workspace' }, 'workspace.json', place);
    const of = async (path: string) => (await importFile(path)).sessions.get('s')!.project;
    const lines = [begun('s', [request('a')])];
    assert.equal(
      await of(logFile(lines, 'chatSessions/x.jsonl', place)),
      'file:///home/ana/a.code-workspace',
    );
    assert.equal(await of(logFile(lines, 'x.jsonl', place)), undefined);
    assert.equal(await of(logFile(lines, 'chatSessions/x.jsonl')), undefined);
  });

  it('does not make a session of a conversation in which nothing was asked', async () => {
    assert.equal((await importFile(logFile([begun('s')]))).sessions.size, 0);
  });
});
