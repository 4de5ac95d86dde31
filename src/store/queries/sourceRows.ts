import { dayClaims } from './claims';
import { listProblems } from '../sources';
import type { Store } from '../store';
import type { Issue, SourceGroup, SourceRow, SourceState } from '../../shared/model';
import type { SourcesOf } from '../../shared/protocol';
import type { Connection, SqlValue } from '../../sqlite/connection';

/** Importer id -> label. */
type Labels = ReadonlyMap<string, string>;

const labelOf = (labels: Labels, importer: string | null): string =>
  (importer !== null && labels.get(importer)) || 'Unknown format';

/** Files that were imported or tried, with their problems, by path: all, or those that are asked for. */
export function sources(store: Store, labels: Labels, of: SourcesOf = {}): SourceRow[] {
  return store.db.read(() => {
    const { db } = store;
    const rows = sourcesOf(db, of);
    const ids = JSON.stringify(rows.map(([id]) => id));
    const problems = problemsBySource(db, ids);
    const calls = callsBySource(db);
    const sessions = sumsOf(
      db.rows(
        'SELECT source, count(*) FROM session WHERE source IN (SELECT value FROM json_each(?)) GROUP BY source',
        [ids],
      ),
    );
    const claims = dayClaims(db);
    return rows.map(([id, path, importer, state, bytes, importedAt, excluded]) => {
      const claim = claims.get(id as number);
      return {
        path: path as string,
        importer: importer as string | null,
        label: labelOf(labels, importer as string | null),
        state: state as SourceState,
        excluded: excluded === 1,
        sessions: sessions.get(id as number) ?? 0,
        calls: calls.get(id as number) ?? 0,
        bytes: bytes as number,
        importedAt: importedAt as number,
        ...(claim ? { compared: claim.compared } : {}),
        problems: [...(problems.get(path as string) ?? []), ...(claim?.issues ?? [])],
      };
    });
  });
}

/** Sums of the sources of each format, the one with the most files first. */
export function sourceGroups(store: Store, labels: Labels): SourceGroup[] {
  return store.db.read(() => {
    const { db } = store;
    const calls = callsBySource(db);
    const sessions = sumsOf(db.rows('SELECT source, count(*) FROM session GROUP BY source'));
    const groups = new Map<string | null, SourceGroup>();
    const rows = db.rows(
      `SELECT s.id, s.importer, s.state, s.bytes, (SELECT count(*) FROM problem p WHERE p.source = s.id) FROM source s`,
    );
    for (const [id, importer, state, bytes, problems] of rows) {
      const key = importer as string | null;
      const before = groups.get(key) ?? noFiles(key, labelOf(labels, key));
      groups.set(key, {
        ...before,
        files: before.files + 1,
        incomplete: before.incomplete + (state === 'imported' ? 0 : 1),
        sessions: before.sessions + (sessions.get(id as number) ?? 0),
        calls: before.calls + (calls.get(id as number) ?? 0),
        bytes: before.bytes + (bytes as number),
        problems: before.problems + (problems as number),
      });
    }
    return [...groups.values()].sort((a, b) => b.files - a.files || a.label.localeCompare(b.label));
  });
}

const noFiles = (importer: string | null, label: string): SourceGroup => ({
  ...{ importer, label, files: 0, incomplete: 0, sessions: 0, calls: 0, bytes: 0, problems: 0 },
});

/** Every path that was imported or tried. */
export const sourcePaths = (store: Store): string[] =>
  store.db.read(() => store.db.rows('SELECT path FROM source ORDER BY path')).map(([path]) => path as string);

function sourcesOf(db: Connection, { importer, path, after, limit }: SourcesOf): SqlValue[][] {
  return db.rows(
    `SELECT id, path, importer, state, bytes, imported_at, path IN (SELECT path FROM excluded_source) FROM source
      WHERE (?1 = 0 OR importer IS ?2) AND (?3 IS NULL OR path = ?3) AND (?4 IS NULL OR path > ?4)
      ORDER BY path LIMIT ?5`,
    [importer === undefined ? 0 : 1, importer ?? null, path ?? null, after ?? null, limit ?? -1],
  );
}

function problemsBySource(db: Connection, ids: string): ReadonlyMap<string, Issue[]> {
  const problems = new Map<string, Issue[]>();
  for (const issue of listProblems(db, ids)) {
    const known = problems.get(issue.path);
    if (known) known.push(issue);
    else problems.set(issue.path, [issue]);
  }
  return problems;
}

const sumsOf = (
  rows: readonly (readonly SqlValue[])[],
  sums = new Map<number, number>(),
): Map<number, number> => {
  for (const [source, count] of rows as [number, number][]) sums.set(source, (sums.get(source) ?? 0) + count);
  return sums;
};

/** Calls of each source, excluded from analytics or not. */
export function callsBySource(db: Connection): ReadonlyMap<number, number> {
  // Sums by day of any zone are the smallest that tell sources apart; excluded sessions are not in them.
  const zone = db.rows('SELECT min(id) FROM zone')[0]![0] as number | null;
  if (zone === null) return sumsOf(db.rows('SELECT source, sum(calls) FROM usage_slot GROUP BY source'));
  return sumsOf(
    db.rows(
      `SELECT source, sum(calls) FROM usage_slot WHERE session IN (SELECT id FROM session WHERE excluded = 1) GROUP BY source`,
    ),
    sumsOf(db.rows('SELECT source, sum(calls) FROM usage_day WHERE zone = ? GROUP BY source', [zone])),
  );
}
