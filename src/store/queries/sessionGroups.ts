import { sharesBy } from './report';
import { noMeasures, totalsOf } from '../measures';
import { projectLabels } from '../sessionProjects';
import type { Store } from '../store';
import type { Question, SessionGroup } from '../../shared/model';
import type { Share } from '../../shared/protocol';
import type { SqlValue } from '../../sqlite/connection';

interface Count {
  readonly count: number;
  readonly last: number;
}

/**
 * What sessions stand under, newest first: their experiment, or their project if they have no experiment; last those that
 * have neither. `sessions` counts all of them, with a call in the question or not.
 */
export function sessionGroups(store: Store, question: Question): SessionGroup[] {
  return store.db.read(() => {
    const counts = countsBy(
      store,
      'SELECT project, count(*), max(sort_at) FROM session WHERE experiment = 0 GROUP BY project',
    );
    const named = [...experiments(store, question), ...projects(store, question, counts)].sort(
      (a, b) =>
        (b.lastAt ?? b.createdAt ?? 0) - (a.lastAt ?? a.createdAt ?? 0) || a.name.localeCompare(b.name),
    );
    const none = counts.get(0);
    return none ? [...named, withNeither(store, question, none, counts.size > 1)] : named;
  });
}

const countsBy = (store: Store, sql: string): Map<number, Count> =>
  new Map(
    store.db
      .rows(sql)
      .map(([id, count, last]) => [id as number, { count: count as number, last: last as number }]),
  );

const noTotals = (question: Question): ReturnType<typeof totalsOf> =>
  totalsOf(noMeasures(), question.mode, 0);

function experiments(store: Store, question: Question): SessionGroup[] {
  const sums = new Map(sharesBy(store, question, 'experiment').map((group) => [group.filterKey, group]));
  const counts = countsBy(
    store,
    'SELECT experiment, count(*), max(sort_at) FROM session GROUP BY experiment',
  );
  return store.db
    .rows(
      `SELECT e.id, scope.uid, e.own_id, e.name, e.description, e.created_at, source.path FROM experiment e
         JOIN scope ON scope.id = e.scope LEFT JOIN source ON source.id = e.source`,
    )
    .map((row) => experimentGroup(row, sums, counts.get(row[0] as number), question));
}

function experimentGroup(
  row: readonly SqlValue[],
  sums: ReadonlyMap<string | null, Share>,
  count: Count | undefined,
  question: Question,
): SessionGroup {
  const [, uid, id, name, description, createdAt, path] = row;
  const key = `${uid as string}:${id as string}`;
  return {
    ...(sums.get(key) ?? noTotals(question)),
    kind: 'experiment',
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

function projects(store: Store, question: Question, counts: ReadonlyMap<number, Count>): SessionGroup[] {
  const labels = projectLabels(store.db);
  if (labels.size === 0) return [];
  const sums = new Map(
    sharesBy(store, withoutExperiment(question), 'project').map((group) => [group.key, group]),
  );
  return [...labels].flatMap(([id, { name, label }]): SessionGroup[] => {
    const count = counts.get(id);
    if (!count) return [];
    return [
      {
        ...(sums.get(name) ?? noTotals(question)),
        kind: 'project',
        sessions: count.count,
        key: name,
        id: name,
        name: label,
        lastAt: count.last,
        source: '',
      },
    ];
  });
}

const withoutExperiment = ({ filter, ...question }: Question): Question => ({
  ...question,
  filter: { ...filter, experiments: filter.experiments?.includes(null) === false ? [] : [null] },
});

function withNeither(
  store: Store,
  question: Question,
  { count, last }: Count,
  hasProjects: boolean,
): SessionGroup {
  const without = hasProjects
    ? sharesBy(store, withoutExperiment(question), 'project')
    : sharesBy(store, question, 'experiment');
  return {
    ...(without.find(({ key }) => key === null) ?? noTotals(question)),
    kind: 'none',
    sessions: count,
    key: null,
    id: null,
    name: hasProjects ? 'No project' : 'No experiment',
    lastAt: last,
    source: '',
  };
}
