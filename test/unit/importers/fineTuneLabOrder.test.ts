import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import {
  csvOf,
  exportRows,
  lastStates,
  listRows,
  makeWorkspace,
  traceFiles,
  without,
} from '../../support/fineTuneLab';
import { ledgerOf } from '../../support/ledgerOf';
import { random } from '../../support/randomWorld';
import { seeds } from '../../support/seeds';
import { temporaryFolder } from '../../support/synthDb';
import type { TableRow } from '../../support/fineTuneLab';
import type { Ledger } from '../../support/ledgerOf';

const totals = ({ total }: Ledger) => ({
  ...{ calls: total.calls, input: total.inputTokens, output: total.outputTokens },
  ...{ errors: total.errors, recorded: total.recorded, sessions: total.sessions },
});

describe('FineTuneLab in any order', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());
  const write = (name: string, content: string): string => {
    writeFileSync(folder.file(name), content);
    return folder.file(name);
  };

  describe('every arrangement of the same rows', function () {
    this.timeout(120_000);

    for (const seed of seeds(3, 8)) {
      it(`is the same ledger, seed ${seed}`, async () => {
        const { conversations, states } = makeWorkspace(seed);
        const plain = await ledgerOf(
          write('conversations.json', JSON.stringify(conversations)),
          write('traces.json', JSON.stringify(states)),
        );
        const calls = lastStates(states).filter((row) => row.operation_type !== 'tool_call');
        const sum = (name: string) => calls.reduce((n, row) => n + Number(row[name] ?? 0), 0);
        assert.deepEqual(totals(plain), {
          ...{ calls: calls.length, input: sum('input_tokens'), output: sum('output_tokens'), sessions: 3 },
          errors: calls.filter(({ status }) => status !== 'completed').length,
          recorded: Math.round(sum('cost_usd') * 1e9),
        });
        for (let turn = 1; turn <= 3; turn++) {
          const found = await ledgerOf(...arranged(conversations, states, seed * 10 + turn));
          assert.deepEqual(found, plain, `turn ${turn}`);
        }
      });

      it(`is the same ledger with the list and the export beside it, seed ${seed}`, async () => {
        const { conversations, states } = makeWorkspace(seed);
        const list = write(
          'list.json',
          JSON.stringify({ traces: listRows(states), total: 1, limit: 20, offset: 0 }),
        );
        const exported = write(
          'export.json',
          JSON.stringify({
            export: { version: '2.0', exportType: 'trace' },
            data: { traces: exportRows(states) },
          }),
        );
        const paths = [...arranged(conversations, states, seed), list, exported];
        const first = await ledgerOf(...paths);
        for (let turn = 1; turn <= 3; turn++) {
          const again = await ledgerOf(...shuffled([...paths, list], random(seed * 100 + turn).below));
          assert.deepEqual(timeless(again), timeless(first), `turn ${turn}`);
        }
        const plain = await ledgerOf(...arranged(conversations, states, seed + 1));
        assert.deepEqual(totals(first), totals(plain));
      });
    }

    /** The export knows when rows were written, not when calls began; which one it tells of is known by tokens alone. */
    const timeless = ({ total, calls, sessions }: Ledger) => ({
      total,
      calls: calls.map((call) => without(call, 'at')),
      sessions: sessions.map((session) => without(session, 'first_at', 'last_at', 'sort_at')),
    });

    function shuffled<T>(rows: readonly T[], below: (n: number) => number): T[] {
      const left = [...rows];
      return rows.map(() => left.splice(below(left.length), 1)[0]!);
    }

    /** Spread over files of every kind, some rows twice. */
    function arranged(
      conversations: readonly TableRow[],
      states: readonly TableRow[],
      seed: number,
    ): string[] {
      const { below, chance, of } = random(seed);
      const rows = shuffled([...states, ...states.filter(() => chance(0.3))], below);
      const parts = Array.from({ length: 1 + below(4) }, (): TableRow[] => []);
      for (const row of rows) of(parts).push(row);
      // An answer nests one state of a span; the older ones are somewhere else anyway.
      const files = parts
        .filter((part) => part.length > 0)
        .map((part, i) => write(`part-${i}`, traceFiles[below(traceFiles.length)]!(part)));
      const rest = write('all.csv', csvOf(states));
      return shuffled([...files, rest, write('c.csv', csvOf(shuffled(conversations, below)))], below);
    }
  });
});
