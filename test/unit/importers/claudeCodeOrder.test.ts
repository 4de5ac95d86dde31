import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { parted, sameLedger, sums, withoutOrder } from '../../support/arrangements';
import { assistantLine, claudeSample, claudeTraps, sessionId, transcript } from '../../support/claudeCode';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { copied } from '../../support/sourceFiles';
import type { Dice } from '../../support/arrangements';

const calls = 60;

/** Lines of many calls as they come: several a call, copied, replayed, shown as progress, without request. */
function conversation({ below, chance }: Dice): { rows: object[]; input: number; output: number } {
  let [input, output] = [0, 0];
  const rows = Array.from({ length: calls }, (_, i) => {
    const [prompt, last] = [1 + below(500), 2 + below(900)];
    [input, output] = [input + prompt, output + last];
    const request = i % 5 === 0 ? null : `req_${i}`;
    const response = {
      id: `msg_${i}`,
      request,
      input: prompt,
      output: last,
      session: sessionId(1 + (i % 3)),
    };
    const final = assistantLine({ ...response, second: 10 * i + 5 });
    const told = [
      assistantLine({ ...response, output: 1, second: 10 * i + 1 }),
      final,
      ...(chance(0.3) ? [{ ...final, sessionId: sessionId(9) }] : []),
      ...(chance(0.3) ? [assistantLine({ ...response, request: null, output: 1, second: 10 * i + 2 })] : []),
      ...(chance(0.3)
        ? [assistantLine({ ...response, request: `replay_${i}`, output: 5000, more: { isSidechain: true } })]
        : []),
      ...(chance(0.3) ? [progressOf(assistantLine({ ...response, output: 1 }), `a${i}`)] : []),
    ];
    return told;
  }).flat();
  return { rows, input, output };
}

const progressOf = (shown: Record<string, unknown>, agentId: string): object => ({
  ...{ type: 'progress', sessionId: shown.sessionId, timestamp: shown.timestamp, uuid: `p${agentId}` },
  ...{ isSidechain: false, userType: 'external', parentUuid: null, data: { message: shown, agentId } },
});

describe('Claude Code: calls told again', () => {
  for (const seed of seeds(3, 6))
    it(`are the same ledger in any order, split and repeated, seed ${seed}`, async () => {
      const { rows, input, output } = conversation(random(seed));
      const ledger = await sameLedger(seed, 4, (dice) =>
        parted(rows, dice).map((part, i) => transcript(part, `part${i}.jsonl`)),
      );
      assert.deepEqual(
        [ledger.total.calls, ledger.total.inputTokens, ledger.total.outputTokens],
        [calls, input, output],
      );
    });

  it('count once in copies, in moved folders and read again', async () => {
    for (const [folder, expected] of [
      [claudeSample, 5],
      [claudeTraps, 12],
    ] as const) {
      const once = withoutOrder(await ledgerOf(folder));
      const told = withoutOrder(await ledgerOf(copied(folder), folder, copied(folder, 'moved'), folder));
      assert.deepEqual([once.total.calls, { ...told, issues: [] }], [expected, { ...once, issues: [] }]);
    }
  });

  it('are one ledger whether a file is read at once or as it grows', async () => {
    const { rows } = conversation(random(7));
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const whole = await ledgerOf(transcript([text.trimEnd()]));
    const { below } = random(8);
    const path = transcript([], `${sessionId(1)}.jsonl`);
    const steps: (() => string[])[] = [];
    for (let at = 0; at < text.length;) {
      const part = text.slice(at, (at += 1 + below(8000)));
      steps.push(() => (appendFileSync(path, part), [path]));
    }
    const grown = await ledgerInSteps(...steps);
    assert.deepEqual(withoutOrder(grown), withoutOrder(whole));
  });

  it('belong to the session that told them first', async () => {
    const [old, copy] = [sessionId(5), sessionId(2)].map((session, i) =>
      transcript([assistantLine({ session, second: 10 + i })], `${session}.jsonl`),
    );
    for (const order of [
      [old!, copy!],
      [copy!, old!],
    ]) {
      const { calls: rows } = await ledgerOf(...order);
      assert.deepEqual(
        rows.map(({ session }) => session),
        [sessionId(5)],
      );
    }
  });

  it('are dropped as replays in whatever order they come, and sums tell nothing of them', async () => {
    const own = transcript([assistantLine({ output: 10 })]);
    const replay = transcript([
      assistantLine({ output: 9000, request: 'other', more: { isSidechain: true } }),
    ]);
    for (const order of [
      [own, replay],
      [replay, own],
    ])
      assert.deepEqual(sums(await ledgerOf(...order)).output, 10);
    assert.equal((await ledgerOf(replay)).total.outputTokens, 9000);
  });
});
