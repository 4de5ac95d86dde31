import { clearClaims } from './claims';
import { forgetCompacted } from './compaction/forgetCompacted';
import { spendTag } from './sessionTags';
import type { Issue, SourceState } from '../shared/model';
import type { Connection, SqlValue } from '../sqlite/connection';

/** More problems than this of one source are not kept: nobody reads them. */
const maxProblems = 1000;

export interface KnownSource {
  readonly id: number;
  readonly path: string;
  readonly importer: string | null;
  readonly scope: number | null;
  readonly state: SourceState;
  readonly fingerprint: string;
}

export const findSource = (db: Connection, path: string): KnownSource | undefined =>
  db.all<KnownSource>('SELECT id, path, importer, scope, state, fingerprint FROM source WHERE path = ?', [
    path,
  ])[0];

export const listSources = (db: Connection): KnownSource[] =>
  db.all<KnownSource>('SELECT id, path, importer, scope, state, fingerprint FROM source ORDER BY path');

/** Inside a write: the id of the source at `path`, made if it is new. */
export function ensureSource(db: Connection, path: string, importer: string | null): number {
  db.run(
    `INSERT INTO source (path, importer, state, imported_at) VALUES (?, ?, 'partial', ?)
     ON CONFLICT (path) DO UPDATE SET importer = coalesce(excluded.importer, importer)`,
    [path, importer, Date.now()],
  );
  return findSource(db, path)!.id;
}

/** Inside a write: the source belongs to `scope` from now on; a cursor of another scope means nothing. */
export function assignScope(db: Connection, source: number, scope: number): void {
  db.run('UPDATE source SET cursor = CASE WHEN scope IS ? THEN cursor END, scope = ? WHERE id = ?', [
    scope,
    scope,
    source,
  ]);
}

/** Inside a write: what came of the last attempt to read it. `fingerprint` is '' unless all was read. */
export function finishSource(
  db: Connection,
  source: number,
  end: { readonly state: SourceState; readonly fingerprint: string; readonly bytes: number },
): void {
  db.run('UPDATE source SET state = ?, fingerprint = ?, bytes = ?, imported_at = ? WHERE id = ?', [
    end.state,
    end.fingerprint,
    end.bytes,
    Date.now(),
    source,
  ]);
}

/** Inside a write: forgets problems, all of them or only those that concern the whole file. */
export function clearProblems(db: Connection, source: number, which: 'all' | 'wholeFile'): void {
  db.run(`DELETE FROM problem WHERE source = ? ${which === 'wholeFile' ? "AND place = ''" : ''}`, [source]);
}

/** Inside a write: forgets a path at which nothing could ever be read, and its problems. */
export function forgetFailure(db: Connection, path: string): void {
  const known = findSource(db, path);
  if (!known || known.importer !== null) return;
  db.run('DELETE FROM problem WHERE source = ?', [known.id]);
  db.run('DELETE FROM source WHERE id = ?', [known.id]);
}

export function addProblems(db: Connection, source: number, issues: readonly Omit<Issue, 'path'>[]): void {
  if (issues.length === 0) return;
  const [row] = db.rows('SELECT count(*) FROM problem WHERE source = ?', [source]);
  const room = maxProblems - (row![0] as number);
  for (const { place, message } of issues.slice(0, Math.max(0, room))) {
    db.run('INSERT OR IGNORE INTO problem VALUES (?, ?, ?)', [source, place ?? '', message]);
  }
}

export const hasProblems = (db: Connection, source: number): boolean =>
  db.rows('SELECT 1 FROM problem WHERE source = ? LIMIT 1', [source]).length > 0;

/** All, or those of the sources whose ids stand in a JSON list. */
export function listProblems(db: Connection, sources: string | null = null): Issue[] {
  return db
    .rows(
      `SELECT s.path, p.place, p.message FROM problem p JOIN source s ON s.id = p.source
        WHERE ?1 IS NULL OR s.id IN (SELECT value FROM json_each(?1)) ORDER BY s.path, p.place`,
      [sources],
    )
    .map(([path, place, message]) => ({
      path: path as string,
      ...(place === '' ? {} : { place: place as string }),
      message: message as string,
    }));
}

