import type { Cursor } from '../shared/facts';
import type { Connection } from '../sqlite/connection';

/** As in importers/importer.ts; the store does not import importers. */
export type Identity =
  { readonly kind: 'global' } | { readonly kind: 'anchored'; readonly anchors: readonly string[] };

/**
 * Inside a write: the scope whose ids the file at `path` carries. A database is the one known at its path if they
 * share an anchor, or if one of them has none yet; else any known one with a common anchor (it was copied or moved),
 * else a new one.
 */
export function resolveScope(db: Connection, importer: string, identity: Identity, path: string): number {
  if (identity.kind === 'global') return findByUid(db, importer) ?? insertScope(db, importer, importer);
  const { anchors } = identity;
  const candidates = scopesWith(db, importer, anchors);
  const atPath = scopeAt(db, importer, path);
  const isSame =
    atPath !== undefined && (anchors.length === 0 || candidates.includes(atPath) || !hasAnchors(db, atPath));
  const known = isSame ? atPath : candidates[0];
  const scope =
    known ?? insertScope(db, importer, freeUid(db, `${importer}-${anchors[0]?.slice(0, 10) ?? 'empty'}`));
  for (const anchor of anchors) db.run('INSERT OR IGNORE INTO scope_anchor VALUES (?, ?)', [anchor, scope]);
  return scope;
}

/** Whether a file that is of this scope still is, and tells nothing new about it. */
export function isScopeOf(db: Connection, scope: number, importer: string, identity: Identity): boolean {
  if (identity.kind === 'global') return findByUid(db, importer) === scope;
  const { anchors } = identity;
  const known = db.rows(
    `SELECT count(*) FROM scope_anchor JOIN json_each(?) ON value = anchor WHERE scope = ?`,
    [JSON.stringify([...new Set(anchors)]), scope],
  )[0]![0];
  return anchors.length > 0 && known === new Set(anchors).size;
}

const scopeAt = (db: Connection, importer: string, path: string): number | undefined =>
  db.rows(
    'SELECT scope.id FROM source JOIN scope ON scope.id = source.scope WHERE path = ? AND scope.importer = ?',
    [path, importer],
  )[0]?.[0] as number | undefined;

const hasAnchors = (db: Connection, scope: number): boolean =>
  db.rows('SELECT 1 FROM scope_anchor WHERE scope = ? LIMIT 1', [scope]).length > 0;

const scopesWith = (db: Connection, importer: string, anchors: readonly string[]): number[] => {
  const marks = anchors.map(() => '?').join(', ');
  return db
    .rows(
      `SELECT a.scope FROM scope_anchor a JOIN scope ON scope.id = a.scope
        WHERE scope.importer = ? AND a.anchor IN (${marks}) GROUP BY a.scope ORDER BY count(*) DESC, a.scope`,
      [importer, ...anchors],
    )
    .map(([scope]) => scope as number);
};

const findByUid = (db: Connection, uid: string): number | undefined =>
  db.rows('SELECT id FROM scope WHERE uid = ?', [uid])[0]?.[0] as number | undefined;

function freeUid(db: Connection, wanted: string): string {
  let uid = wanted;
  for (let n = 2; findByUid(db, uid) !== undefined; n++) uid = `${wanted}-${n}`;
  return uid;
}

function insertScope(db: Connection, importer: string, uid: string): number {
  db.run('INSERT INTO scope (uid, importer) VALUES (?, ?)', [uid, importer]);
  return findByUid(db, uid)!;
}

/** Where the next import goes on: kept with the database for formats with local ids, with the file otherwise. */
export function readCursor(db: Connection, identity: Identity, scope: number, source: number): string | null {
  const [row] =
    identity.kind === 'global'
      ? db.rows('SELECT cursor FROM source WHERE id = ?', [source])
      : db.rows('SELECT cursor FROM scope WHERE id = ?', [scope]);
  return (row?.[0] as string | null | undefined) ?? null;
}

/** The cursor of a file at `path` whose ids are unique over all files of its format, before it is opened. */
export const storedCursor = (db: Connection, importer: string, path: string): string | null =>
  (db.rows(
    'SELECT source.cursor FROM source JOIN scope ON scope.id = source.scope WHERE path = ? AND scope.uid = ?',
    [path, importer],
  )[0]?.[0] as string | null | undefined) ?? null;

export function writeCursor(
  db: Connection,
  identity: Identity,
  scope: number,
  source: number,
  cursor: Cursor,
): void {
  const json = JSON.stringify(cursor);
  if (identity.kind === 'global') db.run('UPDATE source SET cursor = ? WHERE id = ?', [json, source]);
  else db.run('UPDATE scope SET cursor = ? WHERE id = ?', [json, scope]);
}
