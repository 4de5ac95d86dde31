import { tablesOfCompactedCalls } from './compaction/compactedCalls';
import type { Connection } from '../sqlite/connection';

/** What was imported, and what follows from it; of folders, that they were. Tags that were given stay: the same sessions get them again. */
const imported = [
  ...['call_alias', 'repriced', 'call', 'compacted', 'compacted_account', ...tablesOfCompactedCalls],
  ...[
    'compacted_duplicate',
    'repriced_sum',
    'usage_slot',
    'usage_session',
    'usage_day',
    'usage_detail',
    'time_slot',
    'time_day',
    'agent',
    'claim',
    'problem',
  ],
  ...[
    'session',
    'session_alias',
    'experiment',
    'project',
    'source',
    'model_name',
    'watched_folder',
    'left_out',
  ],
];

/** Inside a write: as if nothing had been imported. Notes, words on what is excluded, and settings stay. */
export function emptyLedger(db: Connection): void {
  for (const table of imported) db.run(`DELETE FROM ${table}`);
  for (const table of ['note', 'exclusion']) db.run(`UPDATE ${table} SET session = NULL`);
  db.run('UPDATE scope SET cursor = NULL');
}

/** Inside a write: nothing is left but the empty tables. */
export function emptyAll(db: Connection): void {
  // Rows that others point to may go first: what counts is that none is left in the end.
  db.run('PRAGMA defer_foreign_keys = ON');
  for (const table of tablesOf(db, 'main')) db.run(`DELETE FROM ${table}`);
}

/** Puts the rows of a copy of this database in the place of all that is in it, in one transaction. */
export function copyBack(db: Connection, path: string, write: (work: () => void) => void): void {
  // Without them SQLite copies whole tables as they are, in their order on disk.
  db.run('PRAGMA foreign_keys = OFF');
  try {
    db.withBeside(path, () =>
      write(() => {
        const there = new Set(tablesOf(db, 'beside'));
        for (const table of tablesOf(db, 'main')) {
          db.run(`DELETE FROM main.${table}`);
          if (there.has(table)) copyTable(db, table);
        }
      }),
    );
  } finally {
    db.run('PRAGMA foreign_keys = ON');
  }
}

function copyTable(db: Connection, table: string): void {
  const columns = db.rows(`SELECT name, hidden FROM pragma_table_xinfo('${table}')`);
  if (columns.every(([, hidden]) => hidden === 0))
    return db.run(`INSERT INTO main.${table} SELECT * FROM beside.${table}`);
  const stored = columns.flatMap(([name, hidden]) => (hidden === 0 ? [name as string] : [])).join(', ');
  db.run(`INSERT INTO main.${table} (${stored}) SELECT ${stored} FROM beside.${table}`);
}

const tablesOf = (db: Connection, schema: 'main' | 'beside'): string[] =>
  db
    .rows(
      `SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'migration'`,
    )
    .map(([name]) => name as string);
