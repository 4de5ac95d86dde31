import { isModelId } from './namedModels';
import { namesOf } from './sessionAliases';
import { anchorsOf, sameScope, sessionNamed } from './sessionNames';
import type { Millis } from '../shared/model';
import type { Connection } from '../sqlite/connection';

/** A session, model or source that was excluded from analytics, or included again. */
export interface ExclusionRecord {
  readonly kind: 'exclusion';
  readonly at: Millis;
  readonly what: 'session' | 'model' | 'source';
  /** The model's name, the source's path, or the session's own id. */
  readonly name: string;
  readonly excluded: boolean;
  /** Of a session: importer id and anchors, as in a note. */
  readonly importer?: string;
  readonly scope?: readonly string[];
}

/** What is left out of analytics, as far as sums care. */
export interface Exclusions {
  /** Whether any session is. */
  readonly sessions: boolean;
  /** Ids in the store. */
  readonly models: readonly number[];
  readonly sources: readonly number[];
}

export function exclusions(db: Connection): Exclusions {
  const ids = (sql: string): number[] => db.rows(sql).map(([id]) => id as number);
  return {
    sessions: db.rows('SELECT 1 FROM session WHERE excluded = 1 LIMIT 1').length > 0,
    models: ids('SELECT id FROM model WHERE name IN (SELECT name FROM excluded_model)'),
    sources: ids('SELECT id FROM source WHERE path IN (SELECT path FROM excluded_source)'),
  };
}

export const isAny = ({ sessions, models, sources }: Exclusions): boolean =>
  sessions || models.length > 0 || sources.length > 0;

/** Inside a write: takes a journal line in. @returns the session that it speaks of, if the store knows it. */
export function recordExclusion(
  db: Connection,
  record: Omit<ExclusionRecord, 'kind'>,
  known?: number,
): number | undefined {
  const { name, importer = '', scope = [] } = record;
  const session =
    record.what === 'session' ? (known ?? sessionNamed(db, { importer, session: name, scope })) : undefined;
  db.run(
    'INSERT INTO exclusion (what, name, importer, anchors, session, at, excluded) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [
      record.what,
      record.name,
      record.importer ?? null,
      record.scope ? JSON.stringify(record.scope) : null,
      session ?? null,
      record.at,
      record.excluded ? 1 : 0,
    ],
  );
  if (record.what === 'source') setName(db, 'source', record.name, record.excluded);
  if (record.what === 'model')
    for (const one of calledNow(db, record.name)) setName(db, 'model', one, record.excluded);
  return session;
}

/** What a model is called that the user knew by its id. */
function calledNow(db: Connection, name: string): string[] {
  if (!isModelId(name)) return [name];
  const names = db.rows('SELECT DISTINCT name FROM model_name WHERE id = ?', [name.toLowerCase()]);
  return names.length === 0 ? [name] : names.map(([known]) => known as string);
}

/** Inside a write: these ids of models have names now. The last word on either of the two is that on the name. */
export function passModelExclusions(db: Connection, scope: number, ids: readonly string[]): void {
  for (const id of ids) {
    const [row] = db.rows('SELECT name FROM model_name WHERE scope = ? AND id = ?', [scope, id]);
    const name = row![0] as string;
    const words = db.rows(
      `SELECT excluded, lower(name) = ?1 FROM exclusion WHERE what = 'model' AND (name = ?2 OR lower(name) = ?1) ORDER BY id DESC`,
      [id, name],
    );
    if (!words.some(([, onId]) => onId === 1)) continue;
    db.run('DELETE FROM excluded_model WHERE lower(name) = ?', [id]);
    setName(db, 'model', name, words[0]![0] === 1);
  }
}

function setName(db: Connection, what: 'model' | 'source', name: string, excluded: boolean): void {
  const column = what === 'model' ? 'name' : 'path';
  if (excluded) db.run(`INSERT OR IGNORE INTO excluded_${what} VALUES (?)`, [name]);
  else db.run(`DELETE FROM excluded_${what} WHERE ${column} = ?`, [name]);
}

/** The last word on a session that has just come in, under whatever name; undefined if there is none. */
export function excludedBefore(
  db: Connection,
  importer: string,
  scope: number,
  ownId: string,
): boolean | undefined {
  const rows = db.rows(
    `SELECT anchors, excluded FROM exclusion
      WHERE what = 'session' AND name IN (${namesOf}) AND importer = ?3 ORDER BY id DESC`,
    [scope, ownId, importer],
  );
  if (rows.length === 0) return undefined;
  const anchors = anchorsOf(db, scope);
  const word = rows.find(([json]) => sameScope(JSON.parse(json as string) as string[], anchors));
  return word && word[1] === 1;
}

/** Every word on exclusions as journal lines have them, oldest first. */
export const allExclusions = (db: Connection): ExclusionRecord[] =>
  db
    .rows('SELECT what, name, importer, anchors, at, excluded FROM exclusion ORDER BY id')
    .map(([what, name, importer, anchors, at, excluded]) => ({
      kind: 'exclusion',
      at: at as number,
      what: what as ExclusionRecord['what'],
      name: name as string,
      excluded: excluded === 1,
      ...(importer === null ? {} : { importer: importer as string }),
      ...(anchors === null ? {} : { scope: JSON.parse(anchors as string) as string[] }),
    }));

/** Inside a write: as if nobody had ever excluded a model or source; the journal is read again after that. */
export function forgetExclusions(db: Connection): void {
  for (const table of ['exclusion', 'excluded_model', 'excluded_source']) db.run(`DELETE FROM ${table}`);
}
