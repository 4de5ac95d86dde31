import { CancellationError, messageOf } from '../shared/errors';
import { readSetting, writeSetting } from '../store/settings';
import type { Job } from './jobs';
import type { IntegrityCheck } from '../shared/healthApi';
import type { Store } from '../store/store';
import type { Connection } from '../sqlite/connection';

const settingName = 'integrity';
const mostProblems = 100;

/**
 * Whether the store's tables and indexes are whole. A check of everything at once would keep the worker from all else and
 * could not be stopped, so it goes table by table.
 */
export class Integrity {
  private found: IntegrityCheck | undefined;

  constructor(
    private readonly store: Store,
    private readonly now: () => number = Date.now,
  ) {}

  /** Of the last check, here or in another window. */
  get last(): IntegrityCheck | undefined {
    const { db } = this.store;
    const text = db.read(() => readSetting(db, settingName));
    const stored = typeof text === 'string' ? (JSON.parse(text) as IntegrityCheck) : undefined;
    return stored && stored.at >= (this.found?.at ?? 0) ? stored : this.found;
  }

  /** @param told how much is done, from 0 to 1. */
  async check(job: Job, told: (share: number) => void): Promise<IntegrityCheck> {
    const { db } = this.store;
    const at = this.now();
    const problems: string[] = [];
    const tables = tablesOf(db, problems);
    for (const [i, table] of tables.entries()) {
      told(i / tables.length);
      await job.pause();
      if (problems.length < mostProblems) problems.push(...problemsOf(db, table));
    }
    const durationMs = this.now() - at;
    const result = { at, durationMs, tables: tables.length, problems: problems.slice(0, mostProblems) };
    this.keep(result);
    return result;
  }

  private keep(result: IntegrityCheck): void {
    this.found = result;
    // Nothing is written to a file that is damaged.
    if (result.problems.length === 0)
      this.store.write(() => writeSetting(this.store.db, settingName, JSON.stringify(result)));
  }
}

function tablesOf(db: Connection, problems: string[]): readonly string[] {
  try {
    const found = db.read(() =>
      db.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      ),
    );
    return ['sqlite_schema', ...found.map(([name]) => name as string)];
  } catch (error) {
    problems.push(`The list of tables cannot be read: ${messageOf(error)}`);
    return [];
  }
}

function problemsOf(db: Connection, table: string): readonly string[] {
  try {
    const rows = db.read(() => db.rows(`PRAGMA quick_check("${table.replaceAll('"', '""')}")`)).flat();
    return rows.filter((row) => row !== 'ok').map((row) => `${table}: ${String(row)}`);
  } catch (error) {
    if (error instanceof CancellationError) throw error;
    return [`${table}: ${messageOf(error)}`];
  }
}
