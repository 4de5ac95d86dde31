import type { Connection } from '../sqlite/connection';

/** A session as the journal names it: by what survives a deleted store and a moved source. */
export interface SessionName {
  /** Importer id of the session's source. */
  readonly importer: string;
  /** The session's own id in its source. */
  readonly session: string;
  /** Anchors of the databases that the id belongs to; empty where ids are unique everywhere. */
  readonly scope: readonly string[];
}

export const anchorsOf = (db: Connection, scope: number): string[] =>
  db
    .rows('SELECT anchor FROM scope_anchor WHERE scope = ? ORDER BY anchor', [scope])
    .map(([anchor]) => anchor as string);

/** Two lists of anchors mean one database if they share one; formats with global ids have none. */
export const sameScope = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === 0 ? b.length === 0 : a.some((anchor) => b.includes(anchor));

/** The session that a journal line names by what outlives the store; undefined if the store does not know it (yet). */
export function sessionNamed(db: Connection, { importer, session, scope }: SessionName): number | undefined {
  const rows = db.rows(
    `SELECT s.id, s.scope FROM session s JOIN scope ON scope.id = s.scope
      WHERE s.own_id = ?1 AND scope.importer = ?2
     UNION ALL SELECT s.id, s.scope FROM scope CROSS JOIN session_alias a ON a.scope = scope.id AND a.own_id = ?1
       JOIN session s ON s.scope = a.scope AND s.own_id = a.into_id WHERE scope.importer = ?2`,
    [session, importer],
  );
  return rows.find(([, of]) => sameScope(scope, anchorsOf(db, of as number)))?.[0] as number | undefined;
}
