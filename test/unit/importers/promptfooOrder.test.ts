import assert from 'node:assert/strict';
import { parted, sameLedger, sums } from '../../support/arrangements';
import { ledgerInSteps } from '../../support/ledgerOf';
import { results, tables } from '../../support/promptfoo';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { database } from '../../support/sourceFiles';

describe('promptfoo: the same results', () => {
  for (const seed of seeds(2, 3)) {
    it(`is the same ledger however its rows are split, ordered and repeated, seed ${seed}`, async () => {
      const { below, chance } = random(seed);
      const rows = Array.from({ length: 20 }, (_, i) => {
        const [prompt, completion, nano] = [below(900) + 1, below(300), below(1e6) + 1];
        const failed = chance(0.2);
        const response = failed ? null : { tokenUsage: { prompt, completion, total: prompt + completion } };
        return {
          id: `r${i}`,
          eval_id: `eval-${i % 3}`,
          response,
          cost: failed ? null : nano / 1e9,
          failure_reason: failed ? 2 : 0,
          prompt,
          completion,
          nano,
          failed,
        };
      });
      const good = rows.filter(({ failed }) => !failed);
      const sum = (name: 'prompt' | 'completion' | 'nano') => good.reduce((all, row) => all + row[name], 0);
      const expected = {
        ...{ calls: 20, input: sum('prompt'), cacheRead: 0, cacheWrite: 0, output: sum('completion') },
        ...{ recorded: sum('nano'), errors: rows.length - good.length },
      };
      const ledger = await sameLedger(seed, 3, (dice) =>
        parted(rows, dice).map((part) => database([...tables, results(...part)])),
      );
      assert.deepEqual(sums(ledger), expected);
      const path = database([...tables, results(...rows.slice(0, 8))]);
      const grown = await ledgerInSteps(
        () => [path],
        () => [database([results(...rows.slice(6))], path)],
      );
      assert.deepEqual(sums(grown), expected);
    });
  }
});
