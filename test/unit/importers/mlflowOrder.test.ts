import assert from 'node:assert/strict';
import { sums, withoutOrder } from '../../support/arrangements';
import { ledgerInSteps, ledgerOf } from '../../support/ledgerOf';
import { experiment, insert, metadata, mlflowDb, span, trace, usage, used } from '../../support/mlflow';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { database } from '../../support/sourceFiles';
import type { Dice } from '../../support/arrangements';
import type { Statement } from '../../support/sourceFiles';

const under = (parent: string) => ({ parent_span_id: parent });
const total = () => ({ calls: 0, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, recorded: 0, errors: 0 });

/** What MLflow writes of one trace, in its order: spans when they end, children before what is around them. */
function written(id: string, { below, chance }: Dice, sum: ReturnType<typeof total>): Statement[] {
  const fields = {
    timestamp_ms: 1772442000000 + below(1e8),
    experiment_id: 1,
    status: 'IN_PROGRESS',
  };
  const statements: Statement[] = [insert(trace(id, fields))];
  const told = { input: 0, output: 0 };
  for (let n = 0; n < 1 + below(3); n++) {
    const [input, output] = [1 + below(900), below(300)];
    const failed = chance(0.2) ? { status: 'ERROR' } : {};
    const isDouble = chance(0.5);
    const parent = under(isDouble ? `outer${n}` : 'agent');
    statements.push(insert(span(id, `call${n}`, used(input, output), { ...parent, ...failed })));
    if (isDouble) statements.push(insert(span(id, `outer${n}`, used(input, output), under('agent'))));
    sum.calls++;
    sum.errors += 'status' in failed ? 1 : 0;
    sum.input += input;
    sum.output += output;
    told.input += input;
    told.output += output;
  }
  const whole = { ...used(told.input, told.output) };
  statements.push(insert(span(id, 'agent', chance(0.5) ? whole : {}, { type: 'AGENT' })));
  if (chance(0.7)) {
    statements.push(insert(metadata(id, 'session', `s${below(3)}`)));
    statements.push(insert(metadata(id, 'tokenUsage', usage(told.input, told.output))));
  }
  return [...statements, ['UPDATE trace_info SET status = ? WHERE request_id = ?', [['OK', id]]]];
}

/** The lists one into the other, each in its own order. */
function interleaved(lists: readonly Statement[][], { below }: Dice): Statement[] {
  const left = lists.map((list) => [...list]).filter((list) => list.length > 0);
  const all: Statement[] = [];
  while (left.length > 0) {
    const at = below(left.length);
    all.push(left[at]!.shift()!);
    if (left[at]!.length === 0) left.splice(at, 1);
  }
  return all;
}

describe('MLflow: a database imported while it is written', () => {
  for (const seed of seeds(2, 3)) {
    it(`is the same ledger as when it is done, seed ${seed}`, async () => {
      const dice = random(seed);
      const sum = total();
      const traces = Array.from({ length: 8 }, (_, i) => written(`tr-${i}`, dice, sum));
      const statements = interleaved(traces, dice);
      const path = mlflowDb([experiment(1)]);
      const steps: (() => string[])[] = [() => [path]];
      for (let at = 0; at < statements.length;) {
        const some = statements.slice(at, (at += 1 + dice.below(20)));
        steps.push(() => [database(some, path)]);
      }
      const grown = await ledgerInSteps(...steps);
      assert.deepEqual(sums(grown), sum);
      assert.deepEqual(withoutOrder(grown), withoutOrder(await ledgerOf(path)));
    });
  }
});
