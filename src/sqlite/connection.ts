import type { RawDatabase, RawStatement } from 'sql.js';
import { retry, waitForTurn } from './busy';
import { UserError } from '../shared/errors';
import { StatementCache } from './statementCache';

export type SqlValue = string | number | Uint8Array | null;
export type SqlParams = readonly SqlValue[];

/** Prepared once, for hot paths; reset after each use. */
export interface Statement {
  run(params: SqlParams): void;
  /** The first row. */
  get(params: SqlParams): SqlValue[] | undefined;
  all(params: SqlParams): SqlValue[][];
  each(params: SqlParams, row: (values: SqlValue[]) => void): void;
  free(): void;
}

/**
 * A database open for reading and writing. Integers are exact up to 2^53; a parameter beyond 32 bits is bound as REAL,
 * which an INTEGER column turns back into an integer.
 */
export interface Connection {
  readonly storage: 'file' | 'memory';
  /** Why in memory: one sentence for the user. */
  readonly reason?: string;
  /** Several statements without parameters. */
  script(sql: string): void;
  run(sql: string, params?: SqlParams): void;
  rows(sql: string, params?: SqlParams): SqlValue[][];
  all<Row extends object>(sql: string, params?: SqlParams): Row[];
  prepare(sql: string): Statement;
  /** Rows that the last INSERT, UPDATE or DELETE changed. */
  changes(): number;
  /** One transaction: committed when `work` returns, rolled back when it throws. Inside another one, a part of it. */
  write<T>(work: () => T): T;
  /** One snapshot for all statements in `work`, which may be run again from the start. Inside a transaction it just runs. */
  read<T>(work: () => T): T;
  /** Changes whenever any window has committed; cheap, takes no lock. */
  changeCounter(): number;
  /**
   * Runs `work` with the database file at `path` beside this one, as schema `beside`, for reading. Not inside a transaction.
   * @throws UserError where this database is in memory.
   */
  withBeside<T>(path: string, work: () => T): T;
  close(): void;
}

/** What a connection stands on. */
export interface Backing {
  readonly storage: 'file' | 'memory';
  readonly reason?: string;
  readonly timeoutMs: number;
  /** The queue of writers, where there are others. */
  readonly queue?: { enqueue(): void; dequeue(): void; mustQueue(): boolean };
  changeCounter(): number;
  /** After each commit. */
  committed(): void;
  /** What the user can do about an error, as a UserError; any other error comes back as it is. */
  explain(error: unknown): unknown;
  /** Lets `work` attach a file under a name, for reading. Absent where there are no files. */
  serve?<T>(path: string, work: (name: string) => T): T;
  /** Before the database is closed. */
  closing?(): void;
  /** After that. */
  closed(): void;
}

export class SqlConnection implements Connection {
  private readonly cache: StatementCache;
  private readonly prepared = new Set<RawStatement>();
  private depth = 0;
  private isWriting = false;

  constructor(
    private readonly database: RawDatabase,
    private readonly backing: Backing,
  ) {
    this.cache = new StatementCache(database);
  }

  get storage() {
    return this.backing.storage;
  }

  get reason() {
    return this.backing.reason;
  }

  script(sql: string): void {
    this.explained(() => {
      for (const statement of this.database.iterateStatements(sql)) this.step(statement, [], () => undefined);
      this.afterStatement();
    });
  }

  run(sql: string, params: SqlParams = []): void {
    this.explained(() => {
      this.prepareAnd(sql, (statement) => this.step(statement, params, () => undefined));
      this.afterStatement();
    });
  }

  rows(sql: string, params: SqlParams = []): SqlValue[][] {
    return this.explained(() => this.prepareAnd(sql, (statement) => this.collect(statement, params)));
  }

