import { listProblems } from '../sources';
import type { Store } from '../store';
import type { Issue, StoreStatus } from '../../shared/model';
import type { ModelRow } from '../../shared/protocol';

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
