import { exclusions, isAny } from '../exclusions';
import { noMeasures, sumOfMeasures, totalsOf } from '../measures';
import { effectiveNote, noteColumns, noteLineOf } from '../notes';
import { firstModelOfSession } from '../sessionTags';
import { summedUpColumns } from './compacted';
import { factsOf, fromWith } from './facts';
import { idsOfKey, Where } from './where';
import type { Store } from '../store';
import type { CostMode, Filter, Page, Question, SessionGroup, SessionRow, Totals } from '../../shared/model';
import type { SqlValue } from '../../sqlite/connection';

export interface PageOf {
  readonly limit: number;
  /** Opaque: `next` of the page before. */
  readonly after?: string;
}

const from = `session s JOIN scope ON scope.id = s.scope
  LEFT JOIN experiment e ON e.id = s.experiment LEFT JOIN scope es ON es.id = e.scope
  LEFT JOIN person p ON p.id = s.person LEFT JOIN project pr ON pr.id = s.project LEFT JOIN note n ON n.id = s.note`;

const columns = `s.id, scope.uid, s.own_id, es.uid, e.own_id, e.name, s.created_at, s.first_at, s.last_at,
  p.name, s.tag, CASE WHEN s.tag IS NOT NULL THEN ${firstModelOfSession} END, scope.importer, s.excluded,
  pr.name, s.branch, (SELECT count(*) FROM agent a WHERE a.session = s.id), ${summedUpColumns}, ${noteColumns}`;

const noteAt = 19;

/** Newest first, a page at a time: those of a group, or all. */
export function sessions(
  store: Store,
  question: Question,
  group: Pick<SessionGroup, 'kind' | 'key'> | undefined,
  page: PageOf,
): Page<SessionRow> {
  return store.db.read(() => {
    const where = new Where();
    if (group) addGroup(store, where, group);
    restrict(store, where, question);
    if (page.after !== undefined)
      where.add('(s.sort_at, s.id) < (?, ?)', ...(JSON.parse(page.after) as number[]));
    const rows = store.db.rows(
      `SELECT s.sort_at, ${columns} FROM ${from} ${where.sql} ORDER BY s.sort_at DESC, s.id DESC LIMIT ?`,
      [...where.params, page.limit + 1],
    );
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    const next = rows.length > page.limit && last ? { next: JSON.stringify([last[0], last[1]]) } : {};
    return {
      rows: rowsWithTotals(
        store,
        question,
        shown.map((row) => row.slice(1)),
      ),
      ...next,
    };
  });
}

function addGroup({ db }: Store, where: Where, { kind, key }: Pick<SessionGroup, 'kind' | 'key'>): void {
  if (kind === 'experiment') return where.addIn('s.experiment', idsOfKey(db, 'experiment', key ?? ''));
  where.add('s.experiment = 0');
  if (kind === 'none') where.add('s.project = 0');
  else where.add('s.project IN (SELECT id FROM project WHERE name = ?)', key);
}

/** The dearest sessions of a question. */
export function topSessions(store: Store, question: Question, limit: number): SessionRow[] {
  const facts = factsOf(store, question, { session: true });
  const cost = question.mode === 'auto' ? 'cost_auto' : question.mode;
  const ids = store.db
    .rows(
      `SELECT f.session, sum(f.${cost}) AS cost ${facts.from} GROUP BY f.session ORDER BY cost DESC, f.session DESC LIMIT ?`,
      [...facts.params, limit],
    )
    .map(([id]) => id as number);
  return sessionRows(store, question, ids);
}

/** Rows of sessions by the store's ids, in the order given. */
export function sessionRows(store: Store, question: Question, ids: readonly number[]): SessionRow[] {
  const rows = ids.flatMap((id) => store.db.rows(`SELECT ${columns} FROM ${from} WHERE s.id = ?`, [id]));
  return rowsWithTotals(store, question, rows);
}

/** Sessions whose id, experiment, tag, note or cost match; newest first. */
export function findSessions(store: Store, text: string, mode: CostMode, limit: number): SessionRow[] {
  return store.db.read(() => {
    const where = new Where();
    const cost = costCondition(text, mode);
    if (cost) where.add(cost.condition, ...cost.params);
    else if (text.trim() !== '') where.add(textCondition, ...textPatterns(text.trim()));
    const ids = store.db.rows(
      `SELECT s.id FROM ${from} LEFT JOIN usage_session u ON u.session = s.id ${where.sql}
        ORDER BY s.sort_at DESC, s.id DESC LIMIT ?`,
      [...where.params, limit],
    );
    return sessionRows(
      store,
      everything(mode),
      ids.map(([id]) => id as number),
    );
  });
}

export const everything = (mode: CostMode): Question => ({ filter: {}, mode, zone: 'UTC' });

const textFields = [
  's.own_id',
  "coalesce(e.name, e.own_id, '')",
  "coalesce(n.text, s.source_note, '')",
  "coalesce(s.tag, '')",
];
const textCondition = `(${[...textFields, "coalesce(s.tag, '')"].map((field) => `${field} LIKE ? ESCAPE '\\'`).join(' OR ')})`;
const literal = (text: string): string => text.replace(/[\\%_]/g, (c) => `\\${c}`);

/** `#015`, alone or at the end of a badge, stands for the end of a tag as well. */
function textPatterns(text: string): string[] {
  const anywhere = `%${literal(text)}%`;
  const number = /#(\d{3,})\]?$/.exec(text)?.[1];
  return [...textFields.map(() => anywhere), number === undefined ? anywhere : `%\\_${number}`];
}