/**
 * Inside a write: deletes the source and all that came from it first. Other files with the same ids are marked to be
 * read again, because what they share with it is stored once and went with it. Notes stay.
 * @returns the paths of those files.
 */
export function deleteSource(db: Connection, { id, scope }: KnownSource): string[] {
  // A file that was replaced at its path told of more than one scope.
  const scopes = db
    .rows(
      `SELECT DISTINCT scope FROM session WHERE source = ?1 UNION SELECT DISTINCT scope FROM call WHERE source = ?1
       UNION SELECT s.scope FROM compacted k JOIN session s ON s.id = k.session WHERE k.source = ?1`,
      [id],
    )
    .flat();
  const gone = `SELECT id FROM session s WHERE s.source = ? AND NOT EXISTS (SELECT 1 FROM call c WHERE c.session = s.id)
    AND NOT EXISTS (SELECT 1 FROM compacted k WHERE k.session = s.id)`;
  const released = forgetCompacted(db, id);
  db.run('DELETE FROM call_alias WHERE call IN (SELECT id FROM call WHERE source = ?)', [id]);
  db.run('DELETE FROM call WHERE source = ?', [id]);
  db.run('DELETE FROM usage_slot WHERE source = ?', [id]);
  db.run('DELETE FROM usage_day WHERE source = ?', [id]);
  for (const table of ['usage_detail', 'time_slot', 'time_day'])
    db.run(`DELETE FROM ${table} WHERE source = ?`, [id]);
  db.run('UPDATE note SET session = NULL WHERE session IN (' + gone + ')', [id]);
  spendTags(db, gone, id);
  db.run(`DELETE FROM agent WHERE session IN (${gone})`, [id]);
  db.run(`DELETE FROM session WHERE id IN (${gone})`, [id]);
  passOn(db, id);
  db.run('DELETE FROM problem WHERE source = ?', [id]);
  clearClaims(db, id);
  db.run('DELETE FROM source WHERE id = ?', [id]);
  return [...new Set([scope, ...scopes, ...released])].flatMap((one) =>
    one === null ? [] : readAgain(db, one),
  );
}

/** Inside a write: imported tags of sessions that go; those that were given are known for ever. */
export function spendTags(db: Connection, gone: string, param: number): void {
  const tagged = `SELECT person, tag FROM session WHERE tag IS NOT NULL AND tag_given IS NULL AND id IN (${gone})`;
  for (const [person, tag] of db.rows(tagged, [param])) spendTag(db, person as number, tag as string);
}

/** What is left belongs to who else told of it, since ids of sources are given again. */
function passOn(db: Connection, source: number): void {
  db.run(
    `UPDATE session SET source = coalesce((SELECT source FROM call WHERE session = session.id LIMIT 1),
       (SELECT source FROM compacted WHERE session = session.id LIMIT 1)) WHERE source = ?`,
    [source],
  );
  db.run(
    'DELETE FROM experiment WHERE source = ? AND NOT EXISTS (SELECT 1 FROM session WHERE experiment = experiment.id)',
    [source],
  );
  db.run(
    'UPDATE experiment SET source = (SELECT source FROM session WHERE experiment = experiment.id LIMIT 1) WHERE source = ?',
    [source],
  );
}

function readAgain(db: Connection, scope: SqlValue): string[] {
  db.run("UPDATE source SET fingerprint = '', cursor = NULL WHERE scope = ?", [scope]);
  db.run('UPDATE scope SET cursor = NULL WHERE id = ?', [scope]);
  return db
    .rows('SELECT path FROM source WHERE scope = ? ORDER BY path', [scope])
    .map(([path]) => path as string);
}
