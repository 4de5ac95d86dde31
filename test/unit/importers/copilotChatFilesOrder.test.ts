import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { editAgentTraces, spanRow } from '../../support/agentTraces';
import { sums, withoutOrder } from '../../support/arrangements';
import { begun, conversation, logFile, randomLog, request } from '../../support/chatLog';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { shuffled } from '../../support/shuffled';
import { copied, jsonLines, newPlace, sourceFile } from '../../support/sourceFiles';
import { temporaryFolder } from '../../support/synthDb';

describe('Copilot Chat: conversations in any order', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`are one ledger, whole or growing byte by byte, copied and repeated, seed ${seed}`, async () => {
      const dice = random(seed);
      const logs = ['one', 'two', 'three'].map((session) => randomLog(session, dice));
      const paths = logs.map(({ lines }) => logFile(lines));
      const whole = await ledgerOf(...paths);
      const turns = logs.flatMap((log) => log.turns);
      const sum = (of: (turn: (typeof turns)[number]) => number) =>
        turns.reduce((all, turn) => all + of(turn), 0);
      assert.deepEqual(sums(whole), {
        ...{
          calls: turns.length,
          input: sum(({ prompt }) => prompt),
          output: sum(({ completion }) => completion),
        },
        ...{ cacheRead: 0, cacheWrite: 0, recorded: sum(({ credits }) => credits) * 1e7, errors: 0 },
      });
      const other = [...paths, ...paths.map((path) => copied(path, 'other-name.jsonl'))];
      assert.deepEqual(withoutOrder(await ledgerOf(...shuffled(other, seed))), withoutOrder(whole));

      const growing = paths.map(() => sourceFile('', 'growing.jsonl'));
      const steps = Array.from({ length: 5 }, (_, step) => () => {
        for (const [i, { lines }] of logs.entries()) {
          const bytes = Buffer.from(jsonLines(lines));
          const share = step === 4 ? 1 : (step + dice.below(100) / 100) / 5;
          writeFileSync(growing[i]!, bytes.subarray(0, Math.max(1, Math.ceil(bytes.length * share))));
        }
        return growing;
      });
      assert.deepEqual(withoutOrder(await ledgerInSteps(...steps)), withoutOrder(whole));
    });
  }

  describe('beside the database of spans', () => {
    const folder = temporaryFolder();
    after(() => folder.remove());
    const database = folder.file('traces.db');
    editAgentTraces(
      database,
      ...spanRow({ span_id: 'a', chat_session_id: 'both', input_tokens: 100, output_tokens: 10 }),
      ...spanRow({ span_id: 'b', chat_session_id: 'both', input_tokens: 200, output_tokens: 20 }),
      // Of this one only the title is left: pruning spares it, and the chat file does not tell of it.
      ...spanRow(
        { span_id: 'c', trace_id: 'u', agent_name: 'title', input_tokens: 7, output_tokens: 1 },
        { 'copilot_chat.parent_chat_session_id': 'pruned' },
      ),
    );
    const place = newPlace();
    const files = [
      logFile(
        [begun('both', [request('r1', { promptTokens: 250, completionTokens: 30 })])],
        'both.jsonl',
        place,
      ),
      logFile(
        [begun('pruned', [request('r2', { promptTokens: 400, completionTokens: 40 })])],
        'pruned.jsonl',
        place,
      ),
      sourceFile(conversation('file', [request('r3', { promptTokens: 1000 })]), 'file.json', place),
    ];

    it('count only where it does not tell of the conversation, in whatever order they come', async () => {
      for (const turn of [1, 2, 3, 4]) {
        const { total } = await ledgerOf(...shuffled([database, ...files], turn));
        assert.deepEqual(
          [total.calls, total.inputTokens, total.outputTokens, total.sessions],
          [5, 100 + 200 + 7 + 400 + 1000, 10 + 20 + 1 + 40, 3],
        );
      }
    });

    it('would count a turn twice in a naive sum', async () => {
      const [one, other] = [await ledgerOf(database), await ledgerOf(...files)];
      assert.equal(one.total.inputTokens + other.total.inputTokens, 307 + 1650);
    });

    it('count no more once the agent is there that names the conversation of its calls', async () => {
      const partial = folder.file('partial.db');
      const call = { span_id: 'x', parent_span_id: 'root', provider_name: 'anthropic', input_tokens: 50 };
      editAgentTraces(partial, ...spanRow(call));
      const later = folder.file('later.db');
      copyFileSync(partial, later);
      editAgentTraces(
        later,
        ...spanRow({ span_id: 'root', operation_name: 'invoke_agent', chat_session_id: 'file' }),
      );
      const file = files[2]!;
      const early = await ledgerOf(partial, file);
      assert.deepEqual([early.total.calls, early.total.inputTokens], [2, 1050]);
      for (const paths of [
        [partial, file, later],
        [later, file, partial],
        [file, later, partial],
      ]) {
        const { total, calls } = await ledgerOf(...paths);
        assert.deepEqual([total.calls, total.inputTokens, total.sessions], [1, 50, 1]);
        assert.deepEqual(
          calls.map(({ session, account }) => [session, account]),
          [
            ['file', 'session:file'],
            ['file', 'session:file'],
          ],
        );
      }
      const growing = folder.file('growing.db');
      const { total } = await ledgerInSteps(
        () => (copyFileSync(partial, growing), [growing, file]),
        () => (copyFileSync(later, growing), [growing]),
      );
      assert.deepEqual([total.calls, total.inputTokens, total.sessions], [1, 50, 1]);
    });
  });
});
