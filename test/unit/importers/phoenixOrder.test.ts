import assert from 'node:assert/strict';
import { parted, sameLedger, sums } from '../../support/arrangements';
import { attributes, phoenixDb, project, span, trace } from '../../support/phoenix';
import { random } from '../../support/randomWorld';
import type { PhoenixTable } from '../../support/phoenix';

type Rows = (readonly [PhoenixTable, Readonly<Record<string, unknown>>])[];

/** A trace with its spans, as every database that has it tells of it. */
function traceRows(
  id: number,
  { below, chance }: ReturnType<typeof random>,
  total: Record<string, number>,
): Rows {
  const session = id % 3 === 0 ? { project_session_rowid: (id % 2) + 1 } : {};
  const rows: Rows = [trace(id, session)];
  const fields = (n: number) => ({ trace_rowid: id, span_id: `span${id}-${n}` });
  for (let n = 1; n <= 1 + below(3); n++) {
    const [whole, cached, out, cost] = [500 + below(500), below(500), below(200), below(1000)];
    const failed = chance(0.2);
    const counts = { prompt: whole, completion: out, prompt_details: { cache_read: cached } };
    const told = {
      attributes: attributes(0, 0, { llm: { model_name: 'gpt-4o-mini', token_count: counts } }),
    };
    rows.push(span(id * 10 + n, { ...fields(n), ...told, ...(failed ? { status_code: 'ERROR' } : {}) }));
    rows.push(['span_costs', { id: id * 10 + n, span_rowid: id * 10 + n, total_cost: cost / 1e6 }]);
    total.calls! += 1;
    total.errors! += failed ? 1 : 0;
    total.input! += whole - cached;
    total.cacheRead! += cached;
    total.output! += out;
    total.recorded! += cost * 1000;
  }
  rows.push(span(id * 10, { ...fields(0), span_kind: 'AGENT', parent_id: null }));
  return rows;
}

describe('Phoenix: the same traces in any databases', () => {
  for (let seed = 1; seed <= 2; seed++) {
    it(`are the same ledger, seed ${seed}`, async () => {
      const total = { calls: 0, errors: 0, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, recorded: 0 };
      const dice = random(seed);
      const traces = Array.from({ length: 12 }, (_, i) => traceRows(i + 1, dice, total));
      const sessions = [1, 2].map((id): Rows[number] => [
        'project_sessions',
        { id, session_id: `s${id}`, project_id: 1, start_time: '2026-03-02 08:00:00' },
      ]);
      const ledger = await sameLedger(seed, 3, (chance) =>
        parted(traces, chance).map((some) => phoenixDb([project, ...sessions, ...some.flat()])),
      );
      assert.deepEqual(sums(ledger), total);
      assert.deepEqual(
        ledger.sessions.map(({ own_id }) => own_id),
        ['s1', 's2', ...['1', '10', '11', '2', '4', '5', '7', '8'].map((id) => `trace${id}`)],
      );
    });
  }
});
