import { isOfCalls } from '../compaction/compactedRow';
import { isCounted } from '../measures';
import { migrations } from '../migrations';
import { callsBySource } from './sourceRows';
import { listedSources } from '../../shared/healthApi';
import type { Store } from '../store';
import type { SourceHealth, StoreHealth } from '../../shared/healthApi';
import type { SourceState } from '../../shared/model';

type StoredSource = Omit<SourceHealth, 'label' | 'fileAt' | 'newestAt' | 'watch'> & { readonly id: number };

/** The sources that most need to be looked at: those that failed, then those with problems, then the newest imports. */
export function sourcesByHealth({ db }: Store): readonly StoredSource[] {
  return db.read(() => {
    const calls = callsBySource(db);
    const rows = db.rows(
      `SELECT s.id, s.path, s.importer, s.state, s.imported_at,
              (SELECT count(*) FROM problem p WHERE p.source = s.id) AS problems
         FROM source s
        ORDER BY CASE s.state WHEN 'failed' THEN 0 WHEN 'partial' THEN 1 WHEN 'missing' THEN 2 ELSE 3 END,
                 problems = 0, s.imported_at DESC, s.path
        LIMIT ?`,
      [listedSources],
    );
    return rows.map(([id, path, importer, state, importedAt, problems]) => ({
      id: id as number,
      path: path as string,
      importer: importer as string | null,
      state: state as SourceState,
      importedAt: importedAt as number,
      problems: problems as number,
      calls: calls.get(id as number) ?? 0,
    }));
  });
}

/** What the database says of itself. */
export function storeFigures({
  db,
}: Store): Pick<StoreHealth, 'pageSize' | 'pages' | 'freePages' | 'migrations' | 'zones'> {
  return db.read(() => {
    const one = (sql: string): number => db.rows(sql)[0]![0] as number;
    const [[done, last]] = db.rows('SELECT count(*), max(id) FROM migration') as [[number, string]];
    return {
      pageSize: one('PRAGMA page_size'),
      pages: one('PRAGMA page_count'),
      freePages: one('PRAGMA freelist_count'),
      migrations: { done, known: migrations.length, last },
      zones: db.rows('SELECT name FROM zone ORDER BY asked_at DESC, id DESC').map(([name]) => name as string),
    };
  });
}

/** What only the calls themselves tell, and the sums of those that are kept as such. */
export interface CallFigures {
  /** Id of a source -> time of its newest call. */
  readonly newest: ReadonlyMap<number, number>;
  /** Text of the prices, null if unknown -> calls. */
  readonly pricedBy: ReadonlyMap<string | null, number>;
}

/** Calls and sums of calls, by ids of which so many are gone over at once. */
const tables = [
  {
    ...{ last: 'SELECT max(id) FROM call', step: 50_000 },
    rows: `SELECT source, priced_by, sum(${isCounted}) AS n, max(at) AS at FROM call c
            WHERE id > ?1 AND id <= ?2 GROUP BY source, priced_by`,
  },
  {
    ...{ last: 'SELECT max(session) FROM compacted', step: 1_000 },
    rows: `SELECT source, priced_by, sum(calls * (${isOfCalls})) AS n, max(last_at) AS at FROM compacted
            WHERE session > ?1 AND session <= ?2 GROUP BY source, priced_by`,
  },
];

/** Goes over all calls in steps, with a pause after each, since no index has them by source or price. */
export async function callFigures({ db }: Store, pause: () => Promise<void>): Promise<CallFigures> {
  const newest = new Map<number, number>();
  const pricedBy = new Map<string | null, number>();
  for (const { last, step, rows } of tables) {
    const end = db.read(() => (db.rows(last)[0]![0] as number | null) ?? 0);
    for (let after = 0; after < end; after += step) {
      const found = db.read(() =>
        db.rows(
          `SELECT source, (SELECT text FROM price_version WHERE id = priced_by), n, at FROM (${rows})`,
          [after, after + step],
        ),
      ) as [number, string | null, number, number | null][];
      for (const [source, version, calls, at] of found) {
        if (calls > 0) pricedBy.set(version, (pricedBy.get(version) ?? 0) + calls);
        if (at !== null) newest.set(source, Math.max(at, newest.get(source) ?? -Infinity));
      }
      await pause();
    }
  }
  return { newest, pricedBy };
}
