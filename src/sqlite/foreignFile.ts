import { setTimeout as delay } from 'node:timers/promises';
import type { RawDatabase, SqlJs } from 'sql.js';
import type { SqlParams, SqlValue } from './connection';
import { busyError, explainForeignError } from './foreignErrors';
import { pauseThread } from './pause';
import type { Snapshot } from './snapshot';
import { Snapshots } from './snapshot';
import type { Vfs } from './vfs';

/** Someone else's database, read in its last committed state, without a lock and without a trace beside it. */
export interface ForeignFile {
  /** Lower-case table (and view) name -> lower-case column names, as they were on opening. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** One sentence if the file is cut off; `all` then throws only where a missing page is really needed. */
  readonly damage?: string;
  /**
   * All rows of one committed state. Every call may see a newer state than the one before.
   * @throws UserError when the file is damaged, vanished, or is written to without a pause.
   */
  all(sql: string, params?: SqlParams): Promise<SqlValue[][]>;
  close(): void;
}

const patienceMs = 5000;
const openingPatienceMs = 2000;
/** After so many attempts a copy in memory is tried between them. */
const attemptsBeforeCopy = 3;

type Query<T> = (database: RawDatabase) => T;

export class ForeignDatabase implements ForeignFile {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  damage: string | undefined;
  private readonly snapshots: Snapshots;

  constructor(
    sql: SqlJs,
    private readonly vfs: Vfs | undefined,
    private readonly path: string,
  ) {
    this.snapshots = this.explained(() => new Snapshots(sql, vfs, path));
    try {
      this.tables = this.now(readTables);
    } catch (error) {
      this.snapshots.close();
      throw error;
    }
  }

  async all(sql: string, params: SqlParams = []): Promise<SqlValue[][]> {
    const query = (database: RawDatabase) => readRows(database, sql, params);
    const end = performance.now() + patienceMs;
    for (let attempt = 0; ; attempt++) {
      const answer = this.attempt(query, attempt >= attemptsBeforeCopy);
      if (answer) return answer.value;
      if (performance.now() >= end) throw busyError(this.path);
      await delay(waitMs(attempt));
    }
  }

  /** The whole committed state as one file's bytes. */
  bytes(): Uint8Array {
    return this.now((database) => database.export());
  }

  close(): void {
    this.snapshots.close();
  }

  private now<T>(query: Query<T>): T {
    const end = performance.now() + openingPatienceMs;
    for (let attempt = 0; ; attempt++) {
      const answer = this.attempt(query, attempt >= attemptsBeforeCopy);
      if (answer) return answer.value;
      if (performance.now() >= end) throw busyError(this.path);
      pauseThread(waitMs(attempt));
    }
  }

  /** Undefined if the file was changed meanwhile: then neither a result nor an error means anything. */
  private attempt<T>(query: Query<T>, copy: boolean): { readonly value: T } | undefined {
    return this.explained(() => {
      const before = this.snapshots.observe();
      try {
        const snapshot = (copy && this.snapshots.takeCopy(before)) || this.snapshots.take(before);
        const value = query(snapshot.database);
        if (this.isIntact(snapshot)) return { value };
      } catch (error) {
        const cause = this.vfs?.takeFailure();
        if (this.snapshots.isUnchangedSince(before)) throw explainForeignError(error, cause, this.path);
      }
      this.snapshots.drop();
      return undefined;
    });
  }

  private isIntact(snapshot: Snapshot): boolean {
    if (!snapshot.isIntact()) return false;
    this.damage = snapshot.damage;
    return true;
  }

  private explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explainForeignError(error, undefined, this.path);
    }
  }
}

/** Short at first, and random, so that it does not keep step with a writer's timer. */
const waitMs = (attempt: number): number => Math.min(2 + attempt * 2, 30) * (0.5 + Math.random());

function readRows(database: RawDatabase, sql: string, params: SqlParams): SqlValue[][] {
  const statement = database.prepare(sql);
  try {
    if (params.length > 0) statement.bind(params);
    const rows: SqlValue[][] = [];
    while (statement.step()) rows.push(statement.get());
    return rows;
  } finally {
    statement.free();
  }
}

const hiddenColumn = 1;

function readTables(database: RawDatabase): ReadonlyMap<string, readonly string[]> {
  const names = readRows(database, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')", []);
  return new Map(
    names.map(([name]) => [String(name).toLowerCase(), readColumns(database, String(name))] as const),
  );
}

/** Empty for what this build cannot open: a view on a missing table, a virtual table of an unknown module. */
function readColumns(database: RawDatabase, table: string): string[] {
  try {
    return readRows(database, 'SELECT name, hidden FROM pragma_table_xinfo(?)', [table])
      .filter(([, hidden]) => hidden !== hiddenColumn)
      .map(([name]) => String(name).toLowerCase());
  } catch (error) {
    if (/malformed|I\/O error|not a database/.test(String(error))) throw error;
    return [];
  }
}
