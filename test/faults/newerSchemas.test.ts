import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { long } from './children';
import { makeAgentTraces } from '../support/agentTraces';
import { ledgerOf } from '../support/ledgerOf';
import { copied, fixture } from '../support/sourceFiles';
import { makeSynthDb, python, temporaryFolder } from '../support/synthDb';
import type { Ledger } from '../support/ledgerOf';

/** Changes the schema of a copy of the database as a newer version of its program might. */
function changed(path: string, ...statements: readonly string[]): string {
  const copy = copied(path, basename(path));
  python(
    'd = sqlite3.connect(sys.argv[1]); [d.execute(s) for s in sys.argv[2:]]; d.commit(); d.execute("PRAGMA wal_checkpoint")',
    copy,
    ...statements,
  );
  return copy;
}

const columnsOf = (path: string): [table: string, column: string][] =>
  JSON.parse(
    python(
      `d = sqlite3.connect(sys.argv[1])
tables = [t for (t,) in d.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%fts%'")]
print(json.dumps([[t, c[1]] for t in tables for c in d.execute(f'PRAGMA table_info("{t}")')]))`,
      path,
    ),
  ) as [string, string][];

const counted = ({ total }: Ledger): number[] => [total.calls, total.inputTokens, total.outputTokens];

const later = new Set(['responses', 'turns', 'eval_results']);

describe('databases of a newer schema', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  after(() => folder.remove());
  const databases: [name: string, path: () => string][] = [
    [
      'Synth AI',
      () => (
        makeSynthDb(folder.file('synth.db'), { experiments: 1, sessions: 1, events: 3 }),
        folder.file('synth.db')
      ),
    ],
    [
      'Copilot Chat',
      () => (
        makeAgentTraces(folder.file('agent-traces.db'), { sessions: 1, calls: 6 }),
        folder.file('agent-traces.db')
      ),
    ],
    ...(
      [
        'llm/logs.db',
        'mlflow/mlflow.db',
        'nevil/logs/chat_log.db',
        'opencode/opencode.db',
        'phoenix/phoenix.db',
        'promptfoo/promptfoo.db',
      ] as const
    ).map((name): [string, () => string] => [name, () => fixture(...name.split('/'))]),
  ];

  for (const [name, made] of databases) {
    it(`${name}: counts the same with columns and tables that are new`, async () => {
      const path = made();
      const tables = new Set(columnsOf(path).map(([table]) => table));
      const more = [...tables].map(
        (table) => `ALTER TABLE "${table}" ADD COLUMN newer_column TEXT DEFAULT '{"model": "x"}'`,
      );
      const newer = changed(
        path,
        ...more,
        'CREATE TABLE newer_table (id TEXT, model TEXT, input_tokens INTEGER)',
      );
      const [before, after] = [await ledgerOf(copied(path, basename(path))), await ledgerOf(newer)];
      assert.deepEqual(counted(after), counted(before));
      assert.deepEqual(after.issues.length, before.issues.length);
    });

    it(`${name}: says what it cannot read for want of a column or table, and counts no less without a word`, async () => {
      const path = made();
      const before = await ledgerOf(copied(path, basename(path)));
      const columns = columnsOf(path);
      const silent: string[] = [];
      const check = async (what: string, statement: string): Promise<void> => {
        const after = await ledgerOf(changed(path, statement));
        const isTold = after.issues.some(
          ({ message }) => !before.issues.some((one) => one.message === message),
        );
        if (!isTold && counted(after)[0]! < counted(before)[0]!) silent.push(what);
      };
      // Each of the columns takes a process of Python: all of them in the long run.
      for (const [table, column] of columns.filter((_, i) => long || i % 8 === 0))
        await check(
          `${table}.${column}`,
          `ALTER TABLE "${table}" RENAME COLUMN "${column}" TO renamed_column`,
        );
      // Older versions have not got these, and tell of their calls elsewhere.
      const tables = [...new Set(columns.map(([one]) => one))].filter((one) => !later.has(one));
      for (const table of tables.filter((_, i) => long || i % 4 === 0))
        await check(table, `ALTER TABLE "${table}" RENAME TO renamed_table`);
      assert.deepEqual(silent, []);
    });
  }
});
