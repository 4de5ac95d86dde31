import type { RawDatabase, RawStatement } from 'sql.js';

const capacity = 64;

/** Prepared statements by their SQL; the one unused for longest is freed first. */
export class StatementCache {
  private readonly idle = new Map<string, RawStatement>();

  constructor(private readonly database: RawDatabase) {}

  /** Lends the statement to `work`; a nested use of the same SQL gets one of its own. It is reset in any case. */
  use<T>(sql: string, work: (statement: RawStatement) => T): T {
    const statement = this.idle.get(sql) ?? this.database.prepare(sql);
    this.idle.delete(sql);
    try {
      return work(statement);
    } finally {
      // Stepped and not reset it would hold a shared lock and keep every other window from committing.
      statement.reset();
      this.keep(sql, statement);
    }
  }

  clear(): void {
    for (const statement of this.idle.values()) statement.free();
    this.idle.clear();
  }

  private keep(sql: string, statement: RawStatement): void {
    if (this.idle.has(sql)) {
      statement.free();
      return;
    }
    this.idle.set(sql, statement);
    if (this.idle.size <= capacity) return;
    const [oldest] = this.idle;
    if (!oldest) return;
    this.idle.delete(oldest[0]);
    oldest[1].free();
  }
}