  all<Row extends object>(sql: string, params: SqlParams = []): Row[] {
    return this.explained(() =>
      this.prepareAnd(sql, (statement) => {
        const rows = this.collect(statement, params);
        const names = rows.length > 0 ? statement.getColumnNames() : [];
        return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])) as Row);
      }),
    );
  }

  prepare(sql: string): Statement {
    const raw = this.explained(() => this.retried(() => this.database.prepare(sql)));
    this.prepared.add(raw);
    const use = <T>(work: () => T): T =>
      this.explained(() => {
        try {
          return work();
        } finally {
          raw.reset();
        }
      });
    return {
      run: (params) =>
        use(() => {
          this.step(raw, params, () => undefined);
          this.afterStatement();
        }),
      get: (params) => use(() => this.first(raw, params)),
      all: (params) => use(() => this.collect(raw, params)),
      each: (params, row) => use(() => this.step(raw, params, row)),
      free: () => {
        if (this.prepared.delete(raw)) raw.free();
      },
    };
  }

  changes(): number {
    return this.database.getRowsModified();
  }

  write<T>(work: () => T): T {
    if (this.depth > 0) return this.nested(work);
    return this.explained(() => {
      const end = performance.now() + this.backing.timeoutMs;
      waitForTurn(() => this.exec('BEGIN IMMEDIATE'), this.backing.queue, end);
      const result = this.inside(true, work, end);
      this.backing.committed();
      return result;
    });
  }

  read<T>(work: () => T): T {
    if (this.depth > 0) return work();
    return this.explained(() => {
      const end = performance.now() + this.backing.timeoutMs;
      return retry(() => {
        this.exec('BEGIN');
        return this.inside(false, work, end);
      }, end);
    });
  }

  changeCounter(): number {
    return this.backing.changeCounter();
  }

  withBeside<T>(path: string, work: () => T): T {
    const { backing } = this;
    if (!backing.serve) throw new UserError('The ledger is kept in memory, where nothing can be taken back.');
    return backing.serve(path, (name) => {
      this.run('ATTACH ? AS beside', [name]);
      try {
        return work();
      } finally {
        this.cache.clear();
        this.run('DETACH beside');
      }
    });
  }

  close(): void {
    this.backing.closing?.();
    this.cache.clear();
    for (const statement of this.prepared) statement.free();
    this.prepared.clear();
    this.explained(() => this.database.close());
    this.backing.closed();
  }

  /** Runs `work` in the transaction just begun and ends that in any case. */
  private inside<T>(isWriting: boolean, work: () => T, end: number): T {
    this.depth = 1;
    this.isWriting = isWriting;
    try {
      const result = work();
      // Told busy here, readers have not left yet: the transaction is still open and the commit may be tried again.
      retry(() => this.exec('COMMIT'), end);
      return result;
    } catch (error) {
      this.rollBack('ROLLBACK');
      throw error;
    } finally {
      this.depth = 0;
      this.isWriting = false;
    }
  }

  private nested<T>(work: () => T): T {
    if (!this.isWriting) throw new Error('write() inside read()');
    const name = `nested_${this.depth}`;
    this.exec(`SAVEPOINT ${name}`);
    this.depth++;
    try {
      const result = work();
      this.exec(`RELEASE ${name}`);
      return result;
    } catch (error) {
      this.rollBack(`ROLLBACK TO ${name}`);
      this.rollBack(`RELEASE ${name}`);
      throw error;
    } finally {
      this.depth--;
    }
  }

  /** After some errors SQLite has rolled back by itself, and says so. */
  private rollBack(sql: string): void {
    try {
      this.exec(sql);
    } catch {
      // The first error is the one that counts.
    }
  }

  private exec(sql: string): void {
    this.cache.use(sql, (statement) => void statement.step());
  }

  private prepareAnd<T>(sql: string, work: (statement: RawStatement) => T): T {
    return this.retried(() => this.cache.use(sql, work));
  }

  private collect(statement: RawStatement, params: SqlParams): SqlValue[][] {
    const rows: SqlValue[][] = [];
    this.step(statement, params, (row) => rows.push(row));
    return rows;
  }

  private first(statement: RawStatement, params: SqlParams): SqlValue[] | undefined {
    return this.retried(() => {
      statement.reset();
      statement.bind(wellFormed(params));
      return statement.step() ? statement.get() : undefined;
    });
  }

  /** Binds and steps to the end. Told busy, it starts again, unless a row was handed out already. */
  private step(statement: RawStatement, params: SqlParams, row: (values: SqlValue[]) => void): void {
    let rows = 0;
    const once = () => {
      statement.reset();
      if (params.length > 0) statement.bind(wellFormed(params));
      while (statement.step()) {
        rows++;
        row(statement.get());
      }
    };
    this.retried(once, () => rows === 0);
  }

  /** Outside a transaction even a plain SELECT can be told busy: when two windows meet the same hot journal. */
  private retried<T>(work: () => T, mayRetry: () => boolean = () => true): T {
    if (this.depth > 0) return work();
    return retry(work, performance.now() + this.backing.timeoutMs, mayRetry);
  }

  private afterStatement(): void {
    if (this.depth === 0) this.backing.committed();
  }

  private explained<T>(work: () => T): T {
    if (this.depth > 0) return work();
    try {
      return work();
    } catch (error) {
      throw this.backing.explain(error);
    }
  }
}

const isBroken = (value: SqlValue): value is string => typeof value === 'string' && !value.isWellFormed();

/** Half a character is no text: bound as it is, it would come back as another one and never be found again. */
const wellFormed = (params: SqlParams): SqlParams =>
  params.some(isBroken) ? params.map((value) => (isBroken(value) ? value.toWellFormed() : value)) : params;
