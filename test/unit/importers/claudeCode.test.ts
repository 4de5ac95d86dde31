import assert from 'node:assert/strict';
import { join } from 'node:path';
import { assistantLine, claudeSample, claudeTraps, sessionId, transcript } from '../../support/claudeCode';
import { importFile } from '../../support/imported';
import { ledgerOf } from '../../support/ledgerOf';
import { sums } from '../../support/arrangements';
import { allOf, copied, newPlace, sourceFile, tokens } from '../../support/sourceFiles';
import type { CallFact } from '../../../src/shared/facts';

const eva = join(claudeTraps, 'projects/-home-eva-site');
const fork = '40000000-4444-4444-8444-444444444444';
const traps = join(eva, `${sessionId(4)}.jsonl`);
const trap = async (id: string): Promise<CallFact> => (await importFile(traps)).calls.get(id)!;
const only = async (row: object, name?: string): Promise<CallFact> =>
  [...(await importFile(transcript([row], name))).calls.values()][0]!;

describe('Claude Code', () => {
  // Worked out by hand. Every assistant line added up would be 1,544 output tokens, keep-first 492.
  it('counts each call of the sample once', async () => {
    assert.deepEqual(sums(await ledgerOf(claudeSample)), {
      ...{ calls: 5, input: 67, cacheRead: 63_500, cacheWrite: 2200, output: 840 },
      ...{ recorded: 12_300_000, errors: 1 },
    });
  });

  // 1 + 2 + 3 + 5 + 6 + 7 + 2 x 8 + 9 + 10 + 12 + 20 in, and ten times that out, but for the fifth: 500.
  it('counts each call of the folder of traps once', async () => {
    const { total, issues } = await ledgerOf(claudeTraps);
    assert.deepEqual(
      [total.calls, total.inputTokens, total.outputTokens, total.cacheWriteTokens, total.errors],
      [12, 91, 1360, 340, 2],
    );
    assert.deepEqual(
      issues.map(({ path, place, message }) => [path, place, message]),
      [[traps, undefined, 'Its last line is not complete: import it again when it is.']],
    );
  });

  describe('reads, line by line,', () => {
    it('the fullest of the lines of a call, not the last (1)', async () =>
      assert.deepEqual(tokens(await trap('msg_1 req_1')), [1, 0, 0, 10, 0]));
    it('usage without its iterations, which would double it (40)', async () =>
      assert.deepEqual(tokens(await trap('msg_2 req_2')), [2, 0, 0, 20, 0]));
    it('what was written to caches by its parts, not the flat field (999)', async () => {
      const call = await trap('msg_3 req_3');
      assert.deepEqual([...tokens(call), call.cacheWrite1hTokens], [3, 0, 340, 30, 0, 40]);
    });
    it('no totals of sub-agents, which are no calls (1,000)', async () =>
      assert.equal(
        [...(await importFile(traps)).calls.values()].some((c) => c.outputTokens === 1000),
        false,
      ));
    it('calls that only a progress line tells, of the agent that made them', async () => {
      const call = await trap('msg_5 req_5');
      assert.deepEqual(
        [tokens(call)[3], call.agent, call.at],
        [50, { id: 'a77' }, Date.UTC(2026, 2, 5, 10, 0, 40)],
      );
    });
    it('a line without a type, with a space before the colon', async () =>
      assert.deepEqual(tokens(await trap('msg_6 req_6')), [6, 0, 0, 60, 0]));
    it('two lines without a request as one call', async () => {
      const call = await trap('gen-7');
      assert.deepEqual(
        [call.outputTokens, call.model, call.account],
        [70, 'glm-5', { of: 'gen-7', rank: 0, joins: true }],
      );
    });
    it('two lines without a message id as two calls, although all figures are equal', async () => {
      const { calls } = await importFile(traps);
      assert.deepEqual(
        ['line a9', 'line a10'].map((id) => calls.get(id)?.outputTokens),
        [80, 80],
      );
    });
    it('a call of the conversation before its replay in a side conversation, which is larger (9,000)', async () => {
      const ranks = ['msg_9 req_9', 'msg_9 req_9b'].map(async (id) => (await trap(id)).account);
      assert.deepEqual(await Promise.all(ranks), [
        { of: 'msg_9', rank: 0 },
        { of: 'msg_9', rank: 1 },
      ]);
    });
    it('a sidechain as an agent of its session', async () =>
      assert.deepEqual((await trap('msg_10 req_10')).agent, { id: 'sidechain' }));
    it('failures that were no calls, by status and class, and nothing of a placeholder', async () => {
      const failures = [...(await importFile(traps)).calls.values()].filter(({ noCall }) => noCall);
      assert.deepEqual(
        failures.map(({ id, failed, error, model }) => [id, failed, error, model]),
        [
          ['error e1', true, '529 overloaded_error', undefined],
          ['error e2', true, 'usage_limit_reached', undefined],
        ],
      );
    });
    it('tier, searches and thinking', async () => {
      const { tier, webSearches, reasoningTokens, outputTokens, responseId } = await trap('msg_12 req_12');
      assert.deepEqual(
        [tier, webSearches, reasoningTokens, outputTokens, responseId],
        ['fast', 2, 70, 120, 'msg_12'],
      );
    });
  });

  it('takes an error of a real call for a call that failed, and a service tier with a price of its own', async () => {
    const failed = await only(
      assistantLine({
        input: 5,
        more: { isApiErrorMessage: true, error: 'server_error', apiErrorStatus: 500 },
      }),
    );
    assert.deepEqual(
      [failed.id, failed.noCall, failed.failed, failed.error, failed.inputTokens],
      ['msg_1 req_1', undefined, true, '500 server_error', 5],
    );
    const usage = { input_tokens: 1, output_tokens: 1, service_tier: 'batch', speed: 'standard' };
    assert.equal((await only(assistantLine({ usage }))).tier, 'batch');
  });

  it('keeps a recorded cost as exact, and the time that the response took', async () => {
    const call = await only(assistantLine({ more: { costUSD: 0.0123, durationMs: 4200 } }));
    assert.deepEqual([call.recorded, call.recordedExact, call.latencyMs], [12_300_000, true, 4200]);
    const free = await only(assistantLine({ more: { costUSD: 0 } }));
    assert.equal(free.recorded, undefined);
  });

  describe('names the session', () => {
    const other = `${sessionId(2)}.jsonl`;

    it('of the line, else of the file, else by how the file begins', async () => {
      assert.equal((await only(assistantLine(), other)).session, sessionId(1));
      const unnamed = assistantLine({ more: { sessionId: null } });
      assert.equal((await only(unnamed, other)).session, sessionId(2));
      const path = transcript([unnamed], 'notes.jsonl');
      const sessions = [path, copied(path, 'more.jsonl')].map(async (one) => [
        ...(await importFile(one)).sessions.keys(),
      ]);
      const [first, second] = await Promise.all(sessions);
      assert.deepEqual(first, second);
      assert.match(String(first), /^file-[0-9a-f]{12}$/);
    });

    it('that a fork copied the line from', async () => {
      const { calls, sessions } = await importFile(join(eva, `${fork}.jsonl`));
      assert.deepEqual(
        [...calls.values()].map(({ session }) => session),
        [sessionId(4), fork],
      );
      assert.equal(sessions.get(fork)?.branch?.name, 'try-it');
    });

    it('whose sub-agent it is, and the agent with its kind, whatever the line says', async () => {
      const place = newPlace();
      const name = `${sessionId(3)}/subagents/agent-a1b2.jsonl`;
      const path = transcript(
        [assistantLine({ more: { cwd: '/home/ana/shop/.wt/x', gitBranch: 'wt' } })],
        name,
        place,
      );
      sourceFile(
        { agentType: 'Explore', description: 'CANARY' },
        name.replace('.jsonl', '.meta.json'),
        place,
      );
      const { calls, sessions } = await importFile(path);
      const [call] = [...calls.values()];
      assert.deepEqual([call!.session, call!.agent], [sessionId(3), { id: 'a1b2', name: 'Explore' }]);
      assert.equal(call!.account?.rank, 1);
      assert.deepEqual([...sessions.values()], [{ id: sessionId(3), project: '/home/ana/shop/.wt/x' }]);
    });

    it('with its shortest folder and its latest branch', async () => {
      const rows = [
        assistantLine({ id: 'a', second: 1, more: { cwd: '/home/ana/shop/api', gitBranch: 'old' } }),
        assistantLine({ id: 'b', second: 3, more: { gitBranch: 'new' } }),
        assistantLine({ id: 'c', second: 2, more: { gitBranch: 'between' } }),
        assistantLine({ id: 'd', second: 4, more: { gitBranch: 'HEAD' } }),
      ];
      const { sessions } = await importFile(transcript(rows));
      assert.deepEqual(
        [...sessions.values()],
        [
          {
            id: sessionId(1),
            project: '/home/ana/shop',
            branch: { name: 'new', at: Date.UTC(2026, 2, 2, 9, 0, 3) },
          },
        ],
      );
    });
  });

  it('keeps no prompt, answer, title or message', async () => {
    for (const path of [traps, join(eva, sessionId(4), 'subagents/agent-a77.jsonl')])
      assert.ok(!allOf(await importFile(path)).includes('CANARY'));
    const said = 'CANARY in words';
    const usage = { input_tokens: 1, output_tokens: 1, service_tier: said, speed: said, inference_geo: said };
    const row = assistantLine({ usage, more: { version: said, userType: said, error: said, slug: said } });
    const failed = {
      ...row,
      uuid: 'e',
      isApiErrorMessage: true,
      error: { message: said, type: said, error: { code: said } },
    };
    const message = {
      ...{ id: 'e', model: '<synthetic>', usage: {}, stop_reason: said, stop_sequence: said },
      content: [{ type: 'text', text: `API Error: 500 ${said}` }],
    };
    const found = await importFile(
      transcript([row, { ...failed, message }, { ...row, message: { ...message, content: said } }]),
    );
    assert.deepEqual([...found.calls.keys()], ['msg_1 req_1', 'error e']);
    assert.ok(!allOf(found).includes('CANARY'));
    const ledger = await ledgerOf(claudeTraps);
    assert.ok(!JSON.stringify([ledger.calls, ledger.sessions]).includes('CANARY'));
  });
});
