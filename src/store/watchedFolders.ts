import type { Connection } from '../sqlite/connection';

/** A folder that was imported as one: what comes into it belongs to the ledger, too. */
export interface WatchedFolder {
  readonly path: string;
  /** When it was last searched as a whole, in ms since the epoch. */
  readonly searchedAt: number;
}

/** Whether `?1` is the path in the column, or lies below it. */
const isAtOrBelow = (path: string, folder: string): string =>
  `(${path} = ${folder} OR substr(${path}, 1, length(${folder}) + 1) IN (${folder} || '/', ${folder} || '\\')
    OR ${folder} IN ('/', '\\') AND substr(${path}, 1, 1) = ${folder})`;

export const watchedFolders = (db: Connection): WatchedFolder[] =>
  db.all<WatchedFolder>('SELECT path, searched_at AS searchedAt FROM watched_folder ORDER BY path');

/** Inside a write: these folders were searched at `at`, and are watched from now on. */
export function rememberSearch(db: Connection, folders: readonly string[], at: number): void {
  for (const folder of folders)
    db.run(
      'INSERT INTO watched_folder VALUES (?1, ?2) ON CONFLICT DO UPDATE SET searched_at = max(searched_at, ?2)',
      [folder, at],
    );
}

/** Inside a write: what lies at or below these paths is asked for again, also where it was removed before. */
export function takeBack(db: Connection, paths: readonly string[]): void {
  for (const path of paths) db.run(`DELETE FROM left_out WHERE ${isAtOrBelow('path', '?1')}`, [path]);
}

/**
 * Inside a write: the user removed a source, and a change of its file does not bring it back. A folder from which nothing is
 * in the ledger any more is not watched.
 */
export function leaveOut(db: Connection, path: string): void {
  db.run('INSERT OR IGNORE INTO left_out VALUES (?)', [path]);
  db.run(
    `DELETE FROM watched_folder WHERE path = ? OR NOT EXISTS
      (SELECT 1 FROM source s WHERE ${isAtOrBelow('s.path', 'watched_folder.path')})`,
    [path],
  );
  db.run(
    `DELETE FROM left_out WHERE NOT EXISTS
      (SELECT 1 FROM watched_folder f WHERE ${isAtOrBelow('left_out.path', 'f.path')})`,
  );
}

export const isLeftOut = (db: Connection, path: string): boolean =>
  db.rows('SELECT 1 FROM left_out WHERE path = ?', [path]).length > 0;

/** Differs where sources or watched folders came or went: cheap enough to be asked after each commit. */
export const placesVersion = (db: Connection): string =>
  db
    .rows(
      `SELECT (SELECT count(*) || ' ' || coalesce(max(id), 0) || ' ' || coalesce(sum(length(path)), 0) FROM source),
        (SELECT count(*) || ' ' || coalesce(sum(length(path)), 0) FROM watched_folder)`,
    )[0]!
    .join(' ');
