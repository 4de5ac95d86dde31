import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { logOf, response, writeLog } from '../../support/gemini';
import { ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';

describe('Gemini: responses told again', () => {
  describe('without ids', () => {
    const same = response(undefined, 5, 6);

    it('counts equal responses of one file each, and those of a copy once', async () => {
      const log = logOf(same, same, response(undefined, 7, 8));
      const copy = `${log}.copy`;
      copyFileSync(log, copy);
      const grown = writeLog(`${readFileSync(log, 'utf8')}\n${JSON.stringify(same)}`);
      const { total } = await ledgerOf(log, copy, log);
      assert.deepEqual([total.calls, total.sessions, total.inputTokens], [3, 1, 17]);
      const more = (await ledgerOf(log, grown)).total;
      assert.deepEqual([more.calls, more.sessions, more.inputTokens], [4, 1, 22]);
    });

    it('tells two files with equal responses apart by how they begin', async () => {
      const { total } = await ledgerOf(
        logOf(response(undefined, 1, 1), same),
        logOf(response(undefined, 2, 2), same),
      );
      assert.deepEqual([total.calls, total.sessions], [4, 2]);
    });

    it('knows one with a time again wherever it stands', async () => {
      const at = (minute: number) => response(undefined, 5, 6, { timestamp: `2026-03-02T09:0${minute}:00Z` });
      const { total } = await ledgerOf(logOf(at(1), at(2)), logOf(at(2), at(3), at(3)));
      assert.equal(total.calls, 3);
    });
  });

  for (const seed of seeds(3, 6)) {
    it(`is the same ledger in any order, split and repeated, seed ${seed}`, async () => {
      const { below, chance } = random(seed);
      const count = 40;
      let [input, output] = [0, 0];
      const rows = Array.from({ length: count }, (_, i) => {
        const [prompt, last] = [1 + below(500), 1 + below(90)];
        [input, output] = [input + prompt, output + last];
        const more = { sessionId: `s${i % 5}`, timestamp: `2026-03-02T09:${10 + i}:00Z` };
        const id = i % 2 === 0 ? `r${i}` : undefined;
        const chunks = id !== undefined && last > 1 ? [response(id, prompt, 1 + below(last - 1), more)] : [];
        return [...chunks, response(id, prompt, last, more)];
      }).flat();
      const arranged = (): string[] => {
        const left = [...rows, ...rows.filter(() => chance(0.2))];
        const shuffled = [...left].map(() => left.splice(below(left.length), 1)[0]!);
        const paths: string[] = [];
        while (shuffled.length > 0) paths.push(logOf(...shuffled.splice(0, 1 + below(shuffled.length))));
        return paths;
      };
      const told = ({ calls, total, sessions, issues }: Awaited<ReturnType<typeof ledgerOf>>) => ({
        ...{ calls, total, issues },
        sessions: sessions.map((session) => ({ ...session, tag: null })),
      });
      const ledger = await ledgerOf(logOf(...rows));
      const { total } = ledger;
      assert.deepEqual(
        [total.calls, total.sessions, total.inputTokens, total.outputTokens],
        [count, 5, input, output],
      );
      for (let turn = 0; turn < 3; turn++)
        assert.deepEqual(told(await ledgerOf(...arranged())), told(ledger));
    });
  }
});
