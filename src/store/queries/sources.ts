import { dayClaims } from './claims';
import { listProblems, listSources } from '../sources';
import type { Store } from '../store';
import type { Issue, SourceRow, StoreStatus } from '../../shared/model';
import type { ModelRow } from '../../shared/protocol';

/** Every file that was imported or tried, with its problems. `labels`: importer id -> label. */
export function sources(store: Store, labels: ReadonlyMap<string, string>): SourceRow[] {
  return store.db.read(() => {
    const problems = new Map<string, Issue[]>();
    for (const issue of listProblems(store.db))
      problems.set(issue.path, [...(problems.get(issue.path) ?? []), issue]);
    const calls = callsBySource(store);
    const claims = dayClaims(store.db);
    return listSources(store.db).map(({ id, path, importer, state }) => {
      const claim = claims.get(id);
      const [row] = store.db.rows(
        `SELECT bytes, imported_at, (SELECT count(*) FROM session WHERE source = ?1),
           path IN (SELECT path FROM excluded_source) FROM source WHERE id = ?1`,
        [id],
      );
      const [bytes, importedAt, sessions, excluded] = row as (number | null)[];
      return {
        path,
        importer,
        label: (importer !== null && labels.get(importer)) || 'Unknown format',
        state,
        excluded: excluded === 1,
        sessions: sessions ?? 0,
        calls: calls.get(id) ?? 0,
        bytes: bytes ?? 0,
        importedAt: importedAt ?? 0,
        ...(claim ? { compared: claim.compared } : {}),
        problems: [...(problems.get(path) ?? []), ...(claim?.issues ?? [])],
      };
    });
  });
}

/** Calls of each source, excluded from analytics or not. */
function callsBySource({ db }: Store): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  const add = (sql: string): void => {
    for (const [source, calls] of db.rows(sql) as [number, number][])
      sums.set(source, (sums.get(source) ?? 0) + calls);
  };
  // Sums by day of any zone are the smallest that tell sources apart; excluded sessions are not in them.
  const zone = db.rows('SELECT min(id) FROM zone')[0]![0] as number | null;
  if (zone === null) add('SELECT source, sum(calls) FROM usage_slot GROUP BY source');
  else {
    add(`SELECT source, sum(calls) FROM usage_day WHERE zone = ${zone} GROUP BY source`);
    add(
      `SELECT source, sum(calls) FROM usage_slot WHERE session IN (SELECT id FROM session WHERE excluded = 1) GROUP BY source`,
    );
  }
  return sums;
}

export const problems = (store: Store): Issue[] => store.db.read(() => listProblems(store.db));

export function status(store: Store, path: string): StoreStatus {
  return store.db.read(() => {
    const count = (sql: string): number => (store.db.rows(sql)[0]![0] as number | null) ?? 0;
    return {
      path,
      storage: store.db.storage,
      ...(store.db.reason === undefined ? {} : { reason: store.db.reason }),
      revision: store.db.changeCounter(),
      calls: count('SELECT sum(calls) FROM usage_session'),
      sessions: count('SELECT count(*) FROM session'),
      sources: count('SELECT count(*) FROM source'),
    };
  });
}

/** Every model met, the most used first. */
export const models = (store: Store): ModelRow[] =>
  store.db.read(() =>
    store.db
      .rows(
        `SELECT m.name, sum(u.calls) AS calls, m.name IN (SELECT name FROM excluded_model) FROM usage_slot u
           JOIN model m ON m.id = u.model WHERE m.name <> '' GROUP BY m.name ORDER BY calls DESC, m.name`,
      )
      .map(([name, calls, excluded]) => ({
        name: name as string,
        calls: calls as number,
        excluded: excluded === 1,
      })),
  );

/** Every model met at its provider, the most used first. */
export const modelsByUse = (store: Store): { readonly provider: string; readonly model: string }[] =>
  store.db.read(() =>
    store.db
      .rows(
        `SELECT m.provider, m.name FROM usage_slot u JOIN model m ON m.id = u.model
          WHERE m.name <> '' GROUP BY m.id ORDER BY sum(u.calls) DESC, m.name`,
      )
      .map(([provider, model]) => ({ provider: provider as string, model: model as string })),
  );
