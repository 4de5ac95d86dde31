import { sharesBy } from './report';
import { noMeasures, totalsOf } from '../measures';
import type { Store } from '../store';
import type { ExperimentRow, Question } from '../../shared/model';
import type { Share } from '../../shared/protocol';
import type { SqlValue } from '../../sqlite/connection';

/** Every experiment with its sums, newest first, and last "No experiment" where sessions have none. */
export function experiments(store: Store, question: Question): ExperimentRow[] {
  return store.db.read(() => {
    const sums = new Map(sharesBy(store, question, 'experiment').map((group) => [group.filterKey, group]));
    const counts = new Map(
      store.db
        .rows('SELECT experiment, count(*), max(sort_at) FROM session GROUP BY experiment')
        .map(([id, count, last]) => [id as number, { count: count as number, last: last as number }]),
    );
    const rows = store.db.rows(
      `SELECT e.id, scope.uid, e.own_id, e.name, e.description, e.created_at, source.path FROM experiment e
         JOIN scope ON scope.id = e.scope LEFT JOIN source ON source.id = e.source`,
    );
    const named = rows
      .map((row) => experimentRow(row, sums, counts.get(row[0] as number), question))
      .sort(
        (a, b) =>
          (b.lastAt ?? b.createdAt ?? 0) - (a.lastAt ?? a.createdAt ?? 0) || a.name.localeCompare(b.name),
      );
    const none = counts.get(0);
    return none ? [...named, noExperiment(sums.get(null), none, question)] : named;
  });
}

interface Count {
  readonly count: number;
  readonly last: number;
}

const noTotals = (question: Question): ReturnType<typeof totalsOf> =>
  totalsOf(noMeasures(), question.mode, 0);

function experimentRow(
  row: readonly SqlValue[],
  sums: ReadonlyMap<string | null, Share>,
  count: Count | undefined,
  question: Question,
): ExperimentRow {
  const [, uid, id, name, description, createdAt, path] = row;
  const key = `${uid as string}:${id as string}`;
  return {
    ...(sums.get(key) ?? noTotals(question)),
    sessions: count?.count ?? 0,
    key,
    id: id as string,
    name: (name ?? id) as string,
    ...(description === null ? {} : { description: description as string }),
    ...(createdAt === null ? {} : { createdAt: createdAt as number }),
    ...(count ? { lastAt: count.last } : {}),
    source: (path as string | null) ?? '',
  };
}

const noExperiment = (sum: Share | undefined, { count, last }: Count, question: Question): ExperimentRow => ({
  ...(sum ?? noTotals(question)),
  sessions: count,
  key: null,
  id: null,
  name: 'No experiment',
  lastAt: last,
  source: '',
});
