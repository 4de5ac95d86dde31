import assert from 'node:assert/strict';
import { testEngine } from './engine';
import { all, openTestStore } from './store';
import { importPaths } from '../../src/ingest/import';
import { report } from '../../src/store/queries/report';
import type { Importer } from '../../src/importers/importer';
import type { Issue, Totals } from '../../src/shared/model';
import type { Connection, SqlValue } from '../../src/sqlite/connection';

type Row = Readonly<Record<string, SqlValue>>;

/** What a store knows, without the ids that it gave itself and the files that told it. */
export interface Ledger {
  readonly total: Totals;
  readonly calls: readonly Row[];
  readonly sessions: readonly Row[];
  readonly issues: readonly Issue[];
}

const calls = `SELECT c.*, s.own_id AS session, m.provider, m.name AS model, a.own_id AS agent, d.key AS duplicate_of,
  t.name AS told_model
  FROM call c JOIN session s ON s.id = c.session JOIN model m ON m.id = c.model
  LEFT JOIN agent a ON a.id = c.agent LEFT JOIN call d ON d.id = c.duplicate_of
  LEFT JOIN model t ON t.id = c.told_model ORDER BY c.key`;
const sessions = `SELECT s.*, e.own_id AS experiment, p.name AS person
  FROM session s LEFT JOIN experiment e ON e.id = s.experiment LEFT JOIN person p ON p.id = s.person ORDER BY s.own_id`;
const storesOwn = new Set(['id', 'scope', 'source', 'note']);

const facts = (db: Connection, query: string): Row[] =>
  db
    .all<Row>(query)
    .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !storesOwn.has(name))));

/** Imports files and folders into a new store at once, in the order given. */
export const ledgerOf = (...paths: readonly string[]): Promise<Ledger> => ledgerInSteps(() => paths);

/** Imports into one new store what each step names, after it has changed the files as it likes. */
export const ledgerInSteps = (...steps: readonly (() => readonly string[])[]): Promise<Ledger> =>
  ledgerWith(undefined, ...steps);

/** The same, with these importers instead of the built-in ones. */
export async function ledgerWith(
  importers: readonly Importer[] | undefined,
  ...steps: readonly (() => readonly string[])[]
): Promise<Ledger> {
  const store = await openTestStore();
  const engine = await testEngine();
  let issues: readonly Issue[] = [];
  for (const step of steps)
    ({ issues } = await importPaths(store, engine, {
      paths: step(),
      force: false,
      ...(importers ? { importers } : {}),
      pause: () => Promise.resolve(),
      told: () => undefined,
      log: (message) => assert.fail(message),
    }));
  const { total } = report(store, all, null);
  const ledger = { total, calls: facts(store.db, calls), sessions: facts(store.db, sessions), issues };
  store.close();
  return ledger;
}
