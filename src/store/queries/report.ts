import { measureColumns, noMeasures, sumOfMeasures, sumsOf, totalsOf } from '../measures';
import { noSlot } from '../slots';
import { projectLabels } from '../sessionProjects';
import { noDay } from '../zones';
import { excludedCalls, excludedCallsBy } from './excluded';
import { factsOf, fromWith } from './facts';
import type { Facts, Need } from './facts';
import type { LeftOut } from '../measures';
import type { Store } from '../store';
import type { Filter, Group, GroupBy, Question, Report, Totals } from '../../shared/model';
import type { Share } from '../../shared/protocol';
import type { SqlValue } from '../../sqlite/connection';

/** How calls fall into groups: an expression over the facts, and how its values are called. */
interface Grouping {
  readonly expression: string;
  readonly need: Need;
  readonly names: (store: Store, ids: readonly SqlValue[]) => Map<SqlValue, GroupName>;
  /** Each group is one session. */
  readonly isSession?: boolean;
}

type GroupName = Pick<Group, 'key' | 'filterKey' | 'label'>;

const plain = (key: string | null, label = key): GroupName => ({
  key,
  filterKey: key,
  label: label ?? 'none',
});

/** `sql` asks for ids, given as JSON, and what `name` takes; an id that it knows nothing of is called `none`. */
const lookUp =
  (sql: string, name: (row: readonly SqlValue[]) => GroupName, none = plain(null)) =>
  (store: Store, ids: readonly SqlValue[]): Map<SqlValue, GroupName> => {
    const names = new Map(ids.map((id) => [id, none]));
    for (const [id, ...row] of store.db.rows(sql, [JSON.stringify(ids)])) names.set(id!, name(row));
    return names;
  };

const among = (id: string): string => `${id} IN (SELECT value FROM json_each(?))`;

