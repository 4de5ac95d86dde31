import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { editAgentTraces, makeAgentTraces } from '../../support/agentTraces';
import { sums } from '../../support/arrangements';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { shuffled } from '../../support/shuffled';
import { temporaryFolder } from '../../support/synthDb';
import type { Ledger } from '../../support/ledgerOf';

/** Calls are told in the order of their end, and keep the first of equal sessions' tags. */
const comparable = ({ total, calls, sessions }: Ledger) => ({
  ...{ total, calls },
  sessions: sessions.map((session) => ({ ...session, tag: null })),
});

describe('Copilot Chat: databases in any order', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  after(() => folder.remove());

  for (const seed of [1, 2, 3, 4]) {
    describe(`seed ${seed}`, () => {
      const path = folder.file(`whole-${seed}.db`);
      const { correct } = makeAgentTraces(path, { seed, calls: 50 });
      const last = 3;
      /** The database as it was earlier; the cuts are made between the ends of spans. */
      const stages = Array.from({ length: last }, (_, i) => {
        const stage = folder.file(`stage-${seed}-${i}.db`);
        copyFileSync(path, stage);
        const cut = `(SELECT (max(rowid) * ${i + 1}) / ${last + 1} FROM spans)`;
        editAgentTraces(stage, `DELETE FROM spans WHERE rowid > ${cut}`);
        return stage;
      });
      let whole: Ledger;
      before(async () => void (whole = await ledgerOf(path)));

      it('is what the generator says', () => {
        assert.deepEqual(sums(whole), {
          ...{ calls: correct.calls, input: correct.input_uncached, output: correct.output },
          ...{ cacheRead: correct.cached_read, cacheWrite: correct.cache_write, errors: correct.errors },
          recorded: correct.nano_aiu / 100,
        });
        // And one for suggestions, which belong to none.
        assert.equal(whole.total.sessions, correct.sessions + (correct.calls_without_session > 0 ? 1 : 0));
      });

      it('is the same from copies of any age in any order', async () => {
        for (const turn of [1, 2, 3]) {
          const paths = shuffled([path, ...stages], seed * 10 + turn);
          assert.deepEqual(comparable(await ledgerOf(...paths)), comparable(whole), `turn ${turn}`);
        }
      });

      it('is the same from one file that grows, and is read again', async () => {
        const growing = folder.file(`growing-${seed}.db`);
        const steps = [...stages, path, path].map((stage) => () => {
          copyFileSync(stage, growing);
          return [growing];
        });
        assert.deepEqual(comparable(await ledgerInSteps(...steps)), comparable(whole));
      });

      it('keeps what the database has pruned', async () => {
        const pruned = folder.file(`pruned-${seed}.db`);
        const step = (...statements: string[]) => {
          copyFileSync(path, pruned);
          editAgentTraces(pruned, ...statements);
          return [pruned];
        };
        const half = 'DELETE FROM spans WHERE rowid < (SELECT max(rowid) / 2 FROM spans)';
        const ledger = await ledgerInSteps(
          () => step(),
          () => step(half),
          () => step('DELETE FROM spans'),
        );
        assert.deepEqual(comparable(ledger), comparable(whole));
      });
    });
  }
});
