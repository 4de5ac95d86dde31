import type { Filter } from '../../shared/model';
import type { Connection, SqlValue } from '../../sqlite/connection';

/** Conditions joined by AND, with their parameters. */
export class Where {
  private readonly conditions: string[];
  readonly params: SqlValue[] = [];

  constructor(conditions: readonly string[] = []) {
    this.conditions = [...conditions];
  }

  get sql(): string {
    return this.conditions.length === 0 ? '' : `WHERE ${this.conditions.join(' AND ')}`;
  }

  add(condition: string, ...params: SqlValue[]): void {
    this.conditions.push(condition);
    this.params.push(...params);
  }

  addIn(column: string, ids: readonly number[]): void {
    this.add(`${column} IN (${ids.map(() => '?').join(', ')})`, ...ids);
  }

  /** Null stands for none. */
  addNames(column: string, names: readonly (string | null)[]): void {
    const orNone = names.includes(null) ? ` OR ${column} IS NULL` : '';
    this.add(`(${column} IN (SELECT value FROM json_each(?))${orNone})`, JSON.stringify(names));
  }

  /** All of a filter but its period. Names that nobody knows match nothing. */
  addFilter(
    db: Connection,
    filter: Filter,
    column: { readonly experiment: string; readonly person: string },
  ): void {
    if (filter.models) this.addIn('f.model', idsOf(db, 'model', 'name', filter.models));
    if (filter.providers) this.addIn('f.model', idsOf(db, 'model', 'provider', filter.providers));
    if (filter.sources) this.addIn('f.source', idsOf(db, 'source', 'path', filter.sources));
    if (filter.users)
      this.addIn(column.person, [...idsOf(db, 'person', 'name', filter.users), ...none(filter.users)]);
    if (filter.experiments) {
      const ids = filter.experiments.flatMap((key) => (key === null ? [] : idsOfKey(db, 'experiment', key)));
      this.addIn(column.experiment, [...ids, ...none(filter.experiments)]);
    }
    // Rows of sums by day know no session: factsOf takes others for these.
    if (filter.projects)
      this.addIn('s.project', [...idsOf(db, 'project', 'name', filter.projects), ...none(filter.projects)]);
    if (filter.branches) this.addNames('s.branch', filter.branches);
    if (filter.sessions)
      this.addIn(
        'f.session',
        filter.sessions.flatMap((key) => idsOfKey(db, 'session', key)),
      );
  }
}

const none = (values: readonly (string | null)[]): number[] => (values.includes(null) ? [0] : []);

const idsOf = (db: Connection, table: string, column: string, names: readonly (string | null)[]): number[] =>
  names.flatMap((name) =>
    db.rows(`SELECT id FROM ${table} WHERE ${column} = ?`, [name ?? '']).map(([id]) => id as number),
  );

/** The durable key of an experiment or session, `<scope>:<own id>`, as ids of this store. */
export function idsOfKey(db: Connection, table: 'experiment' | 'session', key: string): number[] {
  const colon = key.indexOf(':');
  const names = [key.slice(0, colon), key.slice(colon + 1)];
  const found = db
    .rows(
      `SELECT t.id FROM ${table} t JOIN scope ON scope.id = t.scope WHERE scope.uid = ? AND t.own_id = ?`,
      names,
    )
    .map(([id]) => id as number);
  // A session that became part of another one is still known by its old key.
  if (found.length > 0 || table === 'experiment') return found;
  return db
    .rows(
      `SELECT t.id FROM scope JOIN session_alias a ON a.scope = scope.id AND a.own_id = ?2
         JOIN session t ON t.scope = a.scope AND t.own_id = a.into_id WHERE scope.uid = ?1`,
      names,
    )
    .map(([id]) => id as number);
}