/** `>1`, `<= 0.5`, `$0.12`: an amount in USD, compared with what the session cost (to the digits given). */
function costCondition(text: string, mode: CostMode): { condition: string; params: number[] } | undefined {
  const match = /^\s*(<=|>=|<|>|=)?\s*(\$)?\s*(\d+(?:\.(\d+))?)\s*$/.exec(text);
  if (!match?.[3] || (match[1] === undefined && match[2] === undefined)) return undefined;
  const column = `coalesce(u.${mode === 'auto' ? 'cost_auto' : mode}, 0)`;
  const nano = Math.round(Number(match[3]) * 1e9);
  const operator = match[1] ?? '=';
  if (operator !== '=') return { condition: `${column} ${operator} ?`, params: [nano] };
  const half = 5 * 10 ** (8 - (match[4]?.length ?? 0));
  return { condition: `${column} >= ? AND ${column} < ?`, params: [nano - half, nano + half] };
}

const isNarrow = (filter: Filter): boolean => Object.values(filter).some((value) => value !== undefined);

/** Only sessions with a call that matches; those of the period that have none are left out. */
function restrict(store: Store, where: Where, question: Question): void {
  if (!isNarrow(question.filter)) return;
  const facts = factsOf(store, question, { session: true });
  where.add(`s.id IN (SELECT f.session ${facts.from})`, ...facts.params);
}

function rowsWithTotals(store: Store, question: Question, rows: readonly SqlValue[][]): SessionRow[] {
  const ids = rows.map(([id]) => id as number);
  // A row shows what its own session cost, in analytics or not.
  const facts = factsOf(store, question, { session: true, excluded: 'sessions' });
  const marks = ids.map(() => '?').join(', ');
  const sums = new Map(
    store.db
      .rows(
        `SELECT f.session, ${sumOfMeasures('f')} ${fromWith(facts, `f.session IN (${marks})`)} GROUP BY f.session`,
        [...facts.params, ...ids],
      )
      .map(([id, ...sum]) => [id as number, numbers(sum)]),
  );
  const hidden = hiddenCalls(store, question, ids);
  const models = modelsOf(store, ids);
  return rows.map((row) => {
    const id = row[0] as number;
    const sum = sums.get(id) ?? noMeasures();
    const excludedCalls = hidden.has(id) ? hidden.get(id)! - sum[0]! : 0;
    const totals = totalsOf(sum, question.mode, 1, { excludedCalls, untimedCalls: 0 });
    return sessionRow(row, totals, models.get(id) ?? []);
  });
}

/** Calls of sessions, those of excluded models and sources too; nothing if there are none. */
function hiddenCalls(store: Store, question: Question, ids: readonly number[]): Map<number, number> {
  if (!isAny({ ...exclusions(store.db), sessions: false })) return new Map();
  const facts = factsOf(store, question, { session: true, excluded: 'everything' });
  const isOne = `f.session IN (${ids.map(() => '?').join(', ')})`;
  const rows = store.db.rows(`SELECT f.session, sum(f.calls) ${fromWith(facts, isOne)} GROUP BY f.session`, [
    ...facts.params,
    ...ids,
  ]);
  return new Map(rows as [number, number][]);
}

const numbers = (row: readonly SqlValue[]): number[] => row.map((value) => (value as number | null) ?? 0);

function sessionRow(row: readonly SqlValue[], totals: Totals, models: readonly string[]): SessionRow {
  const [
    ,
    uid,
    id,
    experimentScope,
    experimentId,
    experimentName,
    createdAt,
    firstAt,
    lastAt,
    user,
    tag,
    tagModel,
    importer,
    excluded,
    project,
    branch,
    agents,
    summedCalls,
    summedUntil,
  ] = row;
  const at = (createdAt ?? firstAt) as number | null;
  return {
    ...totals,
    key: `${uid as string}:${id as string}`,
    id: id as string,
    experimentKey: experimentId === null ? null : `${experimentScope as string}:${experimentId as string}`,
    experimentName: (experimentName ?? experimentId) as string | null,
    ...(at === null ? {} : { at }),
    ...(lastAt === null ? {} : { lastAt: lastAt as number }),
    user: user as string | null,
    tag: tag as string | null,
    ...(tagModel === null ? {} : { tagModel: tagModel as string }),
    models,
    noteLine: noteLineOf(effectiveNote(row.slice(noteAt))),
    importer: importer as string,
    excluded: excluded === 1,
    project: project as string | null,
    branch: branch as string | null,
    agents: agents as number,
    ...(summedCalls === null
      ? {}
      : { summedUp: { calls: summedCalls as number, until: summedUntil as number } }),
  };
}

function modelsOf(store: Store, sessions: readonly number[]): Map<number, string[]> {
  const models = new Map<number, string[]>();
  const rows = store.db.rows(
    `SELECT DISTINCT u.session, m.name FROM usage_slot u JOIN model m ON m.id = u.model
      WHERE u.session IN (${sessions.map(() => '?').join(', ')}) AND m.name <> '' ORDER BY m.name`,
    sessions,
  );
  for (const [session, name] of rows as [number, string][]) {
    models.set(session, [...(models.get(session) ?? []), name]);
  }
  return models;
}

/** Keys of all sessions that are meant by `id`: a key, a source's own id, or a tag, which may stand in several sources. */
export const keysOfSession = (store: Store, id: string): string[] =>
  store.db.read(() => {
    if (idsOfKey(store.db, 'session', id).length > 0) return [id];
    const named = keysBy(store, 's.own_id', id);
    return named.length > 0 ? named : keysBy(store, 's.tag', id);
  });

const keysBy = (store: Store, column: 's.own_id' | 's.tag', value: string): string[] =>
  store.db
    .rows(
      `SELECT scope.uid, s.own_id FROM session s JOIN scope ON scope.id = s.scope WHERE ${column} = ? ORDER BY s.id`,
      [value],
    )
    .map(([uid, ownId]) => `${uid as string}:${ownId as string}`);