const text = (value: SqlValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const nameItself = (_store: Store, ids: readonly SqlValue[]): Map<SqlValue, GroupName> =>
  new Map(ids.map((id) => [id, plain(text(id))]));

const groupings: Record<Exclude<GroupBy, 'day'>, Grouping> = {
  model: {
    expression: '(SELECT name FROM model WHERE model.id = f.model)',
    need: { call: true },
    names: nameItself,
  },
  provider: {
    expression: '(SELECT provider FROM model WHERE model.id = f.model)',
    need: { call: true },
    names: nameItself,
  },
  experiment: {
    expression: 'experiment',
    need: {},
    names: lookUp(
      `SELECT e.id, e.own_id, scope.uid, e.name FROM experiment e JOIN scope ON scope.id = e.scope WHERE ${among('e.id')}`,
      ([id, uid, name]) => ({
        key: id as string,
        filterKey: `${uid as string}:${id as string}`,
        label: text(name) ?? (id as string),
      }),
      plain(null, 'No experiment'),
    ),
  },
  session: {
    expression: 'f.session',
    need: { session: true },
    isSession: true,
    names: lookUp(
      `SELECT s.id, s.own_id, scope.uid FROM session s JOIN scope ON scope.id = s.scope WHERE ${among('s.id')}`,
      ([id, uid]) => ({
        key: id as string,
        filterKey: `${uid as string}:${id as string}`,
        label: id as string,
      }),
    ),
  },
  user: {
    expression: 'person',
    need: {},
    names: lookUp(`SELECT id, name FROM person WHERE ${among('id')}`, ([name]) => plain(text(name))),
  },
  source: {
    expression: 'f.source',
    need: { call: true },
    names: lookUp(`SELECT id, path FROM source WHERE ${among('id')}`, ([path]) => plain(text(path))),
  },
  project: {
    expression: 's.project',
    need: { session: true },
    names: ({ db }, ids) => {
      const labels = projectLabels(db);
      const none = { name: null, label: 'No project' };
      return new Map(
        ids.map((id) => [id, (({ name, label }) => plain(name, label))(labels.get(id as number) ?? none)]),
      );
    },
  },
  branch: { expression: 's.branch', need: { session: true }, names: nameItself },
  tag: { expression: 's.tag', need: { session: true }, names: nameItself },
};

/** Totals of all that the question asks for, and of each group, the dearest first (days: the oldest first). */
export function report(store: Store, question: Question, groupBy: GroupBy | null): Report {
  return store.db.read(() => ({
    total: total(store, question),
    groups:
      groupBy === null
        ? []
        : groupBy === 'day'
          ? days(store, question)
          : groups(store, question, groupings[groupBy]),
  }));
}

/** Inside a read. */
export function total(store: Store, question: Question): Totals {
  const facts = factsOf(store, question, {});
  const [row] = store.db.rows(`SELECT ${sumOfMeasures('f')} ${facts.from}`, facts.params);
  return totalsOf(numbers(row), question.mode, countSessions(store, question), leftOut(store, question));
}

/** Inside a read. */
export const groupsBy = (
  store: Store,
  question: Question,
  by: Exclude<GroupBy, 'day'>,
  excluded?: Need['excluded'],
): Group[] => groups(store, question, including(groupings[by], excluded));

const including = (grouping: Grouping, excluded: Need['excluded']): Grouping =>
  excluded ? { ...grouping, need: { ...grouping.need, excluded } } : grouping;

/** The same without counting sessions. Inside a read. */
export const sharesBy = (store: Store, question: Question, by: Exclude<GroupBy, 'day'>): Share[] =>
  shares(store, question, groupings[by]).map(([, share]) => share);

function groups(store: Store, question: Question, grouping: Grouping): Group[] {
  const counts = grouping.isSession
    ? undefined
    : sessionsBy(store, question, grouping.expression, grouping.need);
  return shares(store, question, grouping).map(([id, share]) => {
    const sessions = counts ? (counts.get(id) ?? 0) : Math.min(share.calls, 1);
    return Object.assign(share, { sessions });
  });
}

/** Each group with the value that it stands for, the dearest first; what is excluded as a whole is one, too. */
function shares(
  store: Store,
  question: Question,
  { expression, need, names }: Grouping,
): [SqlValue, Share][] {
  const facts = factsOf(store, question, need);
  const rows = store.db.rows(
    `SELECT ${expression} AS g, ${sumOfMeasures('f')} ${facts.from} GROUP BY g`,
    facts.params,
  );
  const sums = new Map<SqlValue, number[]>(rows.map(([id, ...row]) => [id!, numbers(row)]));
  const excluded = need.excluded
    ? new Map<SqlValue, number>()
    : excludedCallsBy(store, question, expression, need);
  const ids = [...new Set([...sums.keys(), ...excluded.keys()])];
  const named = names(store, ids);
  return ids
    .map((id): [SqlValue, Share] => [
      id,
      Object.assign(
        sumsOf(sums.get(id) ?? noMeasures(), question.mode, without(excluded.get(id))),
        named.get(id)!,
      ),
    ])
    .filter(([, { calls, errors, excludedCalls }]) => calls + errors + excludedCalls > 0)
    .sort(([, a], [, b]) => b.cost - a.cost || b.calls - a.calls || a.label.localeCompare(b.label));
}

const without = (excludedCalls = 0): LeftOut => ({ excludedCalls, untimedCalls: 0 });

function days(store: Store, question: Question): Group[] {
  const facts = factsOf(store, question, { time: true });
  const rows = store.db.rows(
    `SELECT f.bucket, ${sumOfMeasures('f')} ${facts.from} GROUP BY f.bucket`,
    facts.params,
  );
  const sums = new Map<number, number[]>();
  for (const [bucket, ...row] of rows) {
    const day = facts.dayOf(bucket as number);
    const sum = sums.get(day) ?? noMeasures();
    numbers(row).forEach((value, i) => (sum[i]! += value));
    sums.set(day, sum);
  }
  const excluded = excludedCallsBy(store, question, 'f.bucket', { time: true }, (bucket, facts) =>
    facts.dayOf(bucket as number),
  ) as Map<number, number>;
  const sessions = sessionsByDay(store, question);
  return [...new Set([...sums.keys(), ...excluded.keys()])]
    .sort((a, b) => a - b)
    .map((day) => ({
      ...totalsOf(
        sums.get(day) ?? noMeasures(),
        question.mode,
        sessions.get(day) ?? 0,
        without(excluded.get(day)),
      ),
      ...plain(dayKey(day), dayKey(day) ?? 'no time'),
    }));
}

export const dayKey = (day: number): string | null =>
  day === noDay ? null : new Date(day * 86_400_000).toISOString().slice(0, 10);

const numbers = (row: readonly SqlValue[] | undefined): number[] =>
  row ? row.map((value) => (value as number | null) ?? 0) : new Array<number>(measureColumns.length).fill(0);

/** Sessions with a call in the group. */
function sessionsBy(store: Store, question: Question, expression: string, need: Need): Map<SqlValue, number> {
  const facts = factsOf(store, question, { ...need, session: true });
  const rows = store.db.rows(
    `SELECT ${expression} AS g, count(DISTINCT CASE WHEN f.calls > 0 THEN f.session END) ${facts.from} GROUP BY g`,
    facts.params,
  );
  return new Map(rows.map(([id, count]) => [id!, count as number]));
}

function sessionsByDay(store: Store, question: Question): Map<number, number> {
  const facts = factsOf(store, question, { session: true, time: true });
  const counts = new Map<number, number>();
  // What is of one session comes together; the rollup lies in that order.
  const rows = store.db.rows(
    `SELECT f.session, f.bucket ${fromWith(facts, 'f.calls > 0')} ORDER BY f.session`,
    facts.params,
  );
  let last = -1;
  const days = new Set<number>();
  for (const [session, bucket] of rows as [number, number][]) {
    if (session !== last) days.clear();
    last = session;
    const day = facts.dayOf(bucket);
    if (days.has(day)) continue;
    days.add(day);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
}

/** Sessions with a matching call; without a filter on calls, also those that have no call at all. */
function countSessions(store: Store, question: Question): number {
  const { filter } = question;
  const ofCalls = (filter.models ?? filter.providers ?? filter.sources) !== undefined;
  const facts = factsOf(store, question, { session: true });
  const every = facts.bucket === 'session' ? 'count(*)' : 'count(DISTINCT f.session)';
  const counted = ofCalls ? 'count(DISTINCT CASE WHEN f.calls > 0 THEN f.session END)' : every;
  const [row] = store.db.rows(`SELECT ${counted} ${facts.from}`, facts.params);
  return (row![0] as number) + (ofCalls ? 0 : emptySessions(store, filter));
}

function emptySessions(store: Store, { since, until, ...only }: Filter): number {
  if (only.experiments ?? only.users ?? only.sessions ?? only.projects ?? only.branches) return 0;
  return store.db.rows(
    `SELECT count(*) FROM session s WHERE s.excluded = 0 AND NOT EXISTS (SELECT 1 FROM usage_session u WHERE u.session = s.id)
       AND (?1 IS NULL OR s.created_at >= ?1) AND (?2 IS NULL OR s.created_at < ?2)`,
    [since ?? null, until ?? null],
  )[0]![0] as number;
}

/** Calls that match but are not counted: excluded by the user, or without a time where a period is asked for. */
const leftOut = (store: Store, question: Question): LeftOut => ({
  excludedCalls: excludedCalls(store, question),
  untimedCalls: untimedCalls(store, question),
});

/** Calls without a known time that a period leaves out. */
function untimedCalls(store: Store, question: Question): number {
  const { since, until, ...rest } = question.filter;
  if (since === undefined && until === undefined) return 0;
  const untimed: Facts = factsOf(store, { ...question, filter: rest }, { slot: true });
  const [row] = store.db.rows(`SELECT sum(f.calls) ${fromWith(untimed, 'f.bucket = ?')}`, [
    ...untimed.params,
    noSlot,
  ]);
  return (row?.[0] as number | null) ?? 0;
}
