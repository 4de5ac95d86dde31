import { usageColumns } from './measures';
import type { ModelFact } from '../shared/facts';
import type { Connection } from '../sqlite/connection';

/** What a model is called that calls tell by id. */
export interface NamedModel {
  readonly name: string;
  /** '' if not recorded. */
  readonly provider: string;
  readonly cachedBeside: boolean;
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether a call tells its model by id: by a UUID. */
export const isModelId = (model: string | undefined): model is string =>
  model !== undefined && model.length === 36 && uuid.test(model);

/** Undefined as long as no file has named it. */
export function namedModel(db: Connection, scope: number, id: string): NamedModel | undefined {
  const [row] = db.rows('SELECT name, provider, cached_beside FROM model_name WHERE scope = ? AND id = ?', [
    scope,
    id.toLowerCase(),
  ]);
  return row && { name: row[0] as string, provider: row[1] as string, cachedBeside: row[2] === 1 };
}

/**
 * Inside a write: remembers names for ever, those of removed sources too. Of two for one id the newer holds, of equally
 * new ones always the same, whichever comes first. @returns the ids that are called otherwise now.
 */
export function learnModels(db: Connection, scope: number, models: readonly ModelFact[]): string[] {
  return models
    .filter((model) => {
      db.run(
        `INSERT INTO model_name (scope, id, name, provider, cached_beside, version) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (scope, id) DO UPDATE SET name = excluded.name, provider = excluded.provider,
           cached_beside = excluded.cached_beside, version = excluded.version
         WHERE (excluded.version, excluded.name, excluded.provider, excluded.cached_beside)
           > (version, name, provider, cached_beside)`,
        [
          scope,
          model.id.toLowerCase(),
          model.name,
          model.provider ?? '',
          model.cachedBeside ? 1 : 0,
          model.version ?? -1,
        ],
      );
      return db.changes() > 0;
    })
    .map(({ id }) => id.toLowerCase());
}

const at = (column: (typeof usageColumns)[number]): number => usageColumns.indexOf(column);
const [input, cacheRead, cacheWrite] = [at('input'), at('cache_read'), at('cache_write')];

/** The same usage with the cached tokens put into the input (1) or taken out again (-1). */
export const withCachedInInput = (usage: readonly number[], sign: 1 | -1): number[] =>
  usage.map((count, i) => (i === input ? count + sign * (usage[cacheRead]! + usage[cacheWrite]!) : count));
