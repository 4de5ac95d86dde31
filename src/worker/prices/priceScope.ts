import { isIncludedBy } from '../../pricing/included';
import { ownPrices } from '../../pricing/userPrices';
import type { ChosenRules } from '../../pricing/prices';
import type { FittingPrice } from '../../pricing/userPrices';
import type { Connection } from '../../sqlite/connection';
import type { RepriceScope } from '../../store/repriced';

/** Which calls other rules may price otherwise; undefined when there is none. Inside a read. */
export function changedScope(
  db: Connection,
  before: ChosenRules,
  after: ChosenRules,
): RepriceScope | undefined {
  const models = changedModels(db, before, after);
  const importers = changedImporters(db, before, after);
  return models.length > 0 || importers.length > 0 ? { models, importers } : undefined;
}

function changedModels(db: Connection, before: ChosenRules, after: ChosenRules): readonly number[] {
  const [old, fresh] = [ownPrices(before.own ?? []), ownPrices(after.own ?? [])];
  const pays = ({ included = new Map() }: ChosenRules, provider: string): boolean | undefined =>
    isIncludedBy(included, provider, undefined);
  return (db.rows('SELECT id, provider, name FROM model') as [number, string, string][])
    .filter(
      ([, provider, name]) =>
        !areSame(old(provider || undefined, name), fresh(provider || undefined, name)) ||
        pays(before, provider) !== pays(after, provider),
    )
    .map(([id]) => id);
}

function changedImporters(db: Connection, before: ChosenRules, after: ChosenRules): readonly string[] {
  const pays = ({ included = new Map() }: ChosenRules, importer: string): boolean | undefined =>
    isIncludedBy(included, undefined, importer);
  return (db.rows('SELECT DISTINCT importer FROM scope') as [string][])
    .map(([importer]) => importer)
    .filter(
      (importer) =>
        before.sets?.[importer] !== after.sets?.[importer] ||
        pays(before, importer) !== pays(after, importer),
    );
}

const areSame = (a: readonly FittingPrice[], b: readonly FittingPrice[]): boolean =>
  a.length === b.length && a.every(({ text, until }, i) => text === b[i]!.text && until === b[i]!.until);
